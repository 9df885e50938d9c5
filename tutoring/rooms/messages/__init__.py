"""Messages: post, screen, store, edit."""
