"""The window's pages. One module a panel; `desktop.panels.catalogue` is the one list of them."""
