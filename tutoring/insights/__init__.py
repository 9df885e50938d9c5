"""Figures without names, for those who can make something better with them."""
