"""Tasks of a neighbourhood team."""
