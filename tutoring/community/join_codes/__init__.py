"""Codes with which people join a unit."""
