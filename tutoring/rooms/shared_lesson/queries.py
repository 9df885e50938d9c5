"""Reads of the progress markers in a room, as one user may see them."""

from collections.abc import Collection
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from tutoring.accounts.models import User
from tutoring.accounts.queries import children
from tutoring.kernel.db import db
from tutoring.lessons.catalogue import queries as catalogue_queries
from tutoring.lessons.catalogue.models import Lesson
from tutoring.policy.rooms.participation import RoomFacts, may_clear_stuck, may_see_progress
from tutoring.rooms.models import Room, Seat
from tutoring.rooms.shared_lesson.models import ProgressMarker


@dataclass(frozen=True)
class StuckMarker:
    """A learner is stuck at a sentence of the lesson."""

    user_id: int
    person: User
    own: bool
    step: int
    step_id: str
    sentence_id: str
    words: str
    may_clear: bool


@dataclass(frozen=True)
class Answered:
    """A checkpoint of the shown step: right or wrong, and the number of tries; 0: not answered."""

    correct: bool = False
    tries: int = 0


@dataclass(frozen=True)
class LearnerProgress:
    """The progress of one learner in the room's lesson."""

    user_id: int
    person: User
    own: bool
    done: list[int] = field(default_factory=list)  # steps ticked in this room
    answers: list[Answered] = field(default_factory=list)  # for the checkpoints of the shown step, in order


def signs_in(room_id: int) -> list[ProgressMarker]:
    """Returns all progress markers of a room, in order."""
    query = sa.select(ProgressMarker).options(joinedload(ProgressMarker.user)).where(ProgressMarker.room_id == room_id)
    return list(db.session.scalars(query.order_by(ProgressMarker.id)))


def stuck(
    viewer: User, room: Room, known: RoomFacts, lesson: Lesson | None, signs: Collection[ProgressMarker]
) -> list[StuckMarker]:
    """Returns where learners are stuck in the current lesson; removed sentences are left out."""
    if lesson is None or known.closed:
        return []
    found = []
    for one in signs:
        number = lesson.number_of(one.step_id)
        if one.kind != "stuck" or one.lesson_slug != lesson.slug or number is None:
            continue
        if words := catalogue_queries.sentence(lesson.slug, one.step_id, one.place):
            own = one.user_id == viewer.id
            clear = may_clear_stuck(known, own)
            found.append(StuckMarker(one.user_id, one.user, own, number, one.step_id, one.place, words, clear))
    return found


def shown(
    viewer: User, known: RoomFacts, seats: Collection[Seat], lesson: Lesson, signs: Collection[ProgressMarker],
    checkpoints: Collection[str],
) -> list[LearnerProgress]:  # fmt: skip
    """Returns the progress of each learner whom this user may see.

    `checkpoints` are those of the shown step.
    """
    guards = known.role == "guardian"
    mine = {link.child_id for link in children(viewer.id) if link.confirmed_at} if guards else set()
    found = []
    for seat in seats:
        own = seat.user_id == viewer.id
        if seat.role != "learner" or not may_see_progress(known, own, seat.user_id in mine):
            continue
        some = [one for one in signs if one.user_id == seat.user_id and one.lesson_slug == lesson.slug]
        ticks = {lesson.number_of(one.step_id) for one in some if one.kind == "done"}
        by_place = {one.place: Answered(bool(one.correct), one.tries) for one in some if one.kind == "answer"}
        answers = [by_place.get(place, Answered()) for place in checkpoints]
        done = sorted(number for number in ticks if number is not None)
        found.append(LearnerProgress(seat.user_id, seat.user, own, done, answers))
    return found
