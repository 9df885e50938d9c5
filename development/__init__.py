"""What `dev.py` does once the packages are installed: it prepares the rest and runs the command."""
