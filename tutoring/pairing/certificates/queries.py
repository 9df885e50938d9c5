"""Queries on certificates: what one would state, who holds which, what a token opens."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from tutoring.accounts.models import User
from tutoring.accounts.queries import is_guardian, purposes_in_force, purposes_of_each
from tutoring.community.queries import acting_roles_at
from tutoring.kernel import clock, encryption
from tutoring.kernel.db import db
from tutoring.kernel.errors import NotFound
from tutoring.pairing.certificates.hooks import withheld_certificates
from tutoring.pairing.certificates.models import HoursCertificate
from tutoring.policy.accounts import needs_assent
from tutoring.policy.rooms.volunteer_minutes import may_have_certificate, may_read_certificate
from tutoring.rooms.volunteer_minutes.models import HelpSession
from tutoring.rooms.volunteer_minutes.queries import counts

MARK = "hours_paper"
_LARGEST_ID = 2**31 - 1
LONGEST_TOKEN = 64


@dataclass(frozen=True)
class Sum:
    """The minutes, sessions and skills that count in a period."""

    minutes: int
    sessions: int
    topics: list[str]


@dataclass(frozen=True)
class Verified:
    """What a client with the token may read.

    It is the state, and the facts of a valid certificate only. An unknown token has the state "unknown".
    """

    state: str
    paper: HoursCertificate | None = None


def summed(sessions: Iterable[HelpSession], from_day: date, until_day: date) -> Sum:
    """Sums the confirmed minutes of a period.

    `sessions` must be all sessions of the helper, because the daily limits are filled in order.
    """
    rows = sorted(sessions, key=lambda one: (one.ended_at, one.id))
    found = counts(rows)
    inside = [one for one in rows if from_day <= one.day <= until_day and found[one.id]]
    topics = list(dict.fromkeys(one.topic for one in inside if one.topic))
    return Sum(sum(found[one.id] for one in inside), len({one.room_id for one in inside}), topics)


def may_publish_certificate(user: User) -> bool:
    """Returns whether a certificate with this user's name may be shown to the public."""
    if not user.is_minor:
        return True
    asked = user.kind == "child" and needs_assent(user.oldest_age or 0)
    return may_have_certificate(
        True, purposes_in_force(user.id), purposes_in_force(user.id, "assent") if asked else None
    )


def publishable(users: Collection[User]) -> set[int]:
    """Returns those of these users of whom `may_publish_certificate` is true; two statements."""
    minors = [one for one in users if one.is_minor]
    consents = purposes_of_each([one.id for one in minors])
    assents = purposes_of_each([one.id for one in minors], "assent")
    young = {one.id for one in minors if one.kind == "child" and needs_assent(one.oldest_age or 0)}
    return {
        one.id
        for one in users
        if may_have_certificate(
            one.is_minor, consents.get(one.id, ()), assents.get(one.id, ()) if one.id in young else None
        )
    }


# ---- certificates withheld for a while -------------------------------------------------------------------------


def held_back(helper_ids: Collection[int]) -> set[int]:
    """Returns those of these helpers whose certificates are withheld now."""
    if not helper_ids:
        return set()
    found = (one.subquery() for one in withheld_certificates.collect())
    asked = sa.or_(sa.false(), *(User.id.in_(sa.select(*one.c)) for one in found))
    return set(db.session.scalars(sa.select(User.id).where(User.id.in_(helper_ids), asked)))


def certificates_of(helper_id: int) -> list[HoursCertificate]:
    """Returns a helper's certificates, newest first."""
    return list(
        db.session.scalars(
            _papers().where(HoursCertificate.helper_id == helper_id).order_by(HoursCertificate.id.desc()).limit(50)
        )
    )


def papers_in(unit_ids: Iterable[int]) -> list[HoursCertificate]:
    """Returns certificates that name one of these units and are not revoked, newest first."""
    query = _papers().where(HoursCertificate.unit_id.in_(list(unit_ids)), HoursCertificate.revoked_at.is_(None))
    found = list(db.session.scalars(query.order_by(HoursCertificate.id.desc()).limit(100)))
    back = held_back({one.helper_id for one in found})
    return [one for one in found if one.helper_id not in back]


def _papers() -> sa.Select[HoursCertificate]:
    return sa.select(HoursCertificate).options(joinedload(HoursCertificate.helper), joinedload(HoursCertificate.unit))


def paper_for(viewer: User, paper_id: int) -> HoursCertificate:
    """Returns a certificate that the viewer may read; raises NotFound otherwise."""
    found = None
    if 0 < paper_id <= _LARGEST_ID:
        found = db.session.scalar(_papers().where(HoursCertificate.id == paper_id))
    if found is None or not may_read_certificate(*standing_of(viewer, found)):
        raise NotFound
    return found


def standing_of(viewer: User, row: HoursCertificate) -> tuple[bool, bool, frozenset[str]]:
    """Returns what the viewer is to a certificate: holder, guardian, and roles at its unit.

    Guardian means the guardian of a minor who holds it.
    """
    own = viewer.id == row.helper_id
    guardian = not own and row.helper.is_minor and is_guardian(viewer.id, row.helper_id)
    return own, guardian, frozenset() if own else acting_roles_at(viewer, row.unit_id)


def state(row: HoursCertificate) -> str:
    """Returns valid, revoked, expired or waits (withheld for a while).

    It is computed at each read, so that a certificate never outlives the right to it.
    """
    if row.revoked_at is not None or row.helper.state != "active" or not may_publish_certificate(row.helper):
        return "revoked"
    if held_back([row.helper_id]):
        return "waits"
    return "expired" if row.expires_at <= clock.now() else "valid"


def verified(token: str) -> Verified:
    """Returns what a token opens; of a certificate that is not valid, only its state."""
    found = None
    if token.isascii() and 0 < len(token) <= LONGEST_TOKEN:
        found = db.session.scalar(_papers().where(HoursCertificate.token_mark == encryption.blind_index(token, MARK)))
    if found is None:
        return Verified("unknown")
    known = state(found)
    return Verified(known, found if known == "valid" else None)
