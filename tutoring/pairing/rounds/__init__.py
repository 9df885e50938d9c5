"""A unit's weekly round of proposed pairs."""
