"""Statistics without names, for staff, editors and the public."""
