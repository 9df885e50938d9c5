"""How well each lesson works."""
