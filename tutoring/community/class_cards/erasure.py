"""Erases claims of class cards with the account that made them, or that they led to."""

import sqlalchemy as sa

from tutoring.accounts.events import AccountErased
from tutoring.community.class_cards import queries
from tutoring.community.class_cards.commands import settle
from tutoring.community.class_cards.models import ClassClaim
from tutoring.community.class_lists.models import ClassLine
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.events import on


@on(AccountErased)
def erase_claims(event: AccountErased) -> None:
    _erase_claims(event.user_id)


@command
def _erase_claims(user_id: int) -> None:
    """Deletes the staged pupil whom the user became, and the user's own claims; a claim that is left waits again."""
    became = sa.select(ClassClaim.line_id).where(ClassClaim.child_id == user_id)
    db.session.execute(sa.delete(ClassLine).where(ClassLine.id.in_(became)))
    own = sa.select(ClassLine).join(ClassClaim, ClassClaim.line_id == ClassLine.id)
    lines = db.session.scalars(own.where(ClassClaim.user_id == user_id).order_by(ClassLine.id).with_for_update()).all()
    db.session.execute(sa.delete(ClassClaim).where(ClassClaim.user_id == user_id))
    for line in lines:
        settle(line, queries.open_claims(line.id))
