"""Files of class lists: read into pupils and faults; pure functions without a database."""
