"""Anthropic's Messages: `request` parses a body, `answer` encodes StreamEvents."""
