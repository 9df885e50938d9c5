"""The permission matrix: every action, who may take it."""
