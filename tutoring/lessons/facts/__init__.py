"""Facts about public services that lessons quote."""
