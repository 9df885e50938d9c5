"""Ready phrases of helpers: those of a unit and the helper's own."""
