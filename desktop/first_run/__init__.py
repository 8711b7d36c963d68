"""The first steps: from a double click to a streamed answer. A module a step."""
