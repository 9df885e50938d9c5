"""Risk points of a pair over a month."""
