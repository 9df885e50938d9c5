"""Training of staff: tracks of lessons, sessions with seats, who is ready and who is due."""
