"""Fallbacks when no helper came: wished times, weekly meetings, written answers."""
