"""Pages of sponsored internet."""
