"""What a child answers at the end of a session, for its teachers alone."""
