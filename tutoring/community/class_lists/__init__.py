"""Pupils of a class list, staged and sealed until a guardian consents."""
