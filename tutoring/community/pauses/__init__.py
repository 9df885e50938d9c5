"""The switch that pauses pairing and rooms with minors."""
