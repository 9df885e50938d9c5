"""Detects distress, threats and insults in texts. Pure functions.

`words` normalizes the spelling of each word, `rules` holds the phrases of the `.yml` files, and `reading` is the entry
point. Nothing is imported here, because the detector's pre-filter imports `calling` before this package is complete.
"""
