"""Handoff: another helper continues a request."""
