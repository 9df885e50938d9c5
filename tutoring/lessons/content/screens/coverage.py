"""Which steps need a picture: those that tell the reader to look for something on the screen, or to touch it."""

import re

from tutoring.lessons.content import markdown
from tutoring.lessons.content.markdown import RawStep

_ACTS = "chạm|bấm|gạt|vuốt|gõ|kéo|mở|vào|nhìn"
_ACT = re.compile(rf"(?:^|[.!?:,] |, rồi )(?:{_ACTS}) ", re.IGNORECASE)


def lacks_picture(step: RawStep) -> bool:
    """Returns whether a step tells the reader to look or touch and has no picture of any kind."""
    if step.screens or markdown.images(step.tokens):
        return False
    tasks = [t for t in step.tokens if t.type == "inline" and t.level == 1 and not markdown.lead_of(t)]
    return any(_ACT.search(text) for _, text in markdown.plain(tasks))
