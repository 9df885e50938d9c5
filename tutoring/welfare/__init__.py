"""Disclosures of danger: encrypted text for staff, and the safety card for its author."""
