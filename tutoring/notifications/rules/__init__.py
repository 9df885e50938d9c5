"""Who is notified of what, one module for each feature."""
