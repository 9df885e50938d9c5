"""Offers: ranking of helpers, offer waves, claims."""
