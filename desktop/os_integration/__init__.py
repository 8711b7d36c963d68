"""What differs between operating systems, one concern a module."""
