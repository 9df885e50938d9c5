"""Opening and ending of rooms, feedback, history."""
