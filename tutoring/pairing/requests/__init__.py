"""Help requests: ask, answer, pause, ask again."""
