"""Units created from a file."""
