"""The first real dossier: somebody says, once and for the figures alone, to have handed one in."""

from datetime import date

import sqlalchemy as sa

from tutoring.accounts.models import User
from tutoring.kernel import clock
from tutoring.kernel.commands import command
from tutoring.kernel.db import db, insert_once
from tutoring.kernel.errors import Conflict, Missing
from tutoring.kernel.events import announce
from tutoring.kernel.text import N_
from tutoring.policy.practice import may_keep_notebook
from tutoring.practice.events import FirstDossierSaid
from tutoring.practice.notebook_models import FirstDossier


def said_on(user: User) -> date | None:
    """The day on which somebody said so; raises Missing for whom there is nothing to say."""
    if not may_keep_notebook(user.kind, is_owner=True):
        raise Missing
    return db.session.scalar(sa.select(FirstDossier.said_on).where(FirstDossier.owner_id == user.id))


@command
def say_first_dossier(user: User) -> None:
    """A grown-up has handed in a real dossier. Said again, it stays the first time."""
    if not may_keep_notebook(user.kind, is_owner=True):
        raise Missing
    if insert_once(FirstDossier, owner_id=user.id, said_on=clock.today()):
        announce(FirstDossierSaid(user.id))


@command
def take_back_first_dossier(user: User) -> None:
    """It was pressed by mistake: taken back on the same day, before it is counted."""
    day = said_on(user)
    if day is None:
        return
    if day != clock.today():
        raise Conflict(N_("Việc này đã được đếm nên không rút lại được nữa. Số đếm không ghi tên bạn."))
    db.session.execute(sa.delete(FirstDossier).where(FirstDossier.owner_id == user.id))


@command
def forget_first_dossier(user_id: int) -> None:
    """Nothing is left of somebody's word."""
    db.session.execute(sa.delete(FirstDossier).where(FirstDossier.owner_id == user_id))
