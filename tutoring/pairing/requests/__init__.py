"""Help requests: ask, answer, pause, follow up."""
