"""What guards people: the message detector, what follows from what it finds, and risk over time. Knows no web."""
