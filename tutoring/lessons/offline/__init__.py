"""Lessons saved on a device, and their synchronisation."""
