"""Loans of devices: renewal, return, reminders."""
