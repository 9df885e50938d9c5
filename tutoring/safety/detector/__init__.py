"""Finds what should not be told in a message: numbers, addresses, codes, and requests for them.

How a text is read: `folding` turns it into plain letters with a way back; a first look asks whether anything in it
could matter at all; `runs` gathers digits however written; `told` says what they are; `asking`, `passwords`, `links`,
`mails`, `handles`, `places` and `schools` look for the rest where a word calls for it; `restating` says a disguised
text again in plain words; `parts` puts together what came in several messages.
"""

from tutoring.safety.detector.pipeline import Look, look, scan

__all__ = ["Look", "look", "scan"]
