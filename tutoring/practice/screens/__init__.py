"""Screens of a run as text and form."""
