"""Reads of published answers: those of a step, own ones, those that wait for a teacher, and the search."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from tutoring.accounts.models import User
from tutoring.accounts.queries import children, guardian_ids, is_guardian
from tutoring.community.queries import acting_roles_at
from tutoring.community.units.scopes import scope_of
from tutoring.kernel import clock
from tutoring.kernel.db import db
from tutoring.kernel.errors import NotFound
from tutoring.kernel.text import nfc
from tutoring.lessons.catalogue.models import Lesson, LessonStep
from tutoring.lessons.catalogue.queries import find_lesson
from tutoring.lessons.catalogue.sentence_markup import text_digest
from tutoring.lessons.search import ranking
from tutoring.lessons.search.queries import MAX_QUERY_CHARS, parse_search
from tutoring.lessons.search.ranking import Scorer
from tutoring.pairing.models import HelpRequest
from tutoring.policy import published_answers as policy
from tutoring.policy.accounts import needs_assent
from tutoring.policy.published_answers import SHOWN, SideFacts
from tutoring.published_answers.models import (
    ENDED,
    RELEASED,
    WAITING,
    AnswerConsent,
    AnswerEndorsement,
    AnswerMark,
    PublishedAnswer,
)

LISTED = 50
SEARCHED = 50
REVIEWED = 200


def is_public() -> sa.ColumnElement[bool]:
    """SQL condition: readers see the answer on its step."""
    row = PublishedAnswer
    return sa.and_(row.state == RELEASED, row.held_at.is_(None), row.check_by > clock.now())


def answer_of_request(request_id: int) -> PublishedAnswer | None:
    """Returns the answer that was written after a request, in any state."""
    return db.session.scalar(sa.select(PublishedAnswer).where(PublishedAnswer.request_id == request_id))


def find_answer(answer_id: int, *, lock: bool = False) -> PublishedAnswer:
    """Returns an answer with both people and its request; raises NotFound."""
    query = sa.select(PublishedAnswer).where(PublishedAnswer.id == answer_id)
    if lock:
        db.session.scalar(query.with_for_update().execution_options(populate_existing=True))
    row = PublishedAnswer
    found = db.session.scalar(query.options(joinedload(row.author), joinedload(row.learner), joinedload(row.request)))
    if found is None:
        raise NotFound
    return found


def place_of(found: PublishedAnswer) -> tuple[Lesson | None, int | None]:
    """Returns the lesson of an answer and the number of its step, each None once it is gone."""
    lesson = find_lesson(found.lesson_slug)
    return lesson, lesson.number_of(found.step_id) if lesson is not None else None


# ---- sides -----------------------------------------------------------------------------------------------------


def party_of(found: PublishedAnswer) -> frozenset[int]:
    """Returns the ids of both people and of their guardians."""
    people = (found.author_id, found.learner_id)
    return frozenset((*people, *(one for person in people for one in guardian_ids(person))))


def family_of(user: User) -> frozenset[int]:
    """Returns the ids of a user and of the user's children."""
    return frozenset((user.id, *(tie.child_id for tie in children(user.id))))


def took_part(user: User, found: PublishedAnswer) -> bool:
    """Returns whether this user, or a child of the user, is one of both people."""
    return not family_of(user).isdisjoint((found.author_id, found.learner_id))


def is_under_16(person: User) -> bool:
    """Returns whether a guardian decides for this person."""
    return person.kind == "child" or person.band in ("up_to_10", "11_15")


def _needs_own(person: User) -> bool:
    return policy.needs_own_word(is_under_16(person), needs_assent(person.oldest_age or 0))


def words_on(answer_id: int) -> list[AnswerConsent]:
    """Returns what was said for both sides of an answer."""
    return list(db.session.scalars(sa.select(AnswerConsent).where(AnswerConsent.answer_id == answer_id)))


def side_of(person: User, said: Iterable[AnswerConsent]) -> SideFacts:
    """Returns the facts about one side. The word of a person who is no longer a guardian does not count as a yes."""
    young = is_under_16(person)
    mine = [one for one in said if one.subject_id == person.id]
    now = set(guardian_ids(person.id)) if young else set()
    return SideFacts(
        under_16=young,
        needs_own=_needs_own(person),
        own=next((one.yes for one in mine if one.by_id == person.id), None),
        guardians=tuple(one.yes for one in mine if one.by_id in now),
    )


def both_agree(found: PublishedAnswer) -> bool:
    """Returns whether both sides have said all yeses that count."""
    said = words_on(found.id)
    return all(side_of(person, said).agrees for person in (found.learner, found.author))


def asked_for(person: User) -> list[int]:
    """Returns who is asked for this person's side: the person, the confirmed guardians of a child, or both."""
    own = [person.id] if _needs_own(person) else []
    return [*own, *(guardian_ids(person.id) if is_under_16(person) else ())]


