"""The simulator of public services; pure."""
