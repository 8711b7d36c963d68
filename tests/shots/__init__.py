"""Every window and panel as pictures, to be looked at: `python -m tests.shots DIR`."""
