"""A lesson followed together in a room."""
