"""E-mail addresses of accounts and their confirmation."""
