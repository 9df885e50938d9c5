"""Counts searches without a result, for lesson authors; the user is never stored."""

import re

from tutoring.kernel import clock
from tutoring.kernel.commands import command
from tutoring.kernel.database.sql import upsert
from tutoring.kernel.db import db
from tutoring.kernel.text import words
from tutoring.lessons.search.models import SearchMiss
from tutoring.safety.free_text import around_private

MAX_STORED_CHARS = 80
_NUMBER = re.compile(r"\d{4,}")  # a telephone, card or code number typed by mistake


@command
def record_miss(typed: str, lang: str) -> None:
    """Counts a search without a result; the text is folded, shortened, its long numbers hidden."""
    plain = " # ".join(" ".join(words(part)) for part in around_private(typed))
    kept = _NUMBER.sub("#", plain)[:MAX_STORED_CHARS].strip()
    if not kept.strip("# "):
        return
    counted = upsert(SearchMiss).values(day=clock.today(), lang=lang, words=kept, times=1)
    db.session.execute(
        counted.on_conflict_do_update(
            index_elements=[SearchMiss.day, SearchMiss.lang, SearchMiss.words], set_={"times": SearchMiss.times + 1}
        )
    )
