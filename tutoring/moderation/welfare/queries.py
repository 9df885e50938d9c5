"""Queries of welfare cases: the acts, and whether the alarm continues."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from tutoring.kernel.db import db
from tutoring.moderation.models import Case
from tutoring.moderation.welfare.models import Welfare, WelfareAct
from tutoring.policy.welfare import is_answered
from tutoring.welfare.models import Disclosure


def acts_of(case_id: int) -> list[WelfareAct]:
    """Returns the acts of a case in the order of recording."""
    query = sa.select(WelfareAct).options(joinedload(WelfareAct.by)).where(WelfareAct.case_id == case_id)
    return list(db.session.scalars(query.order_by(WelfareAct.id)))


def _last_cry(case_id: int) -> datetime | None:
    query = sa.select(sa.func.max(Disclosure.at)).where(Disclosure.case_id == case_id, Disclosure.level == "explicit")
    return db.session.scalar(query)


def needs_act(case: Case) -> bool:
    """Returns whether no act is recorded since the last explicit text of danger."""
    since = _last_cry(case.id)
    if since is None:
        return False
    return not is_answered(one.kind for one in acts_of(case.id) if one.at >= since)


def protects(user_id: int) -> bool:
    """Returns whether an open case protects this user.

    Meanwhile no other user's request erases this user's data.
    """
    query = sa.select(Case.id).join(Welfare, Welfare.case_id == Case.id)
    return db.session.scalar(query.where(Welfare.author_id == user_id, Case.state == "open").limit(1)) is not None
