"""Certificates of volunteer hours and their public check."""
