"""The pairing engine."""
