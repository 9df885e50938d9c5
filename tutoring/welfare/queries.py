"""Reads of what was written of danger: by its author, and unsealed for whoever may."""

from collections.abc import Iterable
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from tutoring.accounts.models import User
from tutoring.community.models import Membership
from tutoring.community.queries import memberships, on_duty
from tutoring.kernel import clock, encryption
from tutoring.kernel.db import db
from tutoring.policy.community import CHILD_UNITS
from tutoring.welfare.models import Disclosure

SHOWN = timedelta(days=7)  # so long the card stands where it was written


def belongs_to(disclosure_id: int) -> str:
    """The place that sealed words are bound to."""
    return f"disclosure:{disclosure_id}"


def words_of(one: Disclosure) -> str:
    """What was written; nothing once it is forgotten. Whoever calls this has made sure who reads it."""
    return encryption.decrypt(one.sealed, belongs_to(one.id)) if one.sealed is not None else ""


def disclosure(disclosure_id: int) -> Disclosure:
    return db.session.get_one(Disclosure, disclosure_id)


def own_words(author_id: int, places: Iterable[str]) -> dict[str, str]:
    """What somebody wrote themselves, by place, unless they put it away."""
    query = sa.select(Disclosure).where(
        Disclosure.author_id == author_id, Disclosure.place.in_(list(places)), Disclosure.hidden_at.is_(None)
    )
    return {one.place: words_of(one) for one in db.session.scalars(query)}


def own_shown(author_id: int, room_id: int | None = None) -> list[Disclosure]:
    """Those of somebody's own that a card stands for, newest first; of one room, or written at any other door."""
    where = Disclosure.place.like(f"{room_id}/%") if room_id is not None else Disclosure.door != "room"
    query = (
        sa.select(Disclosure)
        .options(joinedload(Disclosure.opened_by))
        .where(
            Disclosure.author_id == author_id, where, Disclosure.hidden_at.is_(None), Disclosure.ended_at.is_(None),
            Disclosure.at > clock.now() - SHOWN,
        )
        .order_by(Disclosure.id.desc())
    )  # fmt: skip
    return list(db.session.scalars(query))


def of_case(case_id: int) -> list[Disclosure]:
    """What is sealed in a case, oldest first."""
    query = sa.select(Disclosure).where(Disclosure.case_id == case_id).order_by(Disclosure.id)
    return list(db.session.scalars(query))


def unit_for(user_id: int) -> int | None:
    """Where somebody belongs: a class or school before all other places, for they look after children."""
    mine: list[Membership] = memberships(user_id)
    mine.sort(key=lambda one: one.unit.kind not in CHILD_UNITS)
    return mine[0].unit_id if mine else None


def on_call(unit_id: int | None, *, minors: bool, but: Iterable[int] = ()) -> list[User]:
    """Who is on duty for this unit at this moment."""
    return on_duty(unit_id, minors=minors, but=but) if unit_id is not None else []
