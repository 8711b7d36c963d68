"""Instances of upstreams, kept alive, and the choice between them. Knows only the contract."""
