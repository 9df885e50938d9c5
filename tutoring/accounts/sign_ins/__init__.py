"""Sign-in: attempts, sessions, open sockets of a session."""
