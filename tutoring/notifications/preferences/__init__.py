"""What a user wants to be notified of, and how."""
