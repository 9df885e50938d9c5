"""Requests that wait for a device or internet."""
