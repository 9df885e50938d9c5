"""Operations about the holder of the token: the token itself, own times, own progress."""

from typing import cast

from tutoring.api import schemas
from tutoring.api.calendar_days import days_of
from tutoring.api.operations import operation
from tutoring.api.tokens.queries import token_by_id
from tutoring.classes.overview.own_page import LessonRow, own_progress
from tutoring.notifications.calendar import queries as calendar_queries
from tutoring.web.api import bearer_tokens
from tutoring.web.i18n import language


@operation("GET", "/token", schemas.OwnToken)
def own_token() -> schemas.OwnToken:
    """Returns what the token of this request reaches, and until when."""
    row = token_by_id(bearer_tokens.require("").token_id)
    return schemas.OwnToken(
        label=row.label, kind="person" if row.unit_id is None else "unit", unit_id=row.unit_id, scopes=row.scope_list,
        expires_at=row.expires_at,
    )  # fmt: skip


@operation("GET", "/calendar", schemas.Calendar, query=schemas.CalendarQuery)
def calendar(query: schemas.CalendarQuery) -> schemas.Calendar:
    """Lists the holder's times, and those of their children, without names."""
    first, last = days_of(query)
    found = calendar_queries.times_of(bearer_tokens.require("").user, first, last)
    items = [
        schemas.CalendarTime(
            kind=one.kind, starts=one.starts, ends=one.ends, place=one.place, all_day=one.all_day,
            waiting=one.waiting, for_child=one.child is not None, url=one.path,
        )
        for one in found
    ]  # fmt: skip
    return schemas.Calendar(items=items)


@operation("GET", "/progress", schemas.Progress)
def progress() -> schemas.Progress:
    """Lists the lessons that the holder has begun, and how far they are."""
    found = own_progress(bearer_tokens.require("").user, language())
    return schemas.Progress(items=[_lesson(one) for one in found.rows])


def _lesson(one: LessonRow) -> schemas.LessonProgress:
    state = cast(schemas.State, one.cell.state)
    return schemas.LessonProgress(slug=one.slug, title=one.title, state=state, say=str(one.cell))
