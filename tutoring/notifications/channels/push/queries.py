"""Which devices a push may go to."""

import sqlalchemy as sa

from tutoring.accounts.models import SignIn, User
from tutoring.kernel import clock
from tutoring.kernel.db import db
from tutoring.notifications.channels.push.models import PushSubscription


def places_of(user_id: int) -> list[PushSubscription]:
    """The browsers in which this person is signed in at this moment and has switched notices on. Where the sign-in has
    run out, nobody knows who holds the phone: nothing goes there until the same person has signed in again."""
    query = (
        sa.select(PushSubscription)
        .join(SignIn, SignIn.id == PushSubscription.sign_in_id)
        .join(User, User.id == PushSubscription.user_id)
        .where(
            PushSubscription.user_id == user_id, SignIn.user_id == user_id, SignIn.ended_at.is_(None), ~SignIn.half,
            ~SignIn.shared_device, SignIn.expires_at > clock.now(), User.state != "suspended",
        )
        .order_by(PushSubscription.id)
    )  # fmt: skip
    return list(db.session.scalars(query))


def is_on(sign_in_id: int) -> bool:
    """Whether this browser is switched on."""
    return (
        db.session.scalar(sa.select(PushSubscription.id).where(PushSubscription.sign_in_id == sign_in_id)) is not None
    )
