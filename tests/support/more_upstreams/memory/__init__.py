"""An upstream that runs in this process and remembers what it is told."""
