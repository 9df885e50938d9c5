"""Webhooks: events of a unit, without a person in them, posted to an address that its staff choose."""
