"""What outlives the process: one database file, one store a module."""
