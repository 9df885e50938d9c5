"""Live rooms: seats, messages, attendance, and following a lesson together."""
