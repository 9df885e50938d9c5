"""Reads for lesson quality: answers, rescues, completion, feedback, searches and faults.

Counts of people pass through disclosure_control.py. Counts that hold no person are shown as they are.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa

from tutoring.insights.lesson_quality.scope import Line, Place, Scope
from tutoring.insights.lesson_quality.suppression import Count, exact, guarded
from tutoring.kernel import clock
from tutoring.kernel.db import db
from tutoring.kernel.text import N_
from tutoring.lessons.catalogue.models import SOURCE, ContentNote, LessonStep, in_language
from tutoring.lessons.feedback.models import StepFeedback
from tutoring.lessons.progress.models import Attempt, LessonProgress
from tutoring.lessons.quizzes.models import QuizTry
from tutoring.lessons.search.models import SearchMiss
from tutoring.pairing.models import HelpRequest
from tutoring.policy.disclosure_control import MIN_PEOPLE, suppress_small_count

MAX_QUIZ_TRIES = 2000  # quiz tries read at most: they are JSON, which the two databases query differently

Key = tuple[str, str, str]  # lesson, step, checkpoint


@dataclass
class _Option:
    """Answers with an option, and a lower bound for the number of people behind them."""

    answers: int = 0
    people: int = 0


def wrong_options(scope: Scope) -> list[Line]:
    """Returns wrong answers to step questions (`part`) among all answers to them (`whole`)."""
    asked = {(lesson, step, point): (answers, people) for lesson, step, point, answers, people in _totals(scope)}
    blocks = _checkpoints(scope)
    options: dict[tuple[Key, str], _Option] = {}
    for lesson, step, checkpoint, answer, answers, people in _wrong(scope):
        key = (lesson, step, checkpoint)
        if key not in blocks or asked.get(key, (0, 0))[1] < MIN_PEOPLE:
            continue
        for text in _texts(blocks[key], answer):
            option = options.setdefault((key, text), _Option())
            option.answers += answers
            # A person may have chosen it in two combinations: only the larger count is certain, not the sum.
            option.people = max(option.people, people)
    lines = [
        Line(place, blocks[key]["prompt"], text, guarded(one.answers, one.people, *asked[key]))
        for (key, text), one in options.items()
        if (place := scope.step(key[0], key[1]))
    ]
    return scope.ranked(lines, "part", "whole")


_QUESTION = (Attempt.lesson_slug, Attempt.step_id, Attempt.checkpoint_id)
_COUNTS = (sa.func.count(), sa.func.count(Attempt.user_id.distinct()))


def _of(scope: Scope) -> tuple[sa.ColumnElement[bool], ...]:
    return Attempt.lesson_slug.in_(scope.slugs()), Attempt.at >= scope.since


def _totals(scope: Scope) -> Any:
    return db.session.execute(sa.select(*_QUESTION, *_COUNTS).where(*_of(scope)).group_by(*_QUESTION))


def _wrong(scope: Scope) -> Any:
    query = sa.select(*_QUESTION, Attempt.answer, *_COUNTS).where(*_of(scope), Attempt.correct.is_(False))
    return db.session.execute(query.group_by(*_QUESTION, Attempt.answer))


def _checkpoints(scope: Scope) -> dict[Key, dict[str, Any]]:
    """Returns the current questions that were answered wrong, in the language of the page."""
    answered = sa.select(Attempt.lesson_slug).where(
        *_of(scope),
        Attempt.correct.is_(False),
        Attempt.lesson_slug == LessonStep.lesson_slug,
        Attempt.step_id == LessonStep.step_id,
    )
    query = sa.select(LessonStep.lesson_slug, LessonStep.step_id, LessonStep.texts).where(answered.exists())
    return {
        (lesson, step, block["id"]): block
        for lesson, step, texts in db.session.execute(query)
        if lesson in scope.lessons
        for block in in_language(texts, scope.lang)["blocks"]
        if block["type"] == "checkpoint"
    }


def _texts(block: dict[str, Any], answer: str) -> Iterator[str]:
    """Yields the wrong options in an answer.

    Typed text is not stored, and in an ordering no single option is wrong; both yield an empty text.
    """
    if block["kind"] in {"type", "order"}:
        yield ""
        return
    chosen = answer.split(",")
    found = [one["text"] for one in block["options"] if one["id"] in chosen and not one["correct"]]
    yield from found or [""]


@dataclass
class _Asked:
    place: Place
    prompt: str
    answers: int = 0
    people: set[int] = field(default_factory=set)
    chosen: Counter[str] = field(default_factory=Counter)
    by: dict[str, set[int]] = field(default_factory=dict)


def quiz_options(scope: Scope) -> list[Line]:
    """Returns wrong options in the newest submitted quiz tries, by answer count.

    `part` counts the choices of an option, `whole` all answers to its question.
    """
    query = (
        sa.select(QuizTry.lesson_slug, QuizTry.user_id, QuizTry.questions, QuizTry.answers)
        .where(QuizTry.lesson_slug.in_(scope.slugs()), QuizTry.closed_at >= scope.since)
        .order_by(QuizTry.id.desc())
        .limit(MAX_QUIZ_TRIES)
    )
    asked: dict[tuple[str, str], _Asked] = {}
    for slug, user_id, questions, answers in db.session.execute(query):
        for question in questions if slug in scope.lessons else ():
            place = scope.step(slug, question["step"]) or scope.place(slug)
            one = asked.setdefault((slug, question["id"]), _Asked(place, question["prompt"]))
            _count(one, user_id, question, answers.get(question["id"], []))
    lines = [
        Line(one.place, one.prompt, text, guarded(times, len(one.by[text]), one.answers, len(one.people)))
        for one in asked.values()
        if len(one.people) >= MIN_PEOPLE
        for text, times in one.chosen.items()
    ]
    return scope.ranked(lines, "part", "whole")


def _count(one: _Asked, user_id: int, question: dict[str, Any], chosen: list[str]) -> None:
    one.answers += 1
    one.people.add(user_id)
    for option in question["options"]:
        if option["id"] in chosen and not option["correct"]:
            one.chosen[option["text"]] += 1
            one.by.setdefault(option["text"], set()).add(user_id)


def list_help_requests_by_step(scope: Scope) -> list[Line]:
    """Returns help requests from each step (`whole`), and how many were solved (`part`)."""
    solved = HelpRequest.outcome == "yes"
    count, distinct = sa.func.count(), sa.func.count(HelpRequest.learner_id.distinct())
    query = (
        sa.select(
            HelpRequest.lesson_slug,
            HelpRequest.step_number,
            count,
            distinct,
            count.filter(solved),
            distinct.filter(solved),
        )
        .where(HelpRequest.lesson_slug.in_(scope.slugs()), HelpRequest.created_at >= scope.since)
        .group_by(HelpRequest.lesson_slug, HelpRequest.step_number)
    )
    lines = [
        Line(scope.place(slug, number), count=guarded(well, helped, asked, people))
        for slug, number, asked, people, well, helped in db.session.execute(query)
        if slug in scope.lessons
    ]
    return scope.ranked(lines, "whole", "part")


def endings(scope: Scope) -> list[Line]:
    """Returns how many people began (`whole`) and finished (`part`) a lesson.

    Also names the step where most of the others stopped.
    """
    query = (
        sa.select(LessonProgress.lesson_slug, LessonProgress.state, LessonProgress.step_id, sa.func.count())
        .where(LessonProgress.lesson_slug.in_(scope.slugs()), LessonProgress.started_at >= scope.since)
        .group_by(LessonProgress.lesson_slug, LessonProgress.state, LessonProgress.step_id)
    )
    began: Counter[str] = Counter()
    finished: Counter[str] = Counter()
    stopped: dict[str, Counter[str]] = defaultdict(Counter)
    for slug, state, step_id, people in db.session.execute(query):
        began[slug] += people
        if state == "finished":
            finished[slug] += people
        else:
            stopped[slug][step_id] += people
    lines = [
        Line(
            scope.place(slug),
            more=_stop(scope, slug, stopped[slug]),
            count=guarded(finished[slug], finished[slug], began[slug], began[slug]),
        )
        for slug in began
        if slug in scope.lessons
    ]
    return scope.ranked(lines, "whole", "part")


def _stop(scope: Scope, slug: str, stopped: Counter[str]) -> str:
    """Returns the step where most unfinished learners are, if enough people are behind it."""
    for step_id, people in stopped.most_common():
        place = scope.step(slug, step_id)
        if place and suppress_small_count(people, people):
            return f"{place.number}. {place.step}"
    return ""


SOON = timedelta(days=7)  # a review due within a week is listed


def care(scope: Scope) -> list[Line]:
    """Returns maintenance tasks, the most pressing kind first; `what` is the kind, a msgid."""
    return [*_faults(), *_due(scope), *_unverified(scope), *_translations(scope), *_unread(scope)]


def _faults() -> Iterator[Line]:
    """Yields faults of all paths: a file that cannot be read does not say which path it is in."""
    query = sa.select(ContentNote).order_by(ContentNote.file, ContentNote.line, ContentNote.id)
    for note in db.session.scalars(query):
        yield Line(what=N_("Lỗi trong tệp, trang đang giữ bản cũ"), more=f"{note.file}:{note.line}: {note.say}")


def _due(scope: Scope) -> Iterator[Line]:
    found = [(due, slug) for slug, one in scope.lessons.items() if (due := one.facts["review_due"])]
    for text, slug in sorted(found):
        if (due := date.fromisoformat(text)) <= clock.today() + SOON:
            kind = N_("Quá ngày hoặc sắp đến ngày xem lại")
            yield Line(scope.place(slug), what=kind, more=due.strftime("%d/%m/%Y"))


def _unverified(scope: Scope) -> Iterator[Line]:
    for slug, lesson in scope.lessons.items():
        for claim in lesson.facts.get("unverified", ()):
            place = scope.step(slug, claim["step"]) if claim["step"] else None
            yield Line(place or scope.place(slug), what=N_("Chưa kiểm tra được"), more=claim["what"])


def _translations(scope: Scope) -> Iterator[Line]:
    """Yields steps without a current translation, in lessons that are translated at all."""
    for slug, lesson in scope.lessons.items():
        for lang in lesson.texts:
            stale = lesson.facts.get("stale", {}).get(lang, ())
            for number, step in enumerate(lesson.outline, 1):
                if lang != SOURCE and lang not in step["titles"]:
                    kind = N_("Bản dịch đã cũ") if step["id"] in stale else N_("Bản dịch còn thiếu")
                    yield Line(scope.place(slug, number), what=kind, more=lang)


def _unread(scope: Scope) -> Iterator[Line]:
    for slug, lesson in scope.lessons.items():
        if not lesson.facts["reviewed_by"]:
            yield Line(scope.place(slug), what=N_("Chưa có người thứ hai duyệt"))


@dataclass(frozen=True)
class RatingLine(Line):
    """A step rated not useful, with the reasons given, the most frequent first."""

    reasons: tuple[tuple[str, int], ...] = ()


def not_useful(scope: Scope) -> list[Line]:
    """Returns how often a step was rated not useful (`part`) among all ratings of it (`whole`)."""
    query = (
        sa.select(
            StepFeedback.lesson_slug, StepFeedback.step_id, StepFeedback.useful, StepFeedback.reason, sa.func.count()
        )
        .where(StepFeedback.lesson_slug.in_(scope.slugs()), StepFeedback.at >= scope.since)
        .group_by(StepFeedback.lesson_slug, StepFeedback.step_id, StepFeedback.useful, StepFeedback.reason)
    )
    said: Counter[tuple[str, str]] = Counter()
    against: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for slug, step_id, useful, reason, times in db.session.execute(query):
        said[slug, step_id] += times
        if not useful:
            against[slug, step_id][reason] += times
    lines = [
        RatingLine(place, count=exact(reasons.total(), said[slug, step_id]), reasons=tuple(reasons.most_common()))
        for (slug, step_id), reasons in against.items()
        if slug in scope.lessons and (place := scope.step(slug, step_id))
    ]
    return scope.ranked(lines, "part")


def list_failed_searches(scope: Scope) -> list[Line]:
    """Returns searches without result and their number; they belong to no path."""
    times = sa.func.sum(SearchMiss.times)
    query = (
        sa.select(SearchMiss.words, SearchMiss.lang, times)
        .where(SearchMiss.day >= clock.local(scope.since).date())
        .group_by(SearchMiss.words, SearchMiss.lang)
        .order_by(times.desc(), SearchMiss.words, SearchMiss.lang)
        .limit(200)
    )
    return [Line(what=words, more=lang, count=Count(int(count))) for words, lang, count in db.session.execute(query)]
