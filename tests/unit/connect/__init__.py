"""What connects clients."""
