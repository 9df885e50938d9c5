"""The simulator of public services. Pure."""
