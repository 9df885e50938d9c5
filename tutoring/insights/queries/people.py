"""What people did: asked for help, finished, stopped. See tutoring/insights/hiding.py for what is shown of it."""

from collections import Counter, defaultdict

import sqlalchemy as sa

from tutoring.insights.hiding import guarded, shown
from tutoring.insights.queries.scope import Line, Scope
from tutoring.kernel.db import db
from tutoring.lessons.models import LessonProgress
from tutoring.pairing.models import HelpRequest


def rescues(scope: Scope) -> list[Line]:
    """How often help was asked for from a step (`whole`), and how often it was solved (`part`)."""
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
    """How many began a lesson (`whole`), how many of them finished it (`part`), and where most of the others are."""
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
    """The step where most of those who did not finish are, when they are enough to be named."""
    for step_id, people in stopped.most_common():
        place = scope.step(slug, step_id)
        if place and shown(people, people):
            return f"{place.number}. {place.step}"
    return ""
