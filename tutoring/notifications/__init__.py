"""Notifications: the inbox, preferences, delivery by mail, push and SMS, and the calendar."""
