"""Token figures: the Qwen vocabulary, what a text costs, what a conversation costs. Pure."""
