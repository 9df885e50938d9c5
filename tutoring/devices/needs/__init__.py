"""Needs of families: request, confirmation, waiting list."""
