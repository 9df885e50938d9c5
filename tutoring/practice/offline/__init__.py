"""Practice runs without a network."""
