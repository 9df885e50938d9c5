"""Which devices may receive a push."""

import sqlalchemy as sa

from tutoring.accounts.models import SignIn, User
from tutoring.kernel import clock
from tutoring.kernel.db import db
from tutoring.notifications.channels.push.models import PushSubscription


def places_of(user_id: int) -> list[PushSubscription]:
    """Returns the browsers where the user is signed in now and has push enabled.

    After a sign-in expires, it is unknown who holds the phone. Nothing is sent there until the same user signs in
    again.
    """
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
    """Returns whether this browser has push enabled."""
    return (
        db.session.scalar(sa.select(PushSubscription.id).where(PushSubscription.sign_in_id == sign_in_id)) is not None
    )