def can_agree(person: User) -> bool:
    """Returns whether this side can say yes at all: a child needs a confirmed guardian."""
    return not is_under_16(person) or bool(guardian_ids(person.id))


def subjects_for(user: User, found: PublishedAnswer) -> list[User]:
    """Returns the sides for which a user may speak, the user's own first."""
    return [
        person
        for person in (found.learner, found.author)
        if policy.may_speak(
            user.id == person.id, user.id != person.id and is_guardian(user.id, person.id), is_under_16(person)
        )
    ]


# ---- pages of both sides -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class OwnAnswers:
    """The answers that a user wrote, and those that the user or a child of the user is asked about."""

    written: list[PublishedAnswer]
    asked: list[tuple[PublishedAnswer, User]]
    said: dict[tuple[int, int], bool]  # by answer and side: what this user said
    lessons: dict[str, Lesson] = field(default_factory=dict)


def own_answers(user: User) -> OwnAnswers:
    """Returns what concerns a user: own texts, and questions to the user, newest first."""
    row = PublishedAnswer
    with_all = sa.select(row).options(joinedload(row.author), joinedload(row.learner)).order_by(row.id.desc())
    written = list(db.session.scalars(with_all.where(row.author_id == user.id).limit(LISTED)))
    young = [tie.child for tie in children(user.id) if tie.confirmed_at is not None and is_under_16(tie.child)]
    ids = [one.id for one in young]
    mine = sa.or_(row.learner_id.in_([user.id, *ids]), row.author_id.in_(ids))
    concerned = db.session.scalars(with_all.where(mine, row.state.not_in(ENDED)).limit(LISTED)).all()
    asked = [
        (one, person)
        for one in concerned
        for person in (one.learner, one.author)
        if person.id in ids or (person.id == user.id and person.id == one.learner_id)
    ]
    words = sa.select(AnswerConsent).where(AnswerConsent.by_id == user.id)
    said = {(one.answer_id, one.subject_id): one.yes for one in db.session.scalars(words)}
    return OwnAnswers(written, asked, said, _lessons([*written, *(one for one, _person in asked)]))


def _lessons(found: Iterable[PublishedAnswer]) -> dict[str, Lesson]:
    slugs = {one.lesson_slug for one in found}
    return {one.slug: one for one in db.session.scalars(sa.select(Lesson).where(Lesson.slug.in_(slugs)))}


# ---- what a step shows -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ShownAnswer:
    """An answer as readers see it: without names. `marks` is 0 while few readers marked it; `marked` says any did."""

    id: int
    problem: str
    answer: str
    writer: str
    writer_grade: int | None
    marks: int
    marked: bool
    teachers: int  # who endorsed it, the one who released it among them
    checked_at: Any
    own_mark: bool = False
    own_endorsement: bool = False
    party: bool = False


def answers_on(lesson_slug: str, step_id: str, reader: User | None) -> list[ShownAnswer]:
    """Returns the most helpful answers of a step, three at most, in one or three queries."""
    row = PublishedAnswer
    marks = _count(AnswerMark)
    teachers = _count(AnswerEndorsement)
    query = (
        sa.select(row, marks.label("marks"), teachers.label("teachers"))
        .where(row.lesson_slug == lesson_slug, row.step_id == step_id, is_public())
        .order_by(marks.desc(), teachers.desc(), row.id.desc())
        .limit(SHOWN)
    )
    found = db.session.execute(query).all()
    ids = [one.id for one, _marks, _teachers in found]
    kin = family_of(reader) if reader is not None and ids else frozenset()
    mine = _own(AnswerMark, ids, reader)
    endorsed = _own(AnswerEndorsement, ids, reader)
    return [
        ShownAnswer(
            one.id, one.problem, one.answer, one.writer, one.writer_grade,
            marks=many if many >= policy.MARKS_SHOWN_FROM else 0, marked=many > 0, teachers=right,
            checked_at=one.check_by - policy.CHECKED_AGAIN if one.check_by else None,
            own_mark=one.id in mine, own_endorsement=one.id in endorsed,
            party=not kin.isdisjoint((one.author_id, one.learner_id)),
        )
        for one, many, right in found
    ]  # fmt: skip


def _count(table: type[AnswerMark] | type[AnswerEndorsement]) -> Any:
    counted = sa.select(sa.func.count()).where(table.answer_id == PublishedAnswer.id)
    return counted.correlate(PublishedAnswer).scalar_subquery()


def _own(table: type[AnswerMark] | type[AnswerEndorsement], ids: Sequence[int], reader: User | None) -> set[int]:
    if reader is None or not ids:
        return set()
    return set(
        db.session.scalars(sa.select(table.answer_id).where(table.user_id == reader.id, table.answer_id.in_(ids)))
    )


