"""Backups: one encrypted file with all data of a site, and its restore (docs/backup.md)."""
