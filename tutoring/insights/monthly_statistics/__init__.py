"""Figures of calendar months: counted from what happened, hidden where few people stand behind, read by units."""
