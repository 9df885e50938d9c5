"""Vetting of helpers and the code of conduct."""
