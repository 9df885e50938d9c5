"""Join codes with which people enter a unit."""
