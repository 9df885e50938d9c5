"""Messages of thanks between families and donors."""
