"""Reads whether a text says that somebody is in danger, threatens somebody, or insults somebody. Pure.

`words` brings each word to one spelling, `rules` holds the phrases of the `.yml` files, `reading` is the door. Nothing
is imported here, because the glance of the detector reads `words` before this package is whole.
"""
