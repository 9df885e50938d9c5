"""Erases claims of class cards with the account that made them, or that they led to."""

import sqlalchemy as sa

from tutoring.accounts.events import AccountErased
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
    """Deletes the staged pupils whom the user became or was the guardian of, and the user's own claims.

    A claim of another user that is left waits again. A line without its confirmed claim would be staged once more.
    """
    done = sa.and_(ClassClaim.user_id == user_id, ClassClaim.state == "confirmed")
    over = sa.select(ClassClaim.line_id).where(sa.or_(ClassClaim.child_id == user_id, done))
    db.session.execute(sa.delete(ClassLine).where(ClassLine.id.in_(over)))
    own = sa.select(ClassLine).join(ClassClaim, ClassClaim.line_id == ClassLine.id)
    lines = db.session.scalars(own.where(ClassClaim.user_id == user_id).order_by(ClassLine.id).with_for_update()).all()
    db.session.execute(sa.delete(ClassClaim).where(ClassClaim.user_id == user_id))
    for line in lines:
        settle(line)
