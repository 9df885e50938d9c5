"""The tree of units: scopes, search, mergers, settings."""
