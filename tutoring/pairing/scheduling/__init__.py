"""Free hours, appointments and weekly bookings."""
