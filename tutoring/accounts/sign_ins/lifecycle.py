"""Sign-ins: tokens, their rows, and the sockets that belong to them."""

import hashlib
import secrets
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from tutoring.accounts.events import SignInCompleted, SignInEnded, SignInsEnded
from tutoring.accounts.models import LiveSocket, SecondFactor, SignIn, User
from tutoring.accounts.queries import purposes_in_force
from tutoring.accounts.sign_ins.local_network import check_connection
from tutoring.kernel import clock
from tutoring.kernel.commands import best_effort, command
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, Forbidden, NotFound
from tutoring.kernel.events import publish
from tutoring.kernel.text import N_
from tutoring.policy.accounts import may_sign_in_as_child

ABSOLUTE = timedelta(days=14)
SHARED_ABSOLUTE = timedelta(hours=12)
SHARED_IDLE = timedelta(minutes=30)
HALF_LIFE = timedelta(minutes=10)
TOUCH = timedelta(seconds=60)
MOST_SOCKETS = 4  # open pages of one sign-in with a live socket

SUSPENDED = N_("Tài khoản này đang bị tạm khoá. Hãy hỏi điều phối viên của trường hoặc phường.")


def hashed(token: str) -> str:
    """Returns the hash of a token, which is all that the database stores."""
    return hashlib.sha256(token.encode()).hexdigest()


def check_card(user: User) -> None:
    """Rejects a child without valid consent of its guardian to the profile."""
    if user.kind == "child" and not may_sign_in_as_child(purposes_in_force(user.id)):
        raise Forbidden(
            N_("Thẻ này đang tạm ngừng vì cần ba mẹ đồng ý lại. Hãy nhờ ba mẹ mở trang Tài khoản, mục Con của tôi.")
        )


def _give_token(sign_in: SignIn) -> None:
    sign_in.token = secrets.token_urlsafe(32)
    sign_in.token_hash = hashed(sign_in.token)


def _new(user_id: int, device: str, shared: bool, life: timedelta, **more: Any) -> SignIn:
    moment = clock.now()
    sign_in = SignIn(user_id=user_id, device=device[:120], shared_device=shared, expires_at=moment + life, **more)
    _give_token(sign_in)
    db.session.add(sign_in)
    db.session.flush()
    return sign_in


@command
def begin_sign_in(
    user: User, device: str = "", shared: bool = False, *, second_factor: bool = False, elsewhere: bool = False
) -> SignIn:
    """Starts a sign-in of this user; its `token` is known only now.

    The caller has just checked the passphrase and tells whether it has checked the second factor too. A user with a
    second factor cannot sign in without it. Either way the user's identity is freshly confirmed, unless it was checked
    `elsewhere`: at an identity provider. A session left open there confirms nothing here.
    """
    has_one = sa.select(SecondFactor.user_id).where(
        SecondFactor.user_id == user.id, SecondFactor.confirmed_at.is_not(None)
    )
    if not second_factor and db.session.scalar(has_one) is not None:
        raise Forbidden
    check_connection(user)
    check_card(user)
    moment = clock.now()
    shown = moment if second_factor else None
    life = SHARED_IDLE if shared else ABSOLUTE
    sign_in = _new(user.id, device, shared, life, second_factor_at=shown, stepped_up_at=None if elsewhere else moment)
    user.sign_in = sign_in
    return sign_in


@command
def renew(sign_in: SignIn, *, second_factor: bool = False) -> None:
    """Moves a sign-in to a new token after a step-up; copies of the old token become worthless."""
    sign_in.stepped_up_at = clock.now()
    if second_factor:
        sign_in.second_factor_at = sign_in.stepped_up_at
    _give_token(sign_in)


# ---- half sign-ins: the passphrase was right, the code is still missing ----------------------------------------------


@command
def begin_half(user: User, device: str, shared: bool) -> str:
    """Starts a half sign-in after the right passphrase; its token opens only the code page."""
    return _new(user.id, device, shared, HALF_LIFE, half=True).token


def half_of_token(token: str) -> SignIn | None:
    """Returns the half sign-in of this token, valid for ten minutes."""
    query = sa.select(SignIn).where(
        SignIn.token_hash == hashed(token), SignIn.half, SignIn.ended_at.is_(None), SignIn.expires_at > clock.now()
    )
    return db.session.scalar(query)


@command
def complete(half_id: int) -> User:
    """Replaces the half sign-in by a whole one with its own token, after the right code."""
    open_half = sa.update(SignIn).where(SignIn.id == half_id, SignIn.half, SignIn.ended_at.is_(None))
    if db.session.execute(open_half.values(ended_at=clock.now())).rowcount != 1:  # type: ignore[attr-defined]
        raise Conflict(N_("Lần đăng nhập này đã hết hạn. Hãy đăng nhập lại."))
    half = db.session.get_one(SignIn, half_id)
    user = half.user
    if user.state == "suspended":
        raise Forbidden(SUSPENDED)
    whole = begin_sign_in(user, half.device, half.shared_device, second_factor=True)
    publish(SignInCompleted(half_id, whole.id))
    return user


