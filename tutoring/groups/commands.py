"""Commands of groups: set the lessons of a month, and make the code of the group's poster."""

from collections.abc import Sequence
from datetime import date

import sqlalchemy as sa

from tutoring.accounts.models import User
from tutoring.community import commands as community
from tutoring.community.models import JoinCode, Unit
from tutoring.groups import queries as groups_queries
from tutoring.groups.access import led_place, place_for
from tutoring.groups.models import GroupLesson
from tutoring.groups.queries import poster_code
from tutoring.kernel import audit
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import InvalidInput, NotFound
from tutoring.kernel.text import N_
from tutoring.policy.groups import MOST_LESSONS


@command
def set_month(actor: User, unit_id: int, month: date, slugs: Sequence[str]) -> list[str]:
    """Replaces the lessons of a month by these, in this order; an empty list removes them."""
    led_place(actor, unit_id)
    if month not in (groups_queries.this_month(), groups_queries.after(groups_queries.this_month())):
        raise InvalidInput(N_("Chọn bài cho tháng này hoặc tháng sau."), field="month")
    wanted = list(dict.fromkeys(slug for slug in slugs if slug))
    if len(wanted) > MOST_LESSONS:
        raise InvalidInput(N_("Mỗi tháng chọn nhiều nhất %(most)s bài."), field="lesson1", most=MOST_LESSONS)
    if set(wanted) != groups_queries.known(wanted):
        raise InvalidInput(N_("Có bài không còn trong kho bài học. Hãy chọn bài khác."), field="lesson1")
    db.session.scalars(sa.select(Unit.id).where(Unit.id == unit_id).with_for_update(key_share=True)).one()
    before = (GroupLesson.unit_id == unit_id, GroupLesson.month == month)
    db.session.execute(sa.delete(GroupLesson).where(*before))
    for position, slug in enumerate(wanted, 1):
        db.session.add(GroupLesson(unit_id=unit_id, month=month, lesson_slug=slug, position=position))
    db.session.flush()
    audit.record(actor.id, "set_month_lessons", f"unit:{unit_id}", month=month.isoformat(), lessons=wanted)
    return wanted


USES, DAYS = 200, 180


@command
def make_poster(actor: User, unit_id: int) -> JoinCode:
    """Returns the current code of the poster, or creates one. Idempotent."""
    if not place_for(actor, unit_id).prints:
        raise NotFound
    db.session.scalars(sa.select(Unit.id).where(Unit.id == unit_id).with_for_update(key_share=True)).one()
    return poster_code(unit_id) or community.create_code(actor, unit_id, "learner", max_uses=USES, days=DAYS)
