"""The first real dossier: a user reports once, for statistics alone, having handed one in."""

from datetime import date

import sqlalchemy as sa

from tutoring.accounts.models import User
from tutoring.kernel import clock
from tutoring.kernel.commands import command
from tutoring.kernel.database.sql import insert_if_absent
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, NotFound
from tutoring.kernel.events import publish
from tutoring.kernel.text import N_
from tutoring.notebook.events import FirstDossierReported
from tutoring.notebook.models import FirstDossier
from tutoring.policy.practice.portal import may_keep_notebook


def first_dossier_day(user: User) -> date | None:
    """Returns the day on which the user reported it. Raises NotFound for users without a notebook."""
    if not may_keep_notebook(user.kind, is_owner=True):
        raise NotFound
    return db.session.scalar(sa.select(FirstDossier.said_on).where(FirstDossier.owner_id == user.id))


@command
def say_first_dossier(user: User) -> None:
    """Records that an adult has handed in a real dossier. Repeating it keeps the first day."""
    if not may_keep_notebook(user.kind, is_owner=True):
        raise NotFound
    if insert_if_absent(FirstDossier, owner_id=user.id, said_on=clock.today()):
        publish(FirstDossierReported(user.id))


@command
def take_back_first_dossier(user: User) -> None:
    """Withdraws a report made by mistake, on the same day only, before it is counted."""
    day = first_dossier_day(user)
    if day is None:
        return
    if day != clock.today():
        raise Conflict(N_("Việc này đã được đếm nên không rút lại được nữa. Số đếm không ghi tên bạn."))
    db.session.execute(sa.delete(FirstDossier).where(FirstDossier.owner_id == user.id))


@command
def forget_first_dossier(user_id: int) -> None:
    """Deletes the user's report."""
    db.session.execute(sa.delete(FirstDossier).where(FirstDossier.owner_id == user_id))
