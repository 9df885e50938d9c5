"""Somebody says when they are free for weekly meetings, and when they are away."""

from datetime import date, timedelta

import sqlalchemy as sa

from tutoring.accounts.models import User
from tutoring.kernel import clock, limits
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, Invalid, Missing
from tutoring.kernel.text import N_
from tutoring.pairing.matching.times import Week
from tutoring.pairing.week import kept, starts
from tutoring.pairing.weekly_models import MOST_PAIRS, Away, WeeklyHours
from tutoring.pairing.weekly_queries import whose_hours

FARTHEST = timedelta(days=366)
MOST_AWAYS = 10


@command
def set_hours(actor: User, user_id: int, week: Week, pairs: int) -> None:
    """Keep the free quarters of a week and for how many people a week, 0–4. Hours in which nobody could be met are
    refused: too short ones, or none at all where somebody wants to meet people."""
    person = whose_hours(actor, user_id)
    limits.hit("act", actor.id)
    if not 0 <= pairs <= MOST_PAIRS:
        raise Invalid(N_("Hãy chọn từ 0 đến 4 người một tuần."), field="pairs")
    if any(week) and not starts(week):
        raise Invalid(
            N_("Mỗi buổi dài 45 phút mà chưa chỗ nào rảnh liền 45 phút. Hãy chọn thêm ô liền trước hoặc liền sau."),
            field="cells",
        )
    found = db.session.get(WeeklyHours, person.id, with_for_update=True)
    if found is None:
        db.session.add(WeeklyHours(user_id=person.id, free=kept(week), pairs=pairs))
    else:
        found.free, found.pairs, found.changed_at = kept(week), pairs, clock.now()


@command
def add_away(actor: User, user_id: int, first: date, last: date) -> None:
    """Keep that somebody is away from one day to another, both included."""
    person = whose_hours(actor, user_id)
    limits.hit("act", actor.id)
    if last < first:
        raise Invalid(N_("Ngày về lại sớm hơn ngày đi. Hãy xem lại hai ngày."), field="last")
    if last < clock.today():
        raise Invalid(N_("Những ngày này đã qua. Hãy chọn ngày từ hôm nay."), field="last")
    if last > clock.today() + FARTHEST:
        raise Invalid(N_("Chỉ ghi trước được một năm. Hãy chọn ngày gần hơn."), field="last")
    db.session.scalar(sa.select(User.id).where(User.id == person.id).with_for_update())  # two taps follow one another
    coming = sa.select(Away).where(Away.user_id == person.id, Away.last >= clock.today())
    mine = list(db.session.scalars(coming))
    if any(one.first <= first and last <= one.last for one in mine):
        return
    if len(mine) >= MOST_AWAYS:
        raise Conflict(N_("Bạn đã ghi mười lần vắng. Hãy xoá bớt lần không cần nữa."))
    db.session.add(Away(user_id=person.id, first=first, last=last))


@command
def remove_away(actor: User, away_id: int) -> int:
    """Take one of these back; returns whose it was."""
    found = db.session.get(Away, away_id)
    if found is None:
        raise Missing
    person = whose_hours(actor, found.user_id)
    db.session.delete(found)
    return person.id
