"""Rules about devices and internet."""
