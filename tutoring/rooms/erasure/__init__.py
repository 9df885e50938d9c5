"""Retention and erasure of what is written in rooms."""
