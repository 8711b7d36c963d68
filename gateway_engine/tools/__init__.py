"""Tools for models that have none: the text contract, its parser, repair. Pure."""
