"""Pairing of learners and helpers: requests, offers, claims, weekly rounds, group sessions."""
