"""Reads about people: accounts, families, consent."""

from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from tutoring.accounts.consent_texts import PURPOSES, Purpose
from tutoring.accounts.models import Consent, Guardian, User
from tutoring.kernel.db import db
from tutoring.kernel.errors import Missing
from tutoring.kernel.text import fold, phone


def user(user_id: int) -> User:
    """A person; raises Missing."""
    found = db.session.get(User, user_id)
    if found is None:
        raise Missing
    return found


def users(user_ids: Iterable[int]) -> dict[int, User]:
    """People by id."""
    found = db.session.scalars(sa.select(User).where(User.id.in_(list(user_ids))))
    return {person.id: person for person in found}


def find_by_name_typed(typed: str) -> list[User]:
    """Whom a user name, phone number or e-mail may mean; a family may share one number."""
    typed = typed.strip()
    if number := phone(typed):
        return list(db.session.scalars(sa.select(User).where(User.phone == number).order_by(User.id).limit(8)))
    column = User.email if "@" in typed else User.username
    value = typed.lower() if "@" in typed else fold(typed).replace(" ", "")
    return list(db.session.scalars(sa.select(User).where(column == value).limit(8)))


def guardians(child_id: int, confirmed: bool = True) -> list[User]:
    """The grown-ups who answer for a minor."""
    query = sa.select(User).join(Guardian, Guardian.guardian_id == User.id).where(Guardian.child_id == child_id)
    if confirmed:
        query = query.where(Guardian.confirmed_at.is_not(None))
    return list(db.session.scalars(query.order_by(User.id)))


def children(guardian_id: int) -> list[Guardian]:
    """A guardian's children, confirmed or waiting."""
    query = (
        sa.select(Guardian)
        .options(joinedload(Guardian.child))
        .where(Guardian.guardian_id == guardian_id)
        .order_by(Guardian.id)
    )
    return list(db.session.scalars(query))


def is_guardian(guardian_id: int, child_id: int, confirmed: bool = True) -> bool:
    """Whether one answers for the other."""
    query = sa.select(Guardian.id).where(Guardian.guardian_id == guardian_id, Guardian.child_id == child_id)
    if confirmed:
        query = query.where(Guardian.confirmed_at.is_not(None))
    return db.session.scalar(query) is not None


def consents(subject_id: int) -> list[Consent]:
    """All consents ever given for a person, newest first."""
    return list(
        db.session.scalars(sa.select(Consent).where(Consent.subject_id == subject_id).order_by(Consent.id.desc()))
    )


def purposes_in_force(subject_id: int, kind: str = "consent") -> set[str]:
    """Purposes to which a yes stands."""
    query = sa.select(Consent.purpose).where(
        Consent.subject_id == subject_id, Consent.kind == kind, Consent.withdrawn_at.is_(None)
    )
    return set(db.session.scalars(query))


def child_of(guardian_id: int, child_id: int) -> Guardian:
    """The tie between a guardian and a child under 16, confirmed or waiting; raises Missing."""
    query = (
        sa.select(Guardian)
        .options(joinedload(Guardian.child))
        .join(User, User.id == Guardian.child_id)
        .where(Guardian.guardian_id == guardian_id, Guardian.child_id == child_id, User.kind == "child")
    )
    found = db.session.scalar(query)
    if found is None:
        raise Missing
    return found


@dataclass(frozen=True)
class Standing:
    """How it stands with one purpose: the consent and the child's own yes in force, or the last one taken back."""

    purpose: Purpose
    given: Consent | None
    assent: Consent | None
    withdrawn: Consent | None


def standings(subject_id: int) -> list[Standing]:
    """Every purpose with what was said to it."""
    rows = consents(subject_id)

    def newest(purpose: Purpose, kind: str, in_force: bool) -> Consent | None:
        fits = (r for r in rows if r.purpose == purpose.key and r.kind == kind and (r.withdrawn_at is None) is in_force)
        return next(fits, None)

    return [
        Standing(p, newest(p, "consent", True), newest(p, "assent", True), newest(p, "consent", False))
        for p in PURPOSES
    ]


def agreed_counts(subject_ids: Iterable[int]) -> dict[int, int]:
    """To how many purposes a yes stands, by person."""
    query = (
        sa.select(Consent.subject_id, sa.func.count())
        .where(Consent.subject_id.in_(list(subject_ids)), Consent.kind == "consent", Consent.withdrawn_at.is_(None))
        .group_by(Consent.subject_id)
    )
    return {row[0]: row[1] for row in db.session.execute(query)}


def guardian_links(child_id: int) -> list[Guardian]:
    """Who answers for a minor, named or known, confirmed or waiting."""
    query = (
        sa.select(Guardian)
        .options(joinedload(Guardian.guardian))
        .where(Guardian.child_id == child_id)
        .order_by(Guardian.id)
    )
    return list(db.session.scalars(query))
