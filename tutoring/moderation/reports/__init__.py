"""Reports by users."""
