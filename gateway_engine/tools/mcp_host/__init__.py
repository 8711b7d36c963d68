"""The client's tools as a Model Context Protocol server: loopback only, one room a session."""
