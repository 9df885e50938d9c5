"""The summary of a session for both sides and a child's guardian: facts only, no messages."""

from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa

from tutoring.accounts.models import User
from tutoring.accounts.queries import is_guardian
from tutoring.kernel.db import db
from tutoring.lessons.catalogue import queries as catalogue_queries
from tutoring.lessons.catalogue.models import Lesson
from tutoring.lessons.progress import queries as progress_queries
from tutoring.policy.rooms.participation import RoomFacts, may_name_next, may_read_summary
from tutoring.rooms import queries
from tutoring.rooms.hooks import follow_ups, write_ups
from tutoring.rooms.models import Feedback, Room, Seat
from tutoring.rooms.presence import queries as presence_queries
from tutoring.rooms.room_page import room_title
from tutoring.rooms.shared_lesson.queries import signs_in

MOST = 10
CHOICES = 8


@dataclass(frozen=True)
class Done:
    """The steps that one learner ticked in one lesson."""

    name: str
    title: str
    steps: list[int]


@dataclass(frozen=True)
class Said:
    """One side's feedback; `solved_by` is empty when not given, or when nothing was solved."""

    name: str
    role: str
    solved: str
    solved_by: str


@dataclass(frozen=True)
class Recap:
    """The summary of a session."""

    room: Room
    title: str
    learners: list[str]
    helpers: list[str]
    minutes: int
    lesson: Lesson | None
    lesson_title: str
    done: list[Done]
    said: list[Said]
    next_slug: str
    next_title: str
    may_name_next: bool
    choices: list[tuple[str, str]] = field(default_factory=list)

    @property
    def began(self) -> datetime:
        return self.room.opened_at


def guards_learner(viewer: User, room_id: int) -> bool:
    """Returns whether the user is the confirmed guardian of a child who learns or learned here."""
    return bool(_children_in(viewer, room_id))


def _children_in(viewer: User, room_id: int) -> set[int]:
    query = sa.select(User).join(Seat, Seat.user_id == User.id).join(Room, Room.id == Seat.room_id)
    session = Seat.room_id == room_id, sa.not_(Room.is_talk)  # a guardian does not learn that there is a talk
    learned = query.where(*session, Seat.role == "learner", User.kind == "child")
    return {one.id for one in db.session.scalars(learned) if is_guardian(viewer.id, one.id)}


def _next(room: Room, learner_ids: list[int], language: str) -> tuple[str, str, list[tuple[str, str]]]:
    """Returns the next lesson with its title, and the choices.

    The next lesson is the helper's proposal, or else the first unfinished lesson that follows.
    """
    slugs = catalogue_queries.next_slugs(room.lesson_slug) if room.lesson_slug else []
    if not slugs:
        teaching = catalogue_queries.lessons_teaching(room.topic, language, CHOICES)
        slugs = [slug for slug, _title in teaching if slug != room.lesson_slug]
    known = progress_queries.progress_of(learner_ids[0]) if len(learner_ids) == 1 else {}
    open_ones = [slug for slug in slugs if slug not in known or known[slug].state != "finished"][:CHOICES]
    named = [room.next_lesson] if room.next_lesson else []
    titles = catalogue_queries.titles([*open_ones, *named], language)
    first = next((slug for slug in [*named, *open_ones] if slug in titles), "")
    return first, titles.get(first, ""), [(slug, titles[slug]) for slug in open_ones if slug in titles]


def _said(one: Feedback, name: str, roles: dict[int, str]) -> Said:
    return Said(name, roles.get(one.user_id, ""), one.solved, one.solved_by)


def recap(viewer: User, room: Room, known: RoomFacts, language: str) -> Recap:
    """Builds the summary for this user; learners of a group and guardians see only their own."""

    def called(user: User) -> str:
        return queries.shown_name(user, viewer, language)

    seats = queries.seats(room.id)
    learners = [seat for seat in seats if seat.role == "learner"]
    mine = {viewer.id} | _children_in(viewer, room.id)
    all_of_them = known.role in {"helper", "observer"} or len(learners) == 1
    signs = [one for one in signs_in(room.id) if one.kind == "done" and (all_of_them or one.user_id in mine)]
    bank = catalogue_queries.found_lessons(
        {one.lesson_slug for one in signs} | ({room.lesson_slug} if room.lesson_slug else set())
    )
    ticked: dict[tuple[str, str], set[int]] = {}
    for one in signs:
        lesson = bank.get(one.lesson_slug)
        if lesson is not None and (number := lesson.number_of(one.step_id)) is not None:
            key = (called(one.user), lesson.title(language))
            ticked.setdefault(key, set()).add(number)
    roles = {seat.user_id: seat.role for seat in seats}
    side = {"helper"} if not all_of_them else {"helper", "learner", "guardian"}
    said = [
        _said(one, called(one.user), roles)
        for one in queries.feedback_of(room.id).values()
        if one.user_id in mine or roles.get(one.user_id) in side
    ]
    here = bank.get(room.lesson_slug or "")
    next_slug, next_title, choices = _next(room, [seat.user_id for seat in learners], language)
    names = may_name_next(known)
    return Recap(
        room=room,
        title=room_title(room, language),
        learners=[called(one.user) for one in learners if all_of_them or one.user_id in mine],
        helpers=[called(one.user) for one in seats if one.role == "helper"],
        minutes=presence_queries.minutes_together(room.id),
        lesson=here,
        lesson_title=here.title(language) if here else "",
        done=[Done(name, title, sorted(steps)) for (name, title), steps in ticked.items()],
        said=said,
        next_slug=next_slug,
        next_title=next_title,
        may_name_next=names,
        choices=choices if names else [],
    )


def may_keep(viewer: User, room: Room, known: RoomFacts) -> bool:
    """Returns whether this user may read the summary of a room."""
    return may_read_summary(known, guards_learner(viewer, room.id))


def sessions_of_child(child_id: int) -> list[Room]:
    """Returns the last closed sessions of a child, newest first."""
    query = (
        sa.select(Room)
        .join(Seat, Seat.room_id == Room.id)
        .where(
            Seat.user_id == child_id,
            Seat.role == "learner",
            Seat.joined_at.is_not(None),
            Room.closed_at.is_not(None),
            sa.not_(Room.is_talk),
        )
        .order_by(Room.id.desc())
        .limit(MOST)
    )
    return list(db.session.scalars(query))


def follow_up(viewer: User, room: Room) -> str | None:
    """Returns the URL where this user asks the same helper again, if allowed."""
    return next(filter(None, follow_ups.collect(viewer, room)), None)


def write_up(viewer: User, room: Room) -> str | None:
    """Returns the URL where this helper writes an answer for others after the session, if allowed."""
    return next(filter(None, write_ups.collect(viewer, room)), None)
