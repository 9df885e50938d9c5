"""Pages that show the bank: paths, a lesson's first page, its handout, its pictures, the search."""

from typing import Any

from flask import current_app, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from tutoring.lessons import keeping, media, queries, visitors
from tutoring.lessons.models import Lesson, LessonProgress
from tutoring.lessons.views.blueprint import blueprint
from tutoring.policy import lessons as policy
from tutoring.web.i18n import language
from tutoring.web.signin import held_roles


def _progress() -> dict[str, LessonProgress]:
    return queries.progress_of(current_user.id) if current_user.is_authenticated else {}


@blueprint.get("/lessons")
@visitors.shared
def index() -> str:
    resume = queries.resume(current_user.id, language()) if current_user.is_authenticated else None
    return render_template("lessons/index.html", paths=queries.paths(language()), progress=_progress(), resume=resume)


@blueprint.get("/lessons/paths/<path>")
@visitors.shared
def path(path: str) -> str:
    text, progress = queries.path(path, language()), _progress()
    return render_template(
        "lessons/path.html", path=text, progress=progress, complete=not queries.lessons_left(text, progress)
    )


@blueprint.get("/lessons/<slug>")
@visitors.shared
def lesson(slug: str) -> str:
    found = queries.lesson(slug)
    progress = queries.progress_in(current_user.id, slug) if current_user.is_authenticated else None
    return render_template(
        "lessons/lesson.html",
        lesson=found,
        lang=language(),
        progress=progress,
        number=queries.resume_number(current_user.id, found, progress) if progress else 1,
        done=queries.steps_done(current_user.id, slug) if progress else set(),
        learned=queries.skill_names(found.facts["teaches"], language()),
        before=queries.titles(found.facts["requires"], language()),
        path=queries.path_of(found, language()),
        mark=keeping.mark(found, language()),
        size=keeping.size(found),
        editor=policy.may_see_review(held_roles()),
        quiz=queries.quiz_size(slug),
    )


@blueprint.get("/lessons/<slug>/print")
@visitors.shared
def handout(slug: str) -> str:
    found = queries.lesson(slug)
    address = url_for("lessons.lesson", slug=slug, _external=True)
    return render_template(
        "lessons/handout.html",
        lesson=found,
        lang=language(),
        steps=queries.steps(slug, language()),
        address=address,
        code=media.qr(address),
    )


def _teaching(found: Lesson) -> dict[str, Any]:
    """The list that a parent goes through with the child; who is no child's parent, or not known, may see it too."""
    if not current_user.is_authenticated:
        return {"lines": queries.teach_back(found, language()), "ticked": set()}
    if current_user.kind != "adult":
        return {"lines": {}, "ticked": set()}
    return {"lines": queries.teach_back(found, language()), "ticked": queries.taught_back(current_user.id, found.slug)}


@blueprint.get("/lessons/<slug>/done")
@visitors.shared
def done(slug: str) -> str:
    found = queries.lesson(slug)
    row = queries.path(found.path_slug, language())
    after = [head for head, before in zip(row.lessons[1:], row.lessons, strict=False) if before.slug == slug]
    return render_template(
        "lessons/done.html",
        lesson=found,
        lang=language(),
        path=row,
        after=after[0] if after else None,
        **_teaching(found),
        quiz=queries.quiz_size(slug),
        complete=not queries.lessons_left(row, _progress()),
    )


@blueprint.get("/lessons/<slug>/media/<name>", endpoint="media")
def media_file(slug: str, name: str) -> Response:
    return media.send(current_app.config["SETTINGS"].content, slug, name, bool(request.args.get("v")))
