"""Donation offers of devices, from the form to the store."""
