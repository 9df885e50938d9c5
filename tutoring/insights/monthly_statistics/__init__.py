"""Monthly statistics: counted from past events, suppressed for small groups, read by units."""
