"""Reads of letterheads."""

from tutoring.community.papers.models import LONGEST, Letterhead
from tutoring.kernel.db import db


def letterhead(unit_id: int | None) -> Letterhead:
    """Returns the letterhead of a unit; an empty one for a unit without, and for the whole site."""
    found = db.session.get(Letterhead, unit_id) if unit_id is not None else None
    return found or Letterhead(**dict.fromkeys(LONGEST, ""))
