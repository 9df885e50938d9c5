"""Ranking of helpers, offer waves, claims."""
