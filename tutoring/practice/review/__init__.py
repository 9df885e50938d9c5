"""Review of scenarios by editors."""
