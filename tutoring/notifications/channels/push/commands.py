"""Commands that enable and disable push for a browser, also when its user changes."""

import base64
import binascii
import json

import sqlalchemy as sa

from tutoring.accounts.models import SignIn, User
from tutoring.kernel import clock, encryption
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import Forbidden, InvalidInput
from tutoring.kernel.text import N_
from tutoring.notifications.channels.push.models import PushSubscription
from tutoring.policy.notifications import may_switch_push_on

MOST = 5  # devices of one user; the oldest are removed

SHARED = N_("Máy này đang đăng nhập kiểu dùng chung, nên thông báo không hiện trên máy. Xem ở trang Thông báo.")
_BAD = N_("Trình duyệt gửi thiếu thông tin. Hãy tải lại trang rồi bấm lại.")


@command
def switch_on(user: User, sign_in: SignIn, browser: str, endpoint: str, keys: dict[str, str]) -> None:
    """Enables push for this user in this browser, and ends it for any other user there.

    `browser` is the value of its cookie. The caller has checked that the endpoint is allowed.
    """
    if not may_switch_push_on(sign_in.user_id == user.id, sign_in.shared_device):
        raise Forbidden(SHARED)
    if not _sound(keys):
        raise InvalidInput(_BAD)
    mark, browser_mark = encryption.blind_index(endpoint, "push"), encryption.blind_index(browser, "push-browser")
    here = sa.or_(
        PushSubscription.endpoint_mark == mark,
        PushSubscription.sign_in_id == sign_in.id,
        PushSubscription.browser_mark == browser_mark,
    )
    db.session.execute(sa.delete(PushSubscription).where(here))
    own = sa.select(PushSubscription.id).where(PushSubscription.user_id == user.id)
    spare = list(db.session.scalars(own.order_by(PushSubscription.id.desc()).offset(MOST - 1)))
    db.session.execute(sa.delete(PushSubscription).where(PushSubscription.id.in_(spare)))
    told = json.dumps({"p256dh": keys["p256dh"], "auth": keys["auth"]})
    db.session.add(
        PushSubscription(
            user_id=user.id, sign_in_id=sign_in.id, browser_mark=browser_mark, endpoint=endpoint, endpoint_mark=mark,
            keys=told,
        )
    )  # fmt: skip


def _sound(keys: dict[str, str]) -> bool:
    """Returns whether these can be a browser's keys: a curve point and sixteen bytes."""
    try:
        point, secret = (base64.urlsafe_b64decode(keys[name] + "==") for name in ("p256dh", "auth"))
    except (KeyError, TypeError, ValueError, binascii.Error):
        return False
    return len(point) == 65 and point[0] == 4 and len(secret) == 16


@command
def switch_off(user: User, sign_in: SignIn) -> None:
    """Disables push in this browser."""
    db.session.execute(
        sa.delete(PushSubscription).where(
            PushSubscription.user_id == user.id, PushSubscription.sign_in_id == sign_in.id
        )
    )


@command
def forget_place(place_id: int) -> None:
    """Deletes a subscription that its push service no longer knows."""
    db.session.execute(sa.delete(PushSubscription).where(PushSubscription.id == place_id))


@command
def place_took_it(place_id: int) -> None:
    """Stores that the push service accepted a push."""
    db.session.execute(sa.update(PushSubscription).where(PushSubscription.id == place_id).values(took_at=clock.now()))


@command
def handle_browser_sign_in(browser: str, user_id: int, sign_in: SignIn) -> None:
    """Handles a sign-in in a browser with push enabled.

    For the same user the subscription moves to the new sign-in; for another user it ends.
    """
    here = PushSubscription.browser_mark == encryption.blind_index(browser, "push-browser")
    place = db.session.scalar(sa.select(PushSubscription).where(here))
    if place is None:
        return
    if place.user_id == user_id and not sign_in.shared_device:
        place.sign_in_id = sign_in.id
    else:
        db.session.delete(place)


@command
def sign_in_ended(sign_in_id: int) -> None:
    """Deletes the subscription of a sign-in that was ended, there or remotely.

    One that merely expired keeps its subscription until the same user is back.
    """
    sign_in = db.session.get(SignIn, sign_in_id)
    if sign_in is None or sign_in.expires_at > clock.now():
        db.session.execute(sa.delete(PushSubscription).where(PushSubscription.sign_in_id == sign_in_id))


@command
def forget_places_of(user_id: int) -> None:
    """Deletes the subscriptions of an erased user."""
    db.session.execute(sa.delete(PushSubscription).where(PushSubscription.user_id == user_id))
