"""A practice run shown in a room."""
