"""Appointments at which a device changes hands."""
