"""Group sessions: announced ones and groups of similar requests."""
