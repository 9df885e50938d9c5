"""Queries for accounts, families and consent."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased, joinedload

from tutoring.accounts.consents.texts import PURPOSES, Purpose
from tutoring.accounts.models import Consent, Guardian, User, Withdrawal
from tutoring.kernel import clock
from tutoring.kernel.database.request_memo import once_in_request
from tutoring.kernel.database.sql import in_ids
from tutoring.kernel.db import db
from tutoring.kernel.encryption import blind_index
from tutoring.kernel.errors import NotFound
from tutoring.kernel.text import fold, phone
from tutoring.policy.consent_expiry import asked_anew, counts_from, last_day


def user(user_id: int) -> User:
    """Returns a user; raises NotFound."""
    found = db.session.get(User, user_id)
    if found is None:
        raise NotFound
    return found


def users(user_ids: Iterable[int]) -> dict[int, User]:
    """Returns users by id."""
    found = db.session.scalars(sa.select(User).where(User.id.in_(list(user_ids))))
    return {person.id: person for person in found}


def find_by_name_typed(typed: str) -> list[User]:
    """Returns the users with this user name, phone or email; a family may share a number."""
    typed = typed.strip()
    if number := phone(typed):
        known = sa.select(User).where(User.phone_mark == blind_index(number, "phone"))
        return list(db.session.scalars(known.order_by(User.id).limit(8)))
    column = User.email_mark if "@" in typed else User.username
    value = blind_index(typed.lower(), "email") if "@" in typed else fold(typed).replace(" ", "")
    return list(db.session.scalars(sa.select(User).where(column == value).limit(8)))


def typed_mark(typed: str) -> str:
    """Returns a digest of an entered name for rate limits, whose keys Redis operators can read."""
    return blind_index(fold(typed), "typed")


def guardians(child_id: int, confirmed: bool = True) -> list[User]:
    """Returns the guardians of a minor."""
    query = sa.select(User).join(Guardian, Guardian.guardian_id == User.id).where(Guardian.child_id == child_id)
    if confirmed:
        query = query.where(Guardian.confirmed_at.is_not(None))
    return list(db.session.scalars(query.order_by(User.id)))


def guardian_ids(child_id: int) -> list[int]:
    """Returns the ids of a minor's confirmed guardians."""
    query = sa.select(Guardian.guardian_id).where(Guardian.child_id == child_id, Guardian.confirmed_at.is_not(None))
    return list(db.session.scalars(query.order_by(Guardian.guardian_id)))


def children(guardian_id: int) -> list[Guardian]:
    """Returns a guardian's children, confirmed or waiting."""
    return list(_children(guardian_id))


@once_in_request
def _children(guardian_id: int) -> list[Guardian]:
    return list(db.session.scalars(_ties_of_guardian(), {"guardian": guardian_id}))


@cache
def _ties_of_guardian() -> sa.Select[Any]:
    query = sa.select(Guardian).options(joinedload(Guardian.child))
    return query.where(Guardian.guardian_id == sa.bindparam("guardian")).order_by(Guardian.id)


@once_in_request
def is_guardian(guardian_id: int, child_id: int, confirmed: bool = True) -> bool:
    """Whether the first user is a guardian of the second."""
    told = {"guardian": guardian_id, "child": child_id}
    return db.session.scalar(_tie(confirmed), told) is not None


@cache
def _tie(confirmed: bool) -> sa.Select[int]:
    guards = Guardian.guardian_id == sa.bindparam("guardian"), Guardian.child_id == sa.bindparam("child")
    query = sa.select(Guardian.id).where(*guards)
    return query.where(Guardian.confirmed_at.is_not(None)) if confirmed else query


def consents(subject_id: int) -> list[Consent]:
    """Returns all consents ever given for a user, newest first."""
    return list(_consents(subject_id))


@once_in_request
def _consents(subject_id: int) -> list[Consent]:
    query = sa.select(Consent).where(Consent.subject_id == subject_id)
    return list(db.session.scalars(query.order_by(Consent.id.desc())))


