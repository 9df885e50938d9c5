"""Finds personal data in messages: numbers, addresses, codes, and requests for them.

`normalization` turns a text into plain letters with a way back. `prefilter` checks cheaply whether anything could
matter. `digit_runs` collects digits in any notation, and `number_classifier` decides what they are. `code_requests`,
`passwords`, `links`, `emails`, `handles`, `addresses` and `schools` look for the rest where a word calls for it.
`deobfuscation` rewrites a disguised text in plain words. `split_messages` joins what came in several messages.
"""

from tutoring.safety.detector.pipeline import PrefilterResult, run_prefilter, scan

__all__ = ["PrefilterResult", "run_prefilter", "scan"]
