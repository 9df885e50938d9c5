"""Passwords, second factors and reset codes."""
