"""Consents of guardians, assents of children, and when both expire."""
