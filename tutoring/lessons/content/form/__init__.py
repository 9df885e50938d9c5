"""Lessons as the values of a form, and back to text without loss. Pure."""
