"""Backups: one encrypted file of everything a site needs to live again, and the way back from it (docs/backup.md)."""
