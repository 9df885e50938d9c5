"""Two-person emergency access to a room."""
