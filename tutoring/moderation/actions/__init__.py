"""Moderation actions and how each is undone."""
