"""Addresses of embedded lessons, the frame that other sites copy, and the style sheet within it."""

import hashlib
import re
from dataclasses import dataclass
from functools import lru_cache

from markupsafe import Markup

from tutoring.lessons.catalogue.preview_card import address_in
from tutoring.web.assets import static_text, tight, used

WIDTH, HEIGHT = 560, 640  # pixels; a step with a picture of a phone fits in this height without its mistakes
# No script, no form and no origin. Links open in a new tab that is a page of ours like any other.
SANDBOX = "allow-popups allow-popups-to-escape-sandbox"
_SHEETS = (
    "css/tokens.css", "css/base.css", "css/blocks.css", "css/lesson.css", "css/lesson-parts.css",
    "lessons/screens.css", "lessons/embeds/embed.css",
)  # fmt: skip
_FONT = re.compile(r"@font-face\s*\{[^}]*\}")  # a sandboxed page has no origin, so that its browser fetches no font


@dataclass(frozen=True)
class Place:
    """A lesson or one of its steps, in a language, as its address names it."""

    slug: str
    number: int | None
    language: str

    @property
    def page(self) -> str:
        """Returns the absolute address of the page on the site."""
        return self._address("lessons.lesson", "lessons.step")

    @property
    def frame(self) -> str:
        """Returns the absolute address of the page that other sites embed."""
        return self._address("lessons.embedded_lesson", "lessons.embedded_step")

    def _address(self, of_lesson: str, of_step: str) -> str:
        if self.number is None:
            return address_in(of_lesson, self.language, slug=self.slug)
        return address_in(of_step, self.language, slug=self.slug, number=self.number)


def frame_markup(place: Place, title: str, width: int = WIDTH, height: int = HEIGHT) -> Markup:
    """Returns the element that shows a lesson on another site; a narrow page makes it narrower."""
    return Markup(
        '<iframe src="{}" title="{}" width="{}" height="{}" loading="lazy" sandbox="{}" referrerpolicy="no-referrer" '
        'style="border:0;max-width:100%"></iframe>'
    ).format(place.frame, title, width, height, SANDBOX)


@lru_cache(maxsize=1)
def sheet() -> str:
    """Returns the style sheet of embedded pages, complete in one file."""
    return used(tight(_FONT.sub("", "".join(map(static_text, _SHEETS)))), "")


@lru_cache(maxsize=1)
def sheet_version() -> str:
    """Returns a digest of the style sheet, for its address."""
    return hashlib.sha256(sheet().encode()).hexdigest()[:8]