def in_force(kind: str = "consent", since: sa.BindParameter[Any] | None = None) -> sa.ColumnElement[bool]:
    """Filters consents that count now: of this school year, current text, not withdrawn.

    `since` is the parameter of a statement that is built once; its value is when this school year's consents begin.

    Of two guardians the one who refuses prevails: a guardian's withdrawal counts until the same guardian lifts it.
    """
    words = [sa.and_(Consent.purpose == p.key, Consent.text_version == p.version) for p in PURPOSES]
    counts = [
        Consent.kind == kind,
        Consent.withdrawn_at.is_(None),
        Consent.given_at >= (counts_from(clock.today()) if since is None else since),
        sa.or_(*words),
    ]
    if kind == "consent":
        no = sa.select(Withdrawal.id).where(
            Withdrawal.subject_id == Consent.subject_id,
            Withdrawal.purpose == Consent.purpose,
            Withdrawal.lifted_at.is_(None),
            Withdrawal.why == "withdrawn",
            Withdrawal.by_id != Consent.subject_id,
        )
        counts.append(~no.exists())
    return sa.and_(*counts)


def purposes_in_force(subject_id: int, kind: str = "consent") -> set[str]:
    """Returns the purposes with valid consent."""
    return {purpose for one, purpose in _purposes(subject_id) if one == kind}


@once_in_request
def _purposes(subject_id: int) -> list[tuple[str, str]]:
    values = {"subject": subject_id, "since": counts_from(clock.today())}
    texts = tuple((one.key, one.version) for one in PURPOSES)
    return [(row[0], row[1]) for row in db.session.execute(_purposes_in_force(texts), values)]


@cache  # read on every page of a minor who belongs to a class; building it takes longer than executing it
def _purposes_in_force(_texts: tuple[tuple[str, str], ...]) -> sa.Select[str, str]:
    since: sa.BindParameter[Any] = sa.bindparam("since", type_=Consent.given_at.type)
    counts = sa.or_(*(in_force(kind, since) for kind in ("consent", "assent")))
    return sa.select(Consent.kind, Consent.purpose).where(Consent.subject_id == sa.bindparam("subject"), counts)


def purposes_of_each(subject_ids: Iterable[int], kind: str = "consent") -> dict[int, set[str]]:
    """The same for many users, in one query."""
    found: dict[int, set[str]] = {one: set() for one in subject_ids}
    if found:
        query = sa.select(Consent.subject_id, Consent.purpose).where(in_ids(Consent.subject_id, found), in_force(kind))
        for subject_id, purpose in db.session.execute(query):
            found[subject_id].add(purpose)
    return found


def child_of(guardian_id: int, child_id: int) -> Guardian:
    """Returns the link between a guardian and a child under 16, confirmed or waiting.

    Raises NotFound.
    """
    query = (
        sa.select(Guardian)
        .options(joinedload(Guardian.child))
        .join(User, User.id == Guardian.child_id)
        .where(Guardian.guardian_id == guardian_id, Guardian.child_id == child_id, User.kind == "child")
    )
    found = db.session.scalar(query)
    if found is None:
        raise NotFound
    return found


@dataclass(frozen=True)
class ConsentStatus:
    """The state of one purpose: valid consent and assent, and what came before."""

    purpose: Purpose
    given: Consent | None
    assent: Consent | None
    before: Consent | None  # the newest consent that no longer counts
    withdrawal: Withdrawal | None  # the newest one that has not been lifted

    @property
    def asked_anew(self) -> bool:
        """Whether the valid consent ends soon and is to be renewed."""
        return self.given is not None and _ending(self.given)

    @property
    def assent_missing(self) -> bool:
        """Whether the guardian has consented but the child's assent is missing or ends soon."""
        return self.given is not None and (self.assent is None or _ending(self.assent))

    @property
    def until(self) -> date | None:
        """The last day on which the valid consent counts."""
        return last_day(clock.local(self.given.given_at).date()) if self.given else None


