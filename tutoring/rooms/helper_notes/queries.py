"""Reads of helpers' private notes: by their helper, and by teachers on duty."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import aliased, joinedload

from tutoring.accounts.models import User
from tutoring.accounts.queries import purposes_of_each
from tutoring.kernel import clock
from tutoring.kernel.database.sql import in_ids
from tutoring.kernel.db import db
from tutoring.kernel.errors import NotFound
from tutoring.policy.accounts import HELP_PURPOSES
from tutoring.policy.rooms.helper_notes import ENDS_AFTER, PairFacts, may_keep_note, may_read_notes_on_duty
from tutoring.policy.rooms.participation import RoomFacts
from tutoring.rooms.helper_notes.models import HelperNote
from tutoring.rooms.hooks import ended_pairs
from tutoring.rooms.models import Room, Seat
from tutoring.rooms.queries import on_duty, room, room_facts, seats


@dataclass(frozen=True)
class NoteInRoom:
    """The note of a helper on the learner of a room; without `note` nothing is written yet."""

    learner: User
    note: HelperNote | None


def last_met(helper_id: int, learner_ids: Collection[int]) -> dict[int, datetime]:
    """Returns by learner when the last room of these two alone was opened that went to no other helper."""
    helps, learns = aliased(Seat), aliased(Seat)
    query = (
        sa.select(learns.user_id, sa.func.max(Room.opened_at))
        .select_from(helps)
        .join(learns, learns.room_id == helps.room_id)
        .join(Room, Room.id == helps.room_id)
        .where(
            helps.user_id == helper_id, helps.role == "helper", helps.removed_at.is_(None),
            in_ids(learns.user_id, learner_ids), learns.role == "learner", learns.removed_at.is_(None),
            Room.kind == "pair", sa.not_(Room.handed_over),
        )
        .group_by(learns.user_id)
    )  # fmt: skip
    return {row[0]: row[1] for row in db.session.execute(query)}


def pairs_of(helper: User, learners: Sequence[User]) -> dict[int, PairFacts]:
    """Returns the policy facts about a helper and each of these learners, by learner."""
    met = last_met(helper.id, [one.id for one in learners])
    ended = {learner_id for some in ended_pairs.collect(helper.id, met) for learner_id in some} if met else set()
    minors = {one.id for one in (helper, *learners) if one.is_minor}
    agreed = {one for one, purposes in purposes_of_each(minors).items() if purposes >= HELP_PURPOSES}
    return {
        one.id: PairFacts(
            met=one.id in met and met[one.id] > clock.now() - ENDS_AFTER,
            ended=one.id in ended,
            agreed=minors & {helper.id, one.id} <= agreed,
            is_self=helper.id == one.id,
        )
        for one in learners
    }


def _standing(helper: User, learners: Sequence[User]) -> list[User]:
    pairs = pairs_of(helper, learners)
    return [one for one in learners if may_keep_note(pairs[one.id])]


def learner_of(helper: User, learner_id: int) -> User:
    """Returns a learner on whom this helper keeps a note; raises NotFound when the pair does not stand."""
    found = db.session.get(User, learner_id)
    if found is None or not _standing(helper, [found]):
        raise NotFound
    return found


def note_of(helper_id: int, learner_id: int) -> HelperNote | None:
    """Returns the stored note; who reads it is checked before."""
    return db.session.get(HelperNote, (learner_id, helper_id), populate_existing=True)


def notes_by(helper: User) -> list[HelperNote]:
    """Returns a helper's notes whose pairs stand, the last changed first."""
    query = sa.select(HelperNote).options(joinedload(HelperNote.learner)).where(HelperNote.helper_id == helper.id)
    rows = db.session.scalars(query.order_by(HelperNote.changed_at.desc(), HelperNote.learner_id)).all()
    standing = {one.id for one in _standing(helper, [row.learner for row in rows])} if rows else set()
    return [row for row in rows if row.learner_id in standing]


def notes_in_room(helper: User, found: Room, learners: Sequence[User]) -> list[NoteInRoom]:
    """Returns the helper's notes on the learners of a room of two; other rooms have none."""
    if found.kind != "pair":
        return []
    return [NoteInRoom(one, note_of(helper.id, one.id)) for one in _standing(helper, learners)]


# ---- on duty -------------------------------------------------------------------------------------------------


def may_read_on_duty(viewer: User, found: Room, known: RoomFacts) -> bool:
    """Returns whether this user reads the notes on the pair of a room, as a teacher on duty."""
    if not may_read_notes_on_duty(known, on_duty=True):
        return False
    return may_read_notes_on_duty(known, viewer.id in {one.id for one in on_duty(found)})


def notes_on_pair(viewer: User, room_id: int) -> tuple[Room, list[HelperNote]]:
    """Returns a room and the notes of its helper on its learner, for a teacher on duty; raises NotFound."""
    found = room(room_id)
    if not may_read_on_duty(viewer, found, room_facts(found, viewer)):
        raise NotFound
    people = seats(room_id)
    learners = [seat.user for seat in people if seat.role == "learner"]
    helpers = [seat.user for seat in people if seat.role == "helper"]
    notes = [note_of(helper.id, one.id) for helper in helpers for one in _standing(helper, learners)]
    return found, [note for note in notes if note is not None]
