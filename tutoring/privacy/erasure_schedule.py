"""When an account is erased: begun a day after the request, finished by the nightly job.

It is finished once no report is expected and no case is open.
`accounts/erasure.py` empties the account, and other features react to `AccountErased`.
"""

from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from tutoring.accounts.erasure import erase_account
from tutoring.accounts.models import SignIn, User
from tutoring.accounts.sign_ins import lifecycle
from tutoring.kernel import audit, clock, jobs
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import Forbidden
from tutoring.kernel.text import N_
from tutoring.moderation.actions.queries import is_held
from tutoring.moderation.erasure import open_about
from tutoring.moderation.welfare.queries import protects
from tutoring.notifications.inbox.commands import notify
from tutoring.privacy import tombstones
from tutoring.privacy.commands import DELETE_JOB, refuse_who_is_needed
from tutoring.privacy.models import DataRequest
from tutoring.rooms.erasure.account_erasure import words_left
from tutoring.rooms.models import Message

AGAIN = timedelta(days=1)

# Functions that can delay an erasure; each takes the user id.
HOLDS = [open_about, is_held]


@jobs.job(DELETE_JOB)
def begin(payload: dict[str, Any]) -> None:
    """Begins an erasure after the day to reconsider.

    While a case about the user is open, only the account ends; this does not reveal the case to anyone outside.
    """
    row = db.session.get(DataRequest, payload["request_id"], with_for_update={"key_share": True})
    if row is None or row.state not in ("asked", "held"):
        return
    subject = db.session.get_one(User, row.subject_id)
    if protects(subject.id):  # no notice reveals this; the protected user can still ask for help
        _wait(row)
        return
    if any(holds(subject.id) for holds in HOLDS) or _needed(subject):
        lifecycle.end_all_sign_ins(subject.id)
        if not _needed(subject):
            subject.state, subject.suspended_until = "suspended", None
        _wait(row)
        return
    row.state = "working"
    tombstones.raise_for(subject)
    audit.record(None, "erase_account", f"user:{subject.id}")
    erase_account(subject.id)


def _wait(row: DataRequest) -> None:
    """Holds the request and checks it again the next day."""
    row.state = "held"
    at = clock.now() + AGAIN
    jobs.enqueue(DELETE_JOB, f"{DELETE_JOB}:{row.id}:{at:%Y-%m-%d}", at, request_id=row.id)


def _needed(subject: User) -> bool:
    """Whether the site or a unit would now lose its last admin or coordinator.

    Another one may have left since the request.
    """
    try:
        refuse_who_is_needed(subject)
    except Forbidden:
        return True
    return False


def finish_all() -> int:
    """Continues every unfinished erasure, each in its own transaction.

    Returns how many are complete now.
    """
    wrote = sa.select(Message.author_id).where(Message.text != "", Message.author_id == User.id)
    came = sa.select(SignIn.user_id).where(SignIn.user_id == User.id)
    open_one = sa.select(DataRequest.id).where(DataRequest.subject_id == User.id, DataRequest.state == "working")
    left = sa.or_(wrote.exists(), came.exists(), open_one.exists())
    query = sa.select(User.id).where(User.erased_at.is_not(None), left).order_by(User.id)
    return sum(_finish(user_id) for user_id in db.session.scalars(query).all())


@command
def _finish(user_id: int) -> bool:
    erase_account(user_id)
    if words_left(user_id):
        return False
    working = sa.select(DataRequest).where(DataRequest.subject_id == user_id, DataRequest.state == "working")
    for row in db.session.scalars(working).all():
        row.state, row.done_at = "done", clock.now()
        if row.by_id != user_id:
            notify(row.by_id, f"erased:{row.id}", N_("Dữ liệu mà bạn yêu cầu xoá đã được xoá hết."), "/privacy")
    return True
