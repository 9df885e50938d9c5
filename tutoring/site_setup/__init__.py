"""The set-up of a fresh site in the browser: what it needs, in order, and what is still missing."""
