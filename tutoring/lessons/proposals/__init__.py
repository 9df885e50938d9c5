"""Lessons written and reviewed in the browser."""