def public_answer(answer_id: int) -> PublishedAnswer:
    """Returns an answer that readers see; raises NotFound."""
    found = db.session.scalar(sa.select(PublishedAnswer).where(PublishedAnswer.id == answer_id, is_public()))
    if found is None:
        raise NotFound
    return found


# ---- what waits for a teacher ------------------------------------------------------------------------------------


def may_decide(user: User, found: PublishedAnswer) -> bool:
    """Returns whether this user reads the answer as staff and decides about it."""
    return policy.may_release(acting_roles_at(user, found.request.unit_id), took_part(user, found))


def to_review(user: User) -> tuple[list[PublishedAnswer], list[PublishedAnswer], list[PublishedAnswer]]:
    """Returns for a teacher what waits to be read, what is to be checked again, and what is public, oldest first."""
    row = PublishedAnswer
    scope = scope_of(user.id, policy.RELEASERS)
    # First what waits: many public answers that are older would leave no room for it.
    urgency = sa.case((row.state == WAITING, 0), (row.check_by <= clock.now(), 1), else_=2)
    query = (
        sa.select(row)
        .join(HelpRequest, HelpRequest.id == row.request_id)
        .options(joinedload(row.request))
        .where(scope.holds(HelpRequest.unit_id), row.state.in_((WAITING, RELEASED)))
        .order_by(urgency, row.state_since, row.id)
        .limit(REVIEWED)
    )
    kin = family_of(user)
    found = [one for one in db.session.scalars(query) if kin.isdisjoint((one.author_id, one.learner_id))]
    waiting = [one for one in found if one.state == WAITING]
    due = [one for one in found if one.state == RELEASED and is_due(one)]
    return waiting, due, [one for one in found if one.state == RELEASED and not is_due(one)]


def is_due(found: PublishedAnswer) -> bool:
    """Returns whether a released answer is hidden until a teacher confirms it."""
    return found.state == RELEASED and found.check_by is not None and found.check_by <= clock.now()


def step_digest(lesson_slug: str, step_id: str) -> str:
    """Returns the digest of a step's Vietnamese text as it is now, or "" for a step that is gone."""
    query = sa.select(LessonStep.texts).where(LessonStep.lesson_slug == lesson_slug, LessonStep.step_id == step_id)
    texts = db.session.scalar(query)
    return text_digest(texts["vi"]["title"], texts["vi"]["html"]) if texts else ""


# ---- search ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class AnswerHit:
    """An answer that matches a search, and the step that shows it."""

    id: int
    problem: str
    lesson_slug: str
    number: int
    lesson_title: str


def search(typed: str, lang: str, limit: int = 5) -> list[AnswerHit]:
    """Returns public answers that hold all words or their synonyms, best first: two statements."""
    query = parse_search(nfc(typed[:MAX_QUERY_CHARS]))
    if not query.slots:
        return []
    row = PublishedAnswer
    holds = [
        sa.or_(*(row.folded.contains(_pattern(way, query.unfinished and slot is query.slots[-1])) for way in slot))
        for slot in query.slots
    ]
    marks = _count(AnswerMark)
    statement = (
        sa.select(row, Lesson, marks)
        .join(Lesson, Lesson.slug == row.lesson_slug)
        .where(is_public(), Lesson.retired_at.is_(None), *holds)
        .order_by(marks.desc(), row.id.desc())
        .limit(SEARCHED)
    )
    found = db.session.execute(statement).all()
    scorer = Scorer(query)
    found = sorted(found, key=lambda one: -scorer.score(_Searched(one[0])))
    hits = [
        AnswerHit(one.id, one.problem, lesson.slug, lesson.number_of(one.step_id) or 0, lesson.title(lang))
        for one, lesson, _marks in found
    ]
    return [hit for hit in hits if hit.number][:limit]


def _pattern(way: Sequence[str], unfinished: bool) -> str:
    """Returns what a row of syllables holds for this way to say a term; syllables are letters and digits alone."""
    return f" {' '.join(way)}" if unfinished else f" {' '.join(way)} "


class _Searched:
    """An answer as the ranking of the search reads it."""

    folded_aliases = ""

    def __init__(self, found: PublishedAnswer) -> None:
        self.folded_title, self.folded = found.folded_title, found.folded
        self.title_keys = ranking.row(ranking.exact_keys(found.problem))
        self.keys = ranking.row(ranking.exact_keys(f"{found.problem} {found.answer}"))


def open_counts(lesson_slug: str) -> dict[str, int]:
    """Returns by step how many answers readers see, three at most."""
    row = PublishedAnswer
    query = (
        sa.select(row.step_id, sa.func.count()).where(row.lesson_slug == lesson_slug, is_public()).group_by(row.step_id)
    )
    return {step_id: min(count, SHOWN) for step_id, count in db.session.execute(query)}
