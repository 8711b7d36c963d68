"""Pure pieces of upstream wires: bytes and dicts in and out, no I/O."""
