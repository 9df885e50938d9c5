"""Operations without a token: lessons, paths, search, published counts. They answer what the pages show to visitors."""

from flask import request, url_for

from tutoring.api import schemas
from tutoring.api.cursors import page_of
from tutoring.api.operations import operation
from tutoring.insights.transparency import jobs as transparency_jobs
from tutoring.kernel import rate_limits
from tutoring.kernel.errors import NotFound
from tutoring.kernel.text import nfc
from tutoring.lessons.catalogue import queries as catalogue_queries
from tutoring.lessons.catalogue.localized import LessonHead, PathText
from tutoring.lessons.search import commands as search_commands
from tutoring.lessons.search import queries as search_queries
from tutoring.lessons.search.snippets import Parts
from tutoring.safety.free_text import searches_danger
from tutoring.web.i18n import language


@operation("GET", "/lessons", schemas.LessonPage, query=schemas.PageQuery)
def lessons(query: schemas.PageQuery) -> schemas.LessonPage:
    """Lists the lessons, in the order of their slugs."""
    found = [_head(one, path) for path in catalogue_queries.paths(language()) for one in path.lessons]
    found.sort(key=lambda one: one.slug)
    page, after = page_of(found, lambda one: (one.slug,), query.cursor, query.limit, str)
    return schemas.LessonPage(items=page, next=after)


def _head(one: LessonHead, path: PathText) -> schemas.LessonHead:
    return schemas.LessonHead(
        slug=one.slug, title=one.title, summary=one.summary, minutes=one.minutes, steps=one.steps,
        version=one.version, path=path.slug, for_staff=path.for_staff, url=url_for("lessons.lesson", slug=one.slug),
    )  # fmt: skip


@operation("GET", "/lessons/<slug>", schemas.Lesson)
def lesson(slug: str) -> schemas.Lesson:
    """Returns a lesson with its steps."""
    row = catalogue_queries.lesson(nfc(slug))
    path = catalogue_queries.path_of(row, language())
    head = next((one for one in path.lessons if one.slug == row.slug), None)
    if head is None:
        raise NotFound
    steps = catalogue_queries.steps(row.slug, language())
    content = [
        schemas.Step(
            id=one.step_id, number=one.number, title=one.title, html=str(one.html),
            url=url_for("lessons.step", slug=row.slug, number=one.number),
        )
        for one in steps
    ]  # fmt: skip
    shown = steps[0].lang if steps else language()
    return schemas.Lesson(**_head(head, path).model_dump(), language=shown, content=content)


@operation("GET", "/paths", schemas.PathPage, query=schemas.PageQuery)
def paths(query: schemas.PageQuery) -> schemas.PathPage:
    """Lists the paths, in the order of their slugs."""
    found = sorted((_path(one) for one in catalogue_queries.paths(language())), key=lambda one: one.slug)
    page, after = page_of(found, lambda one: (one.slug,), query.cursor, query.limit, str)
    return schemas.PathPage(items=page, next=after)


@operation("GET", "/paths/<slug>", schemas.Path)
def path(slug: str) -> schemas.Path:
    """Returns a path with the slugs of its lessons, in order."""
    return _path(catalogue_queries.path(nfc(slug), language()))


def _path(one: PathText) -> schemas.Path:
    return schemas.Path(
        slug=one.slug, title=one.title, summary=one.summary, for_staff=one.for_staff,
        lessons=[lesson.slug for lesson in one.lessons], url=url_for("lessons.path", path=one.slug),
    )  # fmt: skip


@operation("GET", "/search", schemas.SearchResult, query=schemas.SearchQuery)
def search(query: schemas.SearchQuery) -> schemas.SearchResult:
    """Searches the lessons. Words that suggest danger are stored nowhere, and the answer says so."""
    typed = nfc(query.q)
    danger = searches_danger(typed)
    if not danger:
        rate_limits.hit("search_address", request.remote_addr or "")
    ask = search_queries.search_in_danger if danger else search_queries.search
    found = ask(typed, language())
    danger = danger or bool(found.corrected and searches_danger(found.corrected))
    if not found and not danger:
        search_commands.record_miss(typed, language())
    items = [
        schemas.SearchHit(
            slug=one.slug, title=_text(one.title), summary=_text(one.summary),
            steps=[
                schemas.SearchStep(number=step.number, title=_text(step.title), snippet=_text(step.snippet))
                for step in one.steps
            ],
            url=url_for("lessons.lesson", slug=one.slug),
        )
        for one in found.lessons
    ]  # fmt: skip
    return schemas.SearchResult(
        items=items, corrected="" if danger else found.corrected, danger=danger, safety_card=url_for("welfare.card")
    )


def _text(parts: Parts) -> str:
    return "".join(piece for piece, _ in parts)


@operation("GET", "/figures", schemas.HalfYearPage, query=schemas.PageQuery)
def figures(query: schemas.PageQuery) -> schemas.HalfYearPage:
    """Lists the published counts of each half-year, the oldest first; small numbers are hidden."""
    halves = sorted(transparency_jobs.published(), key=lambda one: one.name)
    page, after = page_of(halves, lambda one: (one.name,), query.cursor, query.limit, str)
    items = [
        schemas.HalfYear(
            name=one.name, made_at=one.made_at,
            figures=[
                schemas.HalfYearFigure(section=section, key=key, measure=measure, value=value)
                for section, key, measure, value in one.figures
            ],
        )
        for one in page
    ]  # fmt: skip
    return schemas.HalfYearPage(items=items, next=after)
