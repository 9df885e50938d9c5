"""Facts about the State that lessons quote."""
