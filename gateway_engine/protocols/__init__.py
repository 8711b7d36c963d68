"""What clients speak: pure parsers and encoders, which meet only in the neutral model."""
