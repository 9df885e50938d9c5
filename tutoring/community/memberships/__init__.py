"""Memberships: who belongs to which unit, in which role, approved by whom."""
