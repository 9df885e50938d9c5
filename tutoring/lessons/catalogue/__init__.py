"""Paths, lessons and steps as loaded from content/."""
