"""The lessons of a month, chosen by who leads the unit."""

from collections.abc import Sequence
from datetime import date

import sqlalchemy as sa

from tutoring.accounts.models import User
from tutoring.community.models import Unit
from tutoring.groups import months
from tutoring.groups.models import GroupLesson
from tutoring.groups.places import led_place
from tutoring.kernel import audit
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import Invalid
from tutoring.kernel.text import N_
from tutoring.policy.groups import MOST_LESSONS


@command
def set_month(actor: User, unit_id: int, month: date, slugs: Sequence[str]) -> list[str]:
    """Put these lessons, in this order, in the place of what was chosen before; none at all takes them away."""
    led_place(actor, unit_id)
    if month not in (months.this_month(), months.after(months.this_month())):
        raise Invalid(N_("Chọn bài cho tháng này hoặc tháng sau."), field="month")
    wanted = list(dict.fromkeys(slug for slug in slugs if slug))
    if len(wanted) > MOST_LESSONS:
        raise Invalid(N_("Mỗi tháng chọn nhiều nhất %(most)s bài."), field="lesson1", most=MOST_LESSONS)
    if set(wanted) != months.known(wanted):
        raise Invalid(N_("Có bài không còn trong kho bài học. Hãy chọn bài khác."), field="lesson1")
    db.session.scalars(sa.select(Unit.id).where(Unit.id == unit_id).with_for_update(key_share=True)).one()
    before = (GroupLesson.unit_id == unit_id, GroupLesson.month == month)
    db.session.execute(sa.delete(GroupLesson).where(*before))
    for position, slug in enumerate(wanted, 1):
        db.session.add(GroupLesson(unit_id=unit_id, month=month, lesson_slug=slug, position=position))
    db.session.flush()
    audit.record(actor.id, "set_month_lessons", f"unit:{unit_id}", month=month.isoformat(), lessons=wanted)
    return wanted
