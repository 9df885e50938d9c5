"""What was said of steps and searched in vain. Neither holds a person, so the figures are shown as they are."""

from collections import Counter, defaultdict
from dataclasses import dataclass

import sqlalchemy as sa

from tutoring.insights.hiding import Count, exact
from tutoring.insights.queries.scope import Line, Scope
from tutoring.kernel import clock
from tutoring.kernel.db import db
from tutoring.lessons.models import SearchMiss, StepFeedback


@dataclass(frozen=True)
class Said(Line):
    """A step that was not useful to some, with the reasons they gave, the most frequent first."""

    reasons: tuple[tuple[str, int], ...] = ()


def not_useful(scope: Scope) -> list[Line]:
    """How often a step was called not useful (`part`) among all who said anything of it (`whole`)."""
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
        Said(place, count=exact(reasons.total(), said[slug, step_id]), reasons=tuple(reasons.most_common()))
        for (slug, step_id), reasons in against.items()
        if slug in scope.lessons and (place := scope.step(slug, step_id))
    ]
    return scope.ranked(lines, "part")


def searched_in_vain(scope: Scope) -> list[Line]:
    """Words that found nothing and how often; they belong to no path."""
    times = sa.func.sum(SearchMiss.times)
    query = (
        sa.select(SearchMiss.words, SearchMiss.lang, times)
        .where(SearchMiss.day >= clock.local(scope.since).date())
        .group_by(SearchMiss.words, SearchMiss.lang)
        .order_by(times.desc(), SearchMiss.words, SearchMiss.lang)
        .limit(200)
    )
    return [Line(what=words, more=lang, count=Count(int(count))) for words, lang, count in db.session.execute(query)]