def _ending(row: Consent) -> bool:
    return asked_anew(clock.local(row.given_at).date(), clock.today())


def consent_statuses(subject_id: int) -> list[ConsentStatus]:
    """Returns the state of every purpose; of those that only cards ask, where one did or the guardian may agree now."""
    counts = sa.select(Consent.id).where(Consent.subject_id == subject_id, sa.or_(in_force(), in_force("assent")))
    now, rows = set(db.session.scalars(counts)), consents(subject_id)
    open_ones = sa.select(Withdrawal).where(Withdrawal.subject_id == subject_id, Withdrawal.lifted_at.is_(None))
    ended = list(db.session.scalars(open_ones.order_by(Withdrawal.id.desc())))

    def newest(purpose: Purpose, kind: str, counting: bool) -> Consent | None:
        fits = (r for r in rows if r.purpose == purpose.key and r.kind == kind and (r.id in now) is counting)
        return next(fits, None)

    return [
        ConsentStatus(
            p, newest(p, "consent", True), newest(p, "assent", True), newest(p, "consent", False),
            next((w for w in ended if w.purpose == p.key), None),
        )
        for p in PURPOSES
        if not p.of_cards or any(r.purpose == p.key for r in rows) or _has_called_name_alone(subject_id)
    ]  # fmt: skip


def _has_called_name_alone(child_id: int) -> bool:
    """Whether the account of a child holds no full name: its guardian may agree to one at any time."""
    child = db.session.get(User, child_id)
    return child is not None and child.kind == "child" and child.full_name == child.called_name


def own_withdrawal(actor_id: int, subject_id: int, purpose: str) -> Withdrawal | None:
    """Returns the withdrawal that this user made and may still undo."""
    query = sa.select(Withdrawal).where(
        Withdrawal.subject_id == subject_id, Withdrawal.purpose == purpose, Withdrawal.by_id == actor_id
    )
    newest = db.session.scalar(query.order_by(Withdrawal.id.desc()).limit(1))
    return newest if newest is not None and newest.can_be_undone else None


def agreed_counts(subject_ids: Iterable[int]) -> dict[int, int]:
    """Returns the number of purposes with valid consent, by user."""
    ids = list(subject_ids)
    if not ids:
        return {}
    query = (
        sa.select(Consent.subject_id, sa.func.count(Consent.purpose.distinct()))
        .where(Consent.subject_id.in_(ids), in_force())
        .group_by(Consent.subject_id)
    )
    return {row[0]: row[1] for row in db.session.execute(query)}


def guardian_links(child_id: int) -> list[Guardian]:
    """Returns the guardian links of a minor: with or without account, confirmed or waiting."""
    query = (
        sa.select(Guardian)
        .options(joinedload(Guardian.guardian))
        .where(Guardian.child_id == child_id)
        .order_by(Guardian.id)
    )
    return list(db.session.scalars(query))


def kin(one_id: int, other_id: int) -> bool:
    """Whether two users are known to be of one family.

    They are guardian and child, guardians of the same child, or children of the same guardian.
    """
    both = {"one": one_id, "other": other_id}
    return any(db.session.scalar(tie, both) is not None for tie in _ties())


@cache  # runs for each decider of a device need; building the statements costs more than executing them
def _ties() -> tuple[sa.Select[Any], ...]:
    mine, theirs = aliased(Guardian), aliased(Guardian)
    one, other = (sa.bindparam(name, type_=sa.Integer) for name in ("one", "other"))
    tie = sa.select(mine.id).where(
        sa.or_(
            sa.and_(mine.guardian_id == one, mine.child_id == other),
            sa.and_(mine.guardian_id == other, mine.child_id == one),
        )
    )
    shared = sa.select(mine.id).where(
        sa.or_(
            sa.and_(mine.guardian_id == one, theirs.guardian_id == other, mine.child_id == theirs.child_id),
            sa.and_(mine.child_id == one, theirs.child_id == other, mine.guardian_id == theirs.guardian_id),
        )
    )
    return tie.limit(1), shared.limit(1)
