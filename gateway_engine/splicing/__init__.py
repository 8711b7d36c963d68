"""Edits of settings files by position: what is not to change stays byte for byte. Pure."""
