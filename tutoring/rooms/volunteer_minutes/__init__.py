"""Counted minutes of help."""
