"""Ollama's API: pure parsing and encoding."""
