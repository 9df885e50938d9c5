"""Pages of the lesson bank.

Reading never writes. A signed-in person's place is noted when a button sends them on (works without
scripts); opening a step by a link is noted by a small request of static/lessons/step.js, and where there are
no scripts by the next press of "Bước tiếp theo". Visitors get the same pages without buttons that send.
"""

import uuid
from datetime import date, datetime
from typing import Any, cast

from flask import Blueprint, Flask, current_app, flash, redirect, render_template, request, url_for
from flask_babel import format_date, gettext
from flask_login import current_user
from werkzeug.wrappers import Response
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # the stubs are older

from tutoring.accounts.queries import user
from tutoring.kernel import clock, limits
from tutoring.kernel.errors import Invalid, Missing, Refusal
from tutoring.kernel.text import nfc
from tutoring.lessons import commands, media, queries, search, visitors
from tutoring.lessons.forms import LEVEL_NAMES, GrantForm
from tutoring.lessons.fragments import Answers, answers_to, step_fragment
from tutoring.lessons.models import Lesson, LessonProgress
from tutoring.lessons.texts import StepText
from tutoring.policy import lessons as policy
from tutoring.web.i18n import language
from tutoring.web.numbers import whole
from tutoring.web.signin import held_roles, me

blueprint = Blueprint("lessons", __name__)
blueprint.record_once(lambda state: visitors.init(cast(Flask, state.app)))


@blueprint.app_template_filter()
def day(value: str | date) -> str:
    """A day as people here write it: 24/11/2026."""
    if isinstance(value, str):
        value = date.fromisoformat(value)
    elif isinstance(value, datetime):
        value = clock.local(value).date()
    return str(format_date(value, "dd/MM/yyyy" if language() == "vi" else "d MMM yyyy"))


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
    return render_template("lessons/path.html", path=queries.path(path, language()), progress=_progress())


@blueprint.get("/lessons/search", endpoint="search")
def search_page() -> str:
    typed = request.args.get("q", "")[: search.LONGEST]
    hits: list[search.Hit] = []
    if typed.strip():
        if current_user.is_authenticated:
            limits.hit("search", current_user.id)
        else:
            limits.hit("search_address", request.remote_addr)
        hits = search.search(typed, language())
    return render_template("lessons/search.html", typed=typed, hits=hits, paths=queries.paths(language()))


# ---- one lesson ------------------------------------------------------------------------------------------


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
        editor=policy.may_see_review(held_roles()),
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


@blueprint.post("/lessons/<slug>/start")
def start(slug: str) -> Response:
    limits.hit("act", me().id)
    found = queries.lesson(slug)
    progress = queries.progress_in(me().id, slug)
    again = progress is not None and progress.state == "finished"
    number = 1 if again else queries.resume_number(me().id, found, progress)
    commands.reach_step(me().id, slug, number)
    return redirect(url_for("lessons.step", slug=slug, number=number))


@blueprint.get("/lessons/<slug>/done")
@visitors.shared
def done(slug: str) -> str:
    found = queries.lesson(slug)
    row = queries.path(found.path_slug, language())
    after = [head for head, before in zip(row.lessons[1:], row.lessons, strict=False) if before.slug == slug]
    return render_template(
        "lessons/done.html", lesson=found, lang=language(), path=row, after=after[0] if after else None
    )


@blueprint.get("/lessons/<slug>/media/<name>", endpoint="media")
def media_file(slug: str, name: str) -> Response:
    return media.send(current_app.config["SETTINGS"].content, slug, name, bool(request.args.get("v")))


# ---- one step --------------------------------------------------------------------------------------------


def _step_page(found: Lesson, text: StepText, answers: Answers) -> str:
    signed_in = current_user.is_authenticated
    progress = queries.progress_in(current_user.id, found.slug) if signed_in else None
    return render_template(
        "lessons/step.html",
        lesson=found,
        lang=language(),
        step=text,
        answers=answers,
        outline={entry["id"]: place for place, entry in enumerate(found.outline, 1)},
        furthest=progress.furthest if progress else 0,
        attempt=str(uuid.uuid4()) if signed_in else "",
        signed_in=signed_in,
        as_pupil="hoc-sinh" in found.facts["audience"] if not signed_in else current_user.kind != "adult",
    )


@blueprint.get("/lessons/<slug>/<int:number>")
@visitors.shared
def step(slug: str, number: int) -> str:
    if request.args.get("part") == "step":
        part = step_fragment(slug, number, language(), request.args.getlist)
        if part is None:
            raise Missing
        return str(part)
    text = queries.step(slug, number, language())
    return _step_page(queries.lesson(slug), text, answers_to(text, request.args.getlist))


@blueprint.post("/lessons/<slug>/<int:number>/next")
def onward(slug: str, number: int) -> Response:
    limits.hit("act", me().id)
    if commands.go_on(me().id, slug, number):
        return redirect(url_for("lessons.step", slug=slug, number=number + 1))
    return redirect(url_for("lessons.done", slug=slug))


@blueprint.post("/lessons/<slug>/<int:number>/here")
def here(slug: str, number: int) -> tuple[str, int]:
    limits.hit("act", me().id)
    commands.reach_step(me().id, slug, number)
    return "", 204


@blueprint.post("/lessons/<slug>/<int:number>/answer")
def answer(slug: str, number: int) -> Response:
    limits.hit("act", me().id)
    checkpoint = request.form.get("checkpoint", "")
    chosen = request.form.getlist(checkpoint)
    hints = request.form.get("hints", 0, type=whole)
    try:
        commands.record_attempt(me().id, request.form.get("attempt", ""), slug, number, checkpoint, chosen, hints)
    except Invalid as refusal:
        if refusal.code != "empty":
            raise
    shown: dict[str, Any] = {checkpoint: chosen or ""}
    return redirect(url_for("lessons.step", slug=slug, number=number, **shown) + f"#{checkpoint}")


# ---- skills ----------------------------------------------------------------------------------------------


@blueprint.route("/skills/<int:user_id>", methods=["GET", "POST"])
def grant(user_id: int) -> Response | str | tuple[str, int]:
    allowed = commands.may_grant(me(), user_id)
    form = GrantForm()
    topics = [("", gettext("Chọn một kỹ năng")), *queries.topics(language())]
    form.skill.choices = [SelectChoice(value, label) for value, label in topics]
    if form.validate_on_submit():
        try:
            commands.grant_skill(me(), user_id, form.skill.data, form.level.data)
            flash(gettext("Đã ghi nhận kỹ năng."), "ok")
            return redirect(url_for("lessons.grant", user_id=user_id))
        except Refusal as refusal:
            form.refuse(refusal)
    page = render_template(
        "lessons/grant.html",
        person=user(user_id),
        form=form,
        allowed=allowed,
        grants=queries.grants_of(user_id),
        names=dict(topics),
        levels=LEVEL_NAMES,
    )
    return (page, 422) if form.is_submitted() else page


@blueprint.post("/skills/<int:user_id>/revoke")
def revoke(user_id: int) -> Response:
    commands.revoke_skill(me(), user_id, nfc(request.form.get("skill", "")))
    flash(gettext("Đã thu hồi kỹ năng."), "ok")
    return redirect(url_for("lessons.grant", user_id=user_id))
