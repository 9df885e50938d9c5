"""The permission matrix: every action, and which roles may take it."""
