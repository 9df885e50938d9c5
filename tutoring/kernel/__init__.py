"""The base of every feature: it imports no feature and no web code."""
