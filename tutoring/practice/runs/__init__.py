"""Practice runs of a user, replayed from events."""
