"""Disclosures of danger: encrypted text for the staff in charge, and the safety card for its author."""
