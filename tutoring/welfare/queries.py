"""Queries of disclosures: for their author, and decrypted for permitted readers."""

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

SHOWN = timedelta(days=7)  # how long the card is shown where the text was written


def encryption_context(disclosure_id: int) -> str:
    """Returns the context to which the encryption binds the text."""
    return f"disclosure:{disclosure_id}"


def decrypt_text(one: Disclosure) -> str:
    """Returns the decrypted text; empty once it is erased. The caller has checked the permission."""
    return encryption.decrypt(one.sealed, encryption_context(one.id)) if one.sealed is not None else ""


def disclosure(disclosure_id: int) -> Disclosure:
    return db.session.get_one(Disclosure, disclosure_id)


def own_words(author_id: int, places: Iterable[str]) -> dict[str, str]:
    """Returns the user's own disclosed texts by place, except hidden ones."""
    query = sa.select(Disclosure).where(
        Disclosure.author_id == author_id, Disclosure.place.in_(list(places)), Disclosure.hidden_at.is_(None)
    )
    return {one.place: decrypt_text(one) for one in db.session.scalars(query)}


def own_shown(author_id: int, room_id: int | None = None) -> list[Disclosure]:
    """Returns the user's own disclosures that have a card, newest first.

    They are of one room, or from all other forms.
    """
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


def disclosures_of_case(case_id: int) -> list[Disclosure]:
    """Returns the disclosures of a case, oldest first."""
    query = sa.select(Disclosure).where(Disclosure.case_id == case_id).order_by(Disclosure.id)
    return list(db.session.scalars(query))


def unit_for(user_id: int) -> int | None:
    """Returns a unit of the user, classes and schools first, because they look after children."""
    mine: list[Membership] = memberships(user_id)
    mine.sort(key=lambda one: one.unit.kind not in CHILD_UNITS)
    return mine[0].unit_id if mine else None


def on_call(unit_id: int | None, *, minors: bool, but: Iterable[int] = ()) -> list[User]:
    """Returns the staff on duty for this unit now."""
    return on_duty(unit_id, minors=minors, but=but) if unit_id is not None else []
