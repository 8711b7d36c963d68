"""One file a client program: pure data, and what it was written from."""
