"""The attendance sheet of a session: its people, and the lessons to confirm for each."""

from collections.abc import Collection
from dataclasses import dataclass, field

import sqlalchemy as sa

from tutoring.accounts.models import User
from tutoring.community.queries import roles_for
from tutoring.kernel.db import db
from tutoring.kernel.errors import NotFound
from tutoring.kernel.text import name_key
from tutoring.lessons.catalogue import queries as catalogue_queries
from tutoring.lessons.catalogue.models import Lesson
from tutoring.lessons.progress import queries as progress_queries
from tutoring.lessons.skills import queries as skills_queries
from tutoring.policy.rooms.participation import may_be_witnessed
from tutoring.policy.training import may_mark, may_say_seen
from tutoring.training.models import TrainingSeat, TrainingSession
from tutoring.training.progress_queries import Syllabus, syllabus
from tutoring.training.queries import list_attendees
from tutoring.training.track_members import on_track, wards_of
from tutoring.training.tracks import track

MAX_OTHERS = 300  # people of the track listed although they have not signed up


@dataclass(frozen=True)
class SheetRow:
    """One person on the sheet, with lessons by what may be confirmed."""

    user: User
    state: str  # "in", "waiting", or "" if not signed up
    may_be_seen: list[str] = field(default_factory=list)
    seen: list[str] = field(default_factory=list)  # confirmed before
    not_yet: list[str] = field(default_factory=list)  # to be learned or practised first


@dataclass(frozen=True)
class Sheet:
    """All people the session is for, those who signed up first.

    `came` are those recorded as present so far.
    """

    row: TrainingSession
    known: Syllabus
    lines: dict[int, SheetRow]
    came: set[int]
    leader_counts: bool  # leading a session of the leader's own track counts as attendance


def sheet_of(actor: User, row: TrainingSession, lang: str = "vi") -> Sheet:
    """Returns the sheet of a session for those who may mark it; else raises NotFound."""
    roles, leads = roles_for(actor, row.unit_id), row.leader_id == actor.id
    if not may_mark(leads, roles):
        raise NotFound
    known = syllabus(track(row.track), lang)
    signed = _signed_up(row.id)
    others = _others(row, known)
    leader_counts = any(one.id == row.leader_id for one in others)
    came = list_attendees(row.id)
    strangers = [one for one in others if one.id not in signed and one.id != row.leader_id]
    people = [(one, state) for one, state in signed.values()] + [(one, "") for one in strangers]
    lines = _lines(actor, people, known, roles)
    return Sheet(row, known, lines, came - {row.leader_id}, leader_counts)


def _signed_up(session_id: int) -> dict[int, tuple[User, str]]:
    query = (
        sa.select(User, TrainingSeat.state)
        .join(TrainingSeat, TrainingSeat.user_id == User.id)
        .where(TrainingSeat.session_id == session_id, TrainingSeat.state != "gone", User.state == "active")
    )
    found = sorted(db.session.execute(query), key=lambda one: (one[1], name_key(one[0].full_name)))
    return {user.id: (user, state) for user, state in found}


def _others(row: TrainingSession, known: Syllabus) -> list[User]:
    people = on_track(known.track, wards_of(row.unit))
    query = sa.select(User).where(User.id.in_(sa.select(people.c.user_id))).order_by(User.id).limit(MAX_OTHERS)
    return sorted(db.session.scalars(query), key=lambda one: name_key(one.full_name))


def _lines(
    actor: User, people: list[tuple[User, str]], known: Syllabus, roles: Collection[str]
) -> dict[int, SheetRow]:  # fmt: skip
    found, skills = catalogue_queries.found_lessons(known.needs.witnessed), skills_queries.skills_of(actor.id)
    ids = [one.id for one, _state in people]
    progress = progress_queries.get_lesson_states_of_users(ids, known.needs.witnessed)
    lines = {}
    for user, state in people:
        line = SheetRow(user, state)
        rows = progress.get(user.id, {})
        for slug in known.needs.witnessed:
            learned, confirmed = rows.get(slug, ("", ""))
            if confirmed == "witnessed":
                line.seen.append(slug)
            elif not may_say_seen(True, roles, progress_queries.holds_taught(skills, found[slug]), user.id == actor.id):
                continue
            elif _can_be_seen(found[slug], learned, confirmed):
                line.may_be_seen.append(slug)
            else:
                line.not_yet.append(slug)
        lines[user.id] = line
    return lines


def _can_be_seen(lesson: Lesson, learned: str, confirmed: str) -> bool:
    """Returns whether the lesson is finished, and practised if it has practice, as in rooms."""
    return learned == "finished" and may_be_witnessed(lesson.rehearsed_first, confirmed == "practised")
