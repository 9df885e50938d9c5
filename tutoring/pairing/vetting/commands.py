"""The command with which a helper accepts the code of conduct."""

import sqlalchemy as sa

from tutoring.accounts.models import User
from tutoring.kernel import clock
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict
from tutoring.kernel.text import N_
from tutoring.pairing.models import ConductAcceptance
from tutoring.pairing.vetting.conduct_texts import VERSION, conduct_for
from tutoring.pairing.vetting.queries import vetting_status_of


@command
def accept_conduct(user: User, text_hash: str) -> None:
    """Stores that this user promised, and which text was shown; idempotent.

    Raises Conflict when the text has changed since.
    """
    words = conduct_for(user.is_minor)
    if text_hash != words.text_hash:
        raise Conflict(N_("Các điều hứa vừa được sửa. Hãy đọc lại rồi bấm hứa."))
    db.session.scalar(sa.select(User.id).where(User.id == user.id).with_for_update())  # serializes concurrent calls
    if not vetting_status_of(user).promised:
        db.session.add(
            ConductAcceptance(
                user_id=user.id, kind=words.kind, text_version=VERSION, text_hash=text_hash, accepted_at=clock.now()
            )
        )