def _alive(sign_in: SignIn, moment: datetime) -> bool:
    return holds(sign_in, sign_in.user.state, moment)


def holds(sign_in: Any, state: str, moment: datetime) -> bool:
    """Whether a sign-in, or a row with its facts, is valid for a user in this state."""
    whole = sign_in.ended_at is None and not sign_in.half
    return bool(whole and sign_in.expires_at > moment and state != "suspended")


def user_of_token(token: str) -> User | None:
    """Returns the user of this token, if the sign-in is still valid."""
    sign_in: SignIn | None = db.session.scalar(_by_token(), {"hash": hashed(token)})
    moment = clock.now()
    if sign_in is None or not _alive(sign_in, moment):
        return None
    if moment - sign_in.seen_at > TOUCH:
        best_effort(_touch, sign_in.id)
    sign_in.token = token
    sign_in.user.sign_in = sign_in
    return sign_in.user


@cache  # queried at every page, like the next one at every socket event; building it takes longer than running it
def _by_token() -> sa.Select[Any]:
    return sa.select(SignIn).options(joinedload(SignIn.user)).where(SignIn.token_hash == sa.bindparam("hash"))


@cache
def _by_id() -> Any:
    query = sa.select(SignIn).options(joinedload(SignIn.user)).where(SignIn.id == sa.bindparam("id"))
    return query.execution_options(populate_existing=True)


def person_of_sign_in(sign_in_id: int) -> User | None:
    """Returns the user of this sign-in, if it is still valid."""
    sign_in: SignIn | None = db.session.scalar(_by_id(), {"id": sign_in_id})
    moment = clock.now()
    if sign_in is None or not _alive(sign_in, moment):
        return None
    if moment - sign_in.seen_at > TOUCH:  # a user who only writes in a room uses the device as well
        best_effort(_touch, sign_in_id)
    sign_in.user.sign_in = sign_in
    return sign_in.user


@command
def _touch(sign_in_id: int) -> None:
    sign_in = db.session.get(SignIn, sign_in_id)
    if sign_in is None:
        return
    sign_in.seen_at = moment = clock.now()
    if sign_in.shared_device:
        sign_in.expires_at = min(moment + SHARED_IDLE, sign_in.created_at + SHARED_ABSOLUTE)


def sign_ins(user: User) -> list[SignIn]:
    """Returns the valid sign-ins of a user, newest first."""
    query = (
        sa.select(SignIn)
        .where(SignIn.user_id == user.id, SignIn.ended_at.is_(None), ~SignIn.half, SignIn.expires_at > clock.now())
        .order_by(SignIn.seen_at.desc())
    )
    return list(db.session.scalars(query))


@command
def end_sign_in(user: User, sign_in_id: int) -> None:
    """Ends one of the user's own sign-ins, with its sockets."""
    sign_in = db.session.get(SignIn, sign_in_id)
    if sign_in is None or sign_in.user_id != user.id:
        raise NotFound
    end(sign_in)


@command
def end_all_sign_ins(user_id: int, but: int | None = None) -> None:
    """Ends every sign-in of a user (but one): after a new passphrase, a ban, a change of rights."""
    for sign_in in db.session.scalars(sa.select(SignIn).where(SignIn.user_id == user_id, SignIn.ended_at.is_(None))):
        if sign_in.id != but:
            end(sign_in)
    publish(SignInsEnded(user_id))


def end(sign_in: SignIn) -> None:
    """Ends this sign-in, inside the running command."""
    if sign_in.ended_at is None:
        sign_in.ended_at = clock.now()
        publish(SignInEnded(sign_in.id, sign_in.user_id))


# ---- sockets --------------------------------------------------------------------------------------------------


def sids_of_sign_in(sign_in_id: int) -> list[str]:
    """Returns the open sockets of a sign-in."""
    return list(db.session.scalars(sa.select(LiveSocket.sid).where(LiveSocket.sign_in_id == sign_in_id)))


def sids_of_user(user_id: int) -> list[str]:
    """Returns the open sockets of a user."""
    return list(db.session.scalars(sa.select(LiveSocket.sid).where(LiveSocket.user_id == user_id)))


def present(user_ids: list[int], within: timedelta = timedelta(seconds=90)) -> set[int]:
    """Returns which of these users are present: a live socket, or a recent page request."""
    since = clock.now() - within
    sockets = sa.select(LiveSocket.user_id).where(LiveSocket.user_id.in_(user_ids), LiveSocket.seen_at > since)
    pages = sa.select(SignIn.user_id).where(
        SignIn.user_id.in_(user_ids), SignIn.ended_at.is_(None), ~SignIn.half, SignIn.seen_at > since
    )
    return set(db.session.scalars(sa.union(sockets, pages)))
