"""Reads of welfare cases: what is sealed in them, what was done, and whether the alarm still goes on."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from tutoring.kernel.db import db
from tutoring.moderation.models import Case
from tutoring.moderation.welfare.models import Welfare, WelfareAct
from tutoring.policy.welfare import is_answered
from tutoring.welfare.models import Disclosure


def acts_of(case_id: int) -> list[WelfareAct]:
    """What grown-ups did, in the order in which it was written down."""
    query = sa.select(WelfareAct).options(joinedload(WelfareAct.by)).where(WelfareAct.case_id == case_id)
    return list(db.session.scalars(query.order_by(WelfareAct.id)))


def _last_cry(case_id: int) -> datetime | None:
    query = sa.select(sa.func.max(Disclosure.at)).where(Disclosure.case_id == case_id, Disclosure.level == "explicit")
    return db.session.scalar(query)


def needs_act(case: Case) -> bool:
    """Whether nobody has done anything since the last clear word of danger."""
    since = _last_cry(case.id)
    if since is None:
        return False
    return not is_answered(one.kind for one in acts_of(case.id) if one.at >= since)


def protects(user_id: int) -> bool:
    """Whether an open case protects this person: meanwhile nothing of theirs is erased by somebody else's wish."""
    query = sa.select(Case.id).join(Welfare, Welfare.case_id == Case.id)
    return db.session.scalar(query.where(Welfare.author_id == user_id, Case.state == "open").limit(1)) is not None
