"""Chat turns, from the neutral request to the neutral answer: the engine's `ChatBackend`."""
