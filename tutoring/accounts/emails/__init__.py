"""Email addresses of accounts and their confirmation."""
