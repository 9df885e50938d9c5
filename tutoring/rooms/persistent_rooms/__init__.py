"""Persistent rooms of a unit, their breakout rooms, and help desks."""
