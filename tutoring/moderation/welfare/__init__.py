"""Welfare cases: a user in danger, the alarm, what staff did."""
