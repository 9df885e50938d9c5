"""Tokens of the API: made by a person for themself or for a unit."""
