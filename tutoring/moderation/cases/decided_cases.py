"""The decided cases that a viewer may see, for a table: filters, words, and pages of what the policy lets through.

SQL narrows the cases to the viewer's units. The policy then decides on each row, as everywhere; so pages go by the last
row and no total is shown, which would count what the viewer may not see.
"""

from collections.abc import Iterator
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from tutoring.accounts.models import User
from tutoring.community.models import Unit
from tutoring.kernel.database.sql import has_words
from tutoring.kernel.db import db
from tutoring.kernel.paging import Page, Wanted
from tutoring.kernel.text import words
from tutoring.moderation.cases.queries import Viewer, concerning
from tutoring.moderation.models import Case
from tutoring.policy.moderation.cases import may_see_case

_BATCHES: Final = 5  # looked through for one page; more are on the next one


def decided(viewer: Viewer, wanted: Wanted, before: int | None = None) -> Page[Case]:
    """Returns a page of the decided cases that the viewer may see, newest first, beginning after the case `before`."""
    seen: list[Case] = []
    for batch, last in _batches(viewer, wanted, before):
        viewer.know(case.unit_id for case in batch)
        seen += [case for case in batch if may_see_case(viewer.facts(case))]
        if len(seen) > wanted.size or last:
            break
    return Page.of(seen, wanted.size)


def _batches(viewer: Viewer, wanted: Wanted, before: int | None) -> Iterator[tuple[list[Case], bool]]:
    size = wanted.size + 1
    for _n in range(_BATCHES):
        query = _query(viewer, wanted, before).limit(size)
        found = list(db.session.scalars(query))
        yield found, len(found) < size
        before = found[-1].id


def _query(viewer: Viewer, wanted: Wanted, before: int | None) -> sa.Select[Any]:
    query = (
        sa.select(Case)
        .options(joinedload(Case.unit), joinedload(Case.about), joinedload(Case.welfare))
        .where(Case.state == "decided", sa.or_(*concerning(viewer)))
        .order_by(Case.decided_at.desc(), Case.id.desc())
    )
    for name in ("grade", "outcome"):
        if wanted.chosen.get(name):
            query = query.where(getattr(Case, name) == wanted.chosen[name])
    if looked_for := words(wanted.words):
        people = sa.select(User.id).where(*has_words(User.name_words, looked_for))
        places = sa.select(Unit.id).where(*has_words(Unit.name_words, looked_for))
        query = query.where(sa.or_(Case.about_id.in_(people), Case.unit_id.in_(places)))
    if before is not None:
        at = sa.select(Case.decided_at).where(Case.id == before).scalar_subquery()
        query = query.where(sa.or_(Case.decided_at < at, sa.and_(Case.decided_at == at, Case.id < before)))
    return query
