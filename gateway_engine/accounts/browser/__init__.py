"""Signing in without a person: a browser that a program drives, in a process of its own."""
