"""Devices given and lent, and sponsored internet access."""
