"""Gateways of short messages: programs beside the site that hand its messages on to a provider (docs/gateways.md)."""
