"""Pages of the catalogue: paths, a lesson's first and last page, its handout and its media."""

from typing import Any

from flask import current_app, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from tutoring.lessons.blueprint import blueprint
from tutoring.lessons.catalogue import media, preview_card
from tutoring.lessons.catalogue import queries as catalogue_queries
from tutoring.lessons.catalogue.models import Lesson
from tutoring.lessons.completion_records import queries as completion_records_queries
from tutoring.lessons.embeds import addresses, oembed
from tutoring.lessons.offline import manifest
from tutoring.lessons.progress import queries as progress_queries
from tutoring.lessons.progress.models import LessonProgress
from tutoring.lessons.quizzes import queries as quizzes_queries
from tutoring.lessons.skills import queries as skills_queries
from tutoring.policy import lessons as policy
from tutoring.policy.rooms.participation import TEACHING
from tutoring.web import visitor_cache
from tutoring.web.auth import current_roles
from tutoring.web.i18n import language


def _progress() -> dict[str, LessonProgress]:
    return progress_queries.progress_of(current_user.id) if current_user.is_authenticated else {}


@blueprint.get("/lessons")
@visitor_cache.cached_for_visitors
def index() -> str:
    resume = progress_queries.resume(current_user.id, language()) if current_user.is_authenticated else None
    return render_template(
        "lessons/catalogue/index.html", paths=catalogue_queries.paths(language()), progress=_progress(), resume=resume
    )


@blueprint.get("/lessons/paths/<path>")
@visitor_cache.cached_for_visitors
def path(path: str) -> str:
    text, progress = catalogue_queries.path(path, language()), _progress()
    return render_template(
        "lessons/catalogue/path.html",
        path=text,
        progress=progress,
        complete=not completion_records_queries.list_unfinished_lessons(text, progress),
        sets_work=not TEACHING.isdisjoint(current_roles()),
        described="" if current_user.is_authenticated else preview_card.described_path(text, language()),
    )


@blueprint.get("/lessons/<slug>")
@visitor_cache.cached_for_visitors
def lesson(slug: str) -> str:
    found = catalogue_queries.lesson(slug)
    progress = progress_queries.progress_in(current_user.id, slug) if current_user.is_authenticated else None
    editor, sets_work = policy.may_see_review(current_roles()), not TEACHING.isdisjoint(current_roles())
    visitor, offered = not current_user.is_authenticated, editor or sets_work
    here = addresses.Place(slug, None, language())
    return render_template(
        "lessons/catalogue/lesson.html",
        lesson=found,
        lang=language(),
        progress=progress,
        number=progress_queries.resume_number(current_user.id, found, progress) if progress else 1,
        done=progress_queries.steps_done(current_user.id, slug) if progress else set(),
        learned=skills_queries.skill_names(found.facts["teaches"], language()),
        before=catalogue_queries.titles(found.facts["requires"], language()),
        path=catalogue_queries.path_of(found, language()),
        mark=manifest.mark(found, language()),
        size=manifest.size(found),
        editor=editor,
        sets_work=sets_work,
        frame=addresses.frame_markup(here, found.title(language())) if offered else "",
        framed=here.frame if offered else "",
        quiz=quizzes_queries.quiz_size(slug),
        card=preview_card.preview_card(found, language()) if visitor else None,
        oembed=oembed.discovery_address(here) if visitor else "",
    )


@blueprint.get("/lessons/<slug>/print")
@visitor_cache.cached_for_visitors
def handout(slug: str) -> str:
    found = catalogue_queries.lesson(slug)
    address = url_for("lessons.lesson", slug=slug, _external=True)
    return render_template(
        "lessons/catalogue/handout.html",
        lesson=found,
        lang=language(),
        steps=catalogue_queries.steps(slug, language()),
        address=address,
        code=media.qr(address),
    )


def _teaching(found: Lesson) -> dict[str, Any]:
    """Returns the teach-back list that a parent goes through with a child.

    Adults without a child and anonymous visitors see it too; minors do not.
    """
    if not current_user.is_authenticated:
        return {"lines": progress_queries.teach_back(found, language()), "ticked": set()}
    if current_user.kind != "adult":
        return {"lines": {}, "ticked": set()}
    return {
        "lines": progress_queries.teach_back(found, language()),
        "ticked": progress_queries.taught_back(current_user.id, found.slug),
    }


@blueprint.get("/lessons/<slug>/done")
@visitor_cache.cached_for_visitors
def done(slug: str) -> str:
    found = catalogue_queries.lesson(slug)
    row = catalogue_queries.path(found.path_slug, language())
    return render_template(
        "lessons/catalogue/done.html",
        lesson=found,
        lang=language(),
        path=row,
        after=row.after(slug),
        **_teaching(found),
        quiz=quizzes_queries.quiz_size(slug),
        complete=not completion_records_queries.list_unfinished_lessons(row, _progress()),
    )


@blueprint.get("/lessons/<slug>/media/<name>", endpoint="media")
def media_file(slug: str, name: str) -> Response:
    return media.send(current_app.config["SETTINGS"].content, slug, name, bool(request.args.get("v")))
