"""Rules: which users are notified of which events, one module per feature."""
