"""Accounts and secrets of this user on this machine."""
