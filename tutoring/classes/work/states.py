"""How far people are with their works, derived from what they did: nobody ticks anything off.

An earlier completion counts, except for help: that is to be asked for once the work is set.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from tutoring.classes.work.models import ClassWork
from tutoring.classes.work.targets import Catalogue
from tutoring.kernel.database.sql import exists_per_row, in_ids
from tutoring.kernel.db import db
from tutoring.lessons.progress.models import LessonProgress
from tutoring.lessons.quizzes.models import QuizTry
from tutoring.pairing.models import OPEN, HelpRequest
from tutoring.policy.rooms.participation import PERSISTENT_KINDS
from tutoring.practice.runs.models import PracticeRun
from tutoring.rooms.models import Room, Seat


@dataclass(frozen=True)
class WorkState:
    """How far one person is with one work.

    `step` of `steps`: the current step of a lesson, or the finished lessons of a path; 0 where there are none.
    `next_slug`: the lesson of a path to go on with. `witnessed`: somebody saw the lesson done.
    """

    state: str = "new"  # new, going, done
    step: int = 0
    steps: int = 0
    seen_at: datetime | None = None
    done_at: datetime | None = None
    witnessed: bool = False
    next_slug: str = ""

    @property
    def done(self) -> bool:
        return self.state == "done"


NEW = WorkState()


@dataclass(frozen=True)
class _Trace:
    """When somebody was last at something, and when it was done."""

    seen_at: datetime | None
    done_at: datetime | None


class WorkStates:
    """The states of many people in many works, in at most five statements."""

    def __init__(self, works: Iterable[ClassWork], user_ids: Collection[int], catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        works = list(works) if user_ids else []
        self._lessons = _progress(user_ids, _slugs(works, catalogue))
        self._quizzes = _tries(user_ids, {one.target for one in works if one.kind == "quiz"})
        self._runs = _runs(user_ids, {one.target for one in works if one.kind == "rehearsal"})
        helped = [one.set_at for one in works if one.kind == "help"]
        self._sessions = _sessions(user_ids, min(helped)) if helped else {}
        self._asking = _asking(user_ids) if helped else frozenset()

    def of(self, work: ClassWork, user_id: int) -> WorkState:
        """Returns how far a person is with one of the works."""
        if work.kind == "lesson":
            return self.of_lesson(work.target, user_id)
        if work.kind == "path":
            return self.of_path(work.target, user_id)
        if work.kind == "help":
            held = self._sessions.get(user_id)
            if held is not None and held >= work.set_at:
                return WorkState("done", seen_at=held, done_at=held)
            return WorkState("going") if user_id in self._asking else NEW
        found = (self._quizzes if work.kind == "quiz" else self._runs).get((user_id, work.target))
        if found is None:
            return NEW
        return WorkState("done" if found.done_at else "going", seen_at=found.seen_at, done_at=found.done_at)

    def count_done(self, work: ClassWork, user_ids: Iterable[int]) -> int:
        """Returns how many of these people have done one of the works."""
        if work.kind not in ("lesson", "path"):
            return sum(self.of(work, user_id).done for user_id in user_ids)
        slugs = self._catalogue.lessons_of(work.target) if work.kind == "path" else (work.target,)
        if not slugs:
            return 0
        return sum(all(_is_done(self._lessons.get((user_id, slug))) for slug in slugs) for user_id in user_ids)

    def of_lesson(self, slug: str, user_id: int) -> WorkState:
        """Returns how far a person is with a lesson of the catalogue of these works."""
        row, lesson = self._lessons.get((user_id, slug)), self._catalogue.lessons.get(slug)
        steps = lesson.step_count if lesson else 0
        if row is None:
            return WorkState(steps=steps)
        if _is_done(row):
            return WorkState("done", steps, steps, row.updated_at, row.finished_at, row.confirmed == "witnessed")
        step = (lesson.number_of(row.step_id) if lesson else None) or 1
        return WorkState("going", step, steps, row.updated_at)

    def of_path(self, path_slug: str, user_id: int) -> WorkState:
        """Returns how far a person is with a path: it is done with its last lesson."""
        slugs = self._catalogue.lessons_of(path_slug)
        each = [self.of_lesson(slug, user_id) for slug in slugs]
        done = [one for one in each if one.done]
        seen = max((one.seen_at for one in each if one.seen_at), default=None)
        if slugs and len(done) == len(slugs):
            last = max((one.done_at for one in done if one.done_at), default=None)
            return WorkState("done", len(done), len(slugs), seen, last, all(one.witnessed for one in done))
        begun = [slug for slug, one in zip(slugs, each, strict=True) if one.state == "going"]
        ahead = [slug for slug, one in zip(slugs, each, strict=True) if not one.done]
        state = "going" if done or begun else "new"
        return WorkState(state, len(done), len(slugs), seen, next_slug=next(iter([*begun, *ahead]), ""))


def _is_done(row: Any) -> bool:
    """Whether stored progress is that of a lesson that was finished or confirmed; None is no progress."""
    return row is not None and (row.state == "finished" or bool(row.confirmed))


def _slugs(works: Iterable[ClassWork], catalogue: Catalogue) -> set[str]:
    found = set[str]()
    for one in works:
        if one.kind == "lesson":
            found.add(one.target)
        elif one.kind == "path":
            found.update(catalogue.lessons_of(one.target))
    return found


def _progress(user_ids: Collection[int], slugs: Collection[str]) -> dict[tuple[int, str], Any]:
    row = LessonProgress
    query = sa.select(
        row.user_id, row.lesson_slug, row.step_id, row.state, row.confirmed, row.updated_at, row.finished_at
    ).where(in_ids(row.user_id, user_ids), row.lesson_slug.in_(sorted(slugs)))
    return {(one.user_id, one.lesson_slug): one for one in db.session.execute(query)} if slugs else {}


def _traces(query: Any) -> dict[tuple[int, str], _Trace]:
    return {(who, what): _Trace(seen, done) for who, what, seen, done in db.session.execute(query)}


def _tries(user_ids: Collection[int], slugs: Collection[str]) -> dict[tuple[int, str], _Trace]:
    """A quiz is done when it was passed; a failed one is begun."""
    passed = sa.func.min(sa.case((QuizTry.passed.is_(True), QuizTry.closed_at)))
    query = sa.select(QuizTry.user_id, QuizTry.lesson_slug, sa.func.max(QuizTry.begun_at), passed)
    query = query.where(in_ids(QuizTry.user_id, user_ids), QuizTry.lesson_slug.in_(sorted(slugs)))
    return _traces(query.group_by(QuizTry.user_id, QuizTry.lesson_slug)) if slugs else {}


def _runs(user_ids: Collection[int], names: Collection[str]) -> dict[tuple[int, str], _Trace]:
    """A rehearsal is done at its last screen, alone or with a helper, when it was begun at the first."""
    run = PracticeRun
    whole = sa.and_(run.result.is_not(None), sa.not_(run.in_part))
    query = sa.select(
        run.user_id, run.scenario, sa.func.max(run.updated_at), sa.func.min(sa.case((whole, run.ended_at)))
    ).where(in_ids(run.user_id, user_ids), run.scenario.in_(sorted(names)))
    return _traces(query.group_by(run.user_id, run.scenario)) if names else {}


def _sessions(user_ids: Collection[int], since: datetime) -> dict[int, datetime]:
    """Returns when people were last helped: in a room that is over, to which the helper came too.

    A talk about danger is none.
    """
    other = aliased(Seat)
    came = sa.select(other.id).where(
        other.room_id == Room.id, other.role == "helper", other.joined_at.is_not(None), other.user_id != Seat.user_id
    )
    query = (
        sa.select(Seat.user_id, sa.func.max(Room.opened_at))
        .join(Room, Room.id == Seat.room_id)
        .where(
            in_ids(Seat.user_id, user_ids), Seat.role == "learner", Seat.joined_at.is_not(None),
            Room.kind.not_in(sorted(PERSISTENT_KINDS)), sa.not_(Room.is_talk), Room.closed_at.is_not(None),
            Room.opened_at >= since, exists_per_row(came),
        )
        .group_by(Seat.user_id)
    )  # fmt: skip
    return {row[0]: row[1] for row in db.session.execute(query)}


def _asking(user_ids: Collection[int]) -> frozenset[int]:
    query = sa.select(HelpRequest.learner_id).where(
        in_ids(HelpRequest.learner_id, user_ids), HelpRequest.state.in_(OPEN)
    )
    return frozenset(db.session.scalars(query))
