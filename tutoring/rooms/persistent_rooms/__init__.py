"""Rooms of a unit that stay, their breakout rooms and help desks."""
