"""Scheduling: free hours, appointments and weekly bookings."""
