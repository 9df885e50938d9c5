"""Half-yearly public statistics."""
