"""Announcements on the page of a neighbourhood or ward."""
