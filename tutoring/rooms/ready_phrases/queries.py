"""Reads of ready phrases."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from tutoring.accounts.models import User
from tutoring.community import queries as community
from tutoring.community.models import Unit
from tutoring.kernel.database.sql import in_ids
from tutoring.kernel.db import db
from tutoring.kernel.errors import NotFound
from tutoring.policy.rooms.participation import RoomFacts
from tutoring.policy.rooms.ready_phrases import may_use_phrases, may_write_unit_phrases
from tutoring.rooms.models import Room, Seat
from tutoring.rooms.queries import readable_room, seats
from tutoring.rooms.ready_phrases.blanks import Address, address_between, fill
from tutoring.rooms.ready_phrases.models import PhraseUse, ReadyPhrase


@dataclass(frozen=True)
class FilledPhrase:
    """A phrase as it goes into the composer of one room."""

    id: int
    text: str
    is_own: bool


def room_of_helper(helper: User, room_id: int) -> tuple[Room, RoomFacts]:
    """Returns a room in which this user helps and may write; raises NotFound."""
    room, known = readable_room(helper, room_id)
    if not may_use_phrases(known):
        raise NotFound
    return room, known


def learners_of(room: Room) -> list[User]:
    """Returns who learns in a room. A persistent room lists none: many may be in it."""
    return [] if room.lasts else [seat.user for seat in seats(room.id) if seat.role == "learner"]


def phrases_for(helper: User, room: Room, learners: Sequence[User], language: str) -> list[FilledPhrase]:
    """Returns the phrases for a room with blanks filled: the most used first, then those of the unit in their order."""
    places = community.ancestors(room.unit_id)
    uses = sa.func.coalesce(PhraseUse.uses, 0)
    query = (
        sa.select(ReadyPhrase)
        .outerjoin(PhraseUse, sa.and_(PhraseUse.phrase_id == ReadyPhrase.id, PhraseUse.user_id == helper.id))
        .where(_usable(helper.id, places))
        .order_by(uses.desc(), ReadyPhrase.owner_id.is_not(None), ReadyPhrase.position, ReadyPhrase.id)
    )
    address = address_between(helper, learners, language)
    return [_filled(one, address) for one in db.session.scalars(query)]


def filled_phrase(helper: User, room: Room, phrase_id: int, language: str) -> FilledPhrase:
    """Returns one phrase for a room with its blanks filled; raises NotFound."""
    found = usable_phrase(helper.id, room, phrase_id)
    return _filled(found, address_between(helper, learners_of(room), language))


def usable_phrase(helper_id: int, room: Room, phrase_id: int) -> ReadyPhrase:
    """Returns a phrase that this helper may use in this room; raises NotFound."""
    places = community.ancestors(room.unit_id)
    query = sa.select(ReadyPhrase).where(ReadyPhrase.id == phrase_id, _usable(helper_id, places))
    found: ReadyPhrase | None = db.session.scalar(query)
    if found is None:
        raise NotFound
    return found


def _usable(helper_id: int, unit_ids: Sequence[int]) -> sa.ColumnElement[bool]:
    of_units = sa.and_(in_ids(ReadyPhrase.unit_id, unit_ids), ReadyPhrase.archived_at.is_(None))
    return sa.or_(ReadyPhrase.owner_id == helper_id, of_units)


def _filled(phrase: ReadyPhrase, address: Address) -> FilledPhrase:
    return FilledPhrase(phrase.id, fill(phrase.text, address), phrase.owner_id is not None)


# ---- lists to edit -------------------------------------------------------------------------------------------


def own_phrases(owner_id: int) -> list[ReadyPhrase]:
    """Returns a helper's own phrases, the newest first."""
    query = sa.select(ReadyPhrase).where(ReadyPhrase.owner_id == owner_id).order_by(ReadyPhrase.id.desc())
    return list(db.session.scalars(query))


def own_phrase(owner_id: int, phrase_id: int, lock: bool = False) -> ReadyPhrase:
    """Returns one of a helper's own phrases; raises NotFound."""
    return _one(ReadyPhrase.owner_id == owner_id, phrase_id, lock)


def may_have_own(user: User) -> bool:
    """Returns whether this user helps or has helped: others have no use for phrases of their own."""
    helped = sa.select(Seat.id).where(Seat.user_id == user.id, Seat.role == "helper").limit(1)
    return db.session.scalar(helped) is not None


def unit_for_phrases(actor: User, unit_id: int) -> Unit:
    """Returns a unit whose phrases this user writes; raises NotFound."""
    found = community.unit(unit_id)
    if not may_write_unit_phrases(community.acting_roles_at(actor, unit_id), found.kind):
        raise NotFound
    return found


def unit_phrases(unit_id: int) -> list[ReadyPhrase]:
    """Returns the phrases of a unit in their order, archived ones last."""
    query = sa.select(ReadyPhrase).where(ReadyPhrase.unit_id == unit_id)
    return list(db.session.scalars(query.order_by(ReadyPhrase.archived_at, ReadyPhrase.position, ReadyPhrase.id)))


def unit_phrase(unit_id: int, phrase_id: int, lock: bool = False) -> ReadyPhrase:
    """Returns a phrase of a unit; raises NotFound."""
    return _one(ReadyPhrase.unit_id == unit_id, phrase_id, lock)


def _one(belongs: sa.ColumnElement[bool], phrase_id: int, lock: bool) -> ReadyPhrase:
    query = sa.select(ReadyPhrase).where(ReadyPhrase.id == phrase_id, belongs)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    found: ReadyPhrase | None = db.session.scalar(query)
    if found is None:
        raise NotFound
    return found
