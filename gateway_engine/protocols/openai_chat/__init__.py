"""OpenAI's Chat Completions: `request` parses a body, `answer` encodes StreamEvents."""
