"""Whether a step was useful."""
