"""Asking for help and being paired: requests, claims, acceptance."""
