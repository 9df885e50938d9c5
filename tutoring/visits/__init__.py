"""Meetings in person: request, plan, visitors, address."""
