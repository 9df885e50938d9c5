"""Skills, and which users hold them."""
