"""Search of lessons."""
