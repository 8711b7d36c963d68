"""The tray application: renders what the engine says, and asks it for what the user wants."""
