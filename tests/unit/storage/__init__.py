"""What keeps things on the disk, as far as it needs none."""
