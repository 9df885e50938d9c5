"""Duty turns, the rota and opening hours."""
