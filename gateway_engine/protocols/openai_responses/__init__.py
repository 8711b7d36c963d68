"""OpenAI's Responses API: pure parsing and encoding."""
