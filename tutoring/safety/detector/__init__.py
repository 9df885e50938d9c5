"""Finds what should not be told in a message: numbers, addresses, codes, and requests for them.

How a text is read: `folding` turns it into plain letters with a way back; a first look asks whether anything in it
could matter at all; `runs` gathers digits however written; `told` says what they are; `codes`, `contacts`, `handles`
and `places` look for the rest where a word calls for it; `parts` puts together what came in several messages.
"""

from tutoring.safety.detector.scanning import scan

__all__ = ["scan"]
