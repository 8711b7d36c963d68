"""OpenAI's legacy Completions API: pure parsing and encoding."""
