"""Pages of the end of a school year: the plan, who goes elsewhere, the preview, the way back."""

from collections.abc import Mapping

from flask import current_app, flash, redirect, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from tutoring.accounts.sign_ins.flow import render_form
from tutoring.community.blueprint import blueprint
from tutoring.community.forms import PlainForm
from tutoring.community.year_ends import commands, queries, undo
from tutoring.community.year_ends.commands import Target, Wanted
from tutoring.community.year_ends.models import YearEnd
from tutoring.kernel.errors import DomainError, NotFound
from tutoring.kernel.text import name_key
from tutoring.policy import year_ends as policy
from tutoring.web.auth import require_user
from tutoring.web.i18n import translate_error
from tutoring.web.urls import parse_int

PAPERS = "pairing.leaver_papers"  # a page of a higher feature
SHOWN = 100  # names in one list of the preview


def _version() -> int:
    return request.form.get("version", 0, type=parse_int) or 0


@blueprint.route("/units/<int:unit_id>/year-end", methods=["GET", "POST"])
def year_end(unit_id: int) -> Response:
    school = queries.school_of(require_user(), unit_id)
    form, refusal = PlainForm(), None
    plan = queries.plan_of(school)
    typed: Mapping[str, str] = {}
    if form.validate_on_submit():
        try:
            commands.save_plan(
                require_user(), unit_id, _version(), school_year=request.form.get("school_year", ""),
                teachers_stay=request.form.get("teachers") == "stay",
                classes={
                    one.unit.id: Wanted(request.form.get(f"name-{one.unit.id}", one.name),
                                        f"leaves-{one.unit.id}" in request.form)
                    for one in plan.classes
                },
                new_names=request.form.get("new_names", "").splitlines(),
            )  # fmt: skip
            there = "community.year_end_review" if "review" in request.form else "community.year_end"
            if there == "community.year_end":
                flash(gettext("Đã lưu kế hoạch. Giờ chọn được ai ở lại lớp."), "ok")
            return redirect(url_for(there, unit_id=unit_id))
        except NotFound:
            raise
        except DomainError as caught:
            refusal, typed = caught, request.form
        school = queries.school_of(require_user(), unit_id)
        plan = queries.plan_of(school)
    done = queries.last_done(unit_id)
    return render_form(
        "community/year_ends/year_end.html", form, refusal, unit=school, plan=plan, typed=typed,
        newer=refusal is not None and refusal.code == "newer", field=refusal.field if refusal else "",
        done=done, until=queries.undo_until(done) if done else None, life=policy.UNDO_LIFE,
        leavers=len(queries.leavers_of(done)) if done else 0,
        papers_route=PAPERS if PAPERS in current_app.view_functions else "",
    )  # fmt: skip


@blueprint.post("/units/<int:unit_id>/year-end/discard")
def discard_year_end(unit_id: int) -> Response:
    try:
        commands.discard_plan(require_user(), unit_id, _version())
        flash(gettext("Đã bỏ kế hoạch. Không có gì thay đổi."), "ok")
    except NotFound:
        raise
    except DomainError as refusal:
        flash(translate_error(refusal), "bad")
    return redirect(url_for("community.year_end", unit_id=unit_id))


@blueprint.route("/units/<int:unit_id>/year-end/classes/<int:class_id>", methods=["GET", "POST"])
def year_end_class(unit_id: int, class_id: int) -> Response:
    school = queries.school_of(require_user(), unit_id)
    plan = queries.plan_of(school)
    place = next((one for one in plan.classes if one.unit.id == class_id), None)
    if plan.stored is None or place is None or place.row is None:
        raise NotFound
    form, refusal = PlainForm(), None
    if form.validate_on_submit():
        try:
            commands.save_choices(require_user(), unit_id, class_id, _version(), _choices())
            flash(gettext("Đã lưu."), "ok")
            return redirect(url_for("community.year_end", unit_id=unit_id, _anchor=f"class-{class_id}"))
        except NotFound:
            raise
        except DomainError as caught:
            refusal = caught
        plan = queries.plan_of(queries.school_of(require_user(), unit_id))
    stored = plan.stored
    if stored is None:
        raise NotFound
    rows = [row for row in plan.rows if not row.leaves]
    rows.sort(key=lambda row: (row.grade or 0, name_key(row.name)))
    return render_form(
        "community/year_ends/year_end_class.html", form, refusal, unit=school, place=place, stored=stored,
        movers=queries.movers_of(stored.id, class_id), rows=rows,
        grade=place.grade, typed=request.form if refusal else {}, newer=refusal is not None and refusal.code == "newer",
    )  # fmt: skip


def _choices() -> dict[int, int | None]:
    """Returns what was chosen by membership: a class of the plan, or None for out; who goes along is left out."""
    found: dict[int, int | None] = {}
    for name, value in request.form.items():
        if not name.startswith("to-") or not value:
            continue
        try:
            found[parse_int(name.removeprefix("to-"))] = None if value == "out" else parse_int(value)
        except ValueError:
            raise NotFound from None
    return found


@blueprint.route("/units/<int:unit_id>/year-end/review", methods=["GET", "POST"])
def year_end_review(unit_id: int) -> Response:
    school = queries.school_of(require_user(), unit_id)
    form, refusal = PlainForm(), None
    if form.validate_on_submit():
        try:
            done = commands.carry_out(require_user(), unit_id, _version())
            flash(gettext("Cả trường đã sang năm học %(year)s.", year=done.school_year), "ok")
            return redirect(url_for("community.year_end", unit_id=unit_id))
        except NotFound:
            return redirect(url_for("community.year_end", unit_id=unit_id))  # done already, by this form or another
        except DomainError as caught:
            refusal = caught
        school = queries.school_of(require_user(), unit_id)
    plan = queries.plan_of(school, counted=False)
    if plan.stored is None:
        return redirect(url_for("community.year_end", unit_id=unit_id))
    return render_form(
        "community/year_ends/year_end_review.html", form, refusal, unit=school, plan=plan, stored=plan.stored,
        new=[row for row in plan.rows if row.unit_id is None], life=policy.UNDO_LIFE, shown=SHOWN,
        **_preview(plan.stored, plan),
    )  # fmt: skip


def _preview(stored: YearEnd, plan: queries.Plan) -> dict[str, object]:
    """Returns the numbers of each class, and the members who go elsewhere, leave or have no class."""
    targets = commands.targets_of(stored, plan)
    names = {one.unit.id: one.unit.name for one in plan.classes}
    pupils: dict[int, int] = {}
    for one in targets:
        if one.member.role == "learner" and one.row is not None and one.as_class:
            pupils[one.member.unit_id] = pupils.get(one.member.unit_id, 0) + 1

    def sorted_by_name(found: list[Target]) -> list[Target]:
        return sorted(found, key=lambda one: (name_key(one.member.user.full_name), one.member.id))

    learners = [one for one in targets if one.member.role == "learner"]
    teachers = [one for one in targets if one.member.role == "teacher"]
    return {
        "pupils": pupils, "names": names,
        "elsewhere": sorted_by_name([one for one in learners if one.row is not None and not one.as_class]),
        "leaving": sorted_by_name([one for one in learners if one.row is None]),
        "teachers": sorted_by_name([one for one in teachers if one.row is not None]),
        "idle": sorted_by_name([one for one in teachers if one.row is None]),
    }  # fmt: skip


@blueprint.route("/units/<int:unit_id>/year-end/<int:year_end_id>/undo", methods=["GET", "POST"])
def undo_year_end(unit_id: int, year_end_id: int) -> Response:
    school = queries.school_of(require_user(), unit_id)
    done = queries.done_at(require_user(), unit_id, year_end_id)
    form, refusal = PlainForm(), None
    if form.validate_on_submit():
        try:
            undo.undo_year_end(require_user(), unit_id, year_end_id)
            flash(gettext("Đã hoàn tác. Các lớp lại như trước khi lên lớp."), "ok")
            return redirect(url_for("community.year_end", unit_id=unit_id))
        except NotFound:
            raise
        except DomainError as caught:
            refusal = caught
        school = queries.school_of(require_user(), unit_id)
        done = queries.done_at(require_user(), unit_id, year_end_id)
    if done.state != "done":
        return redirect(url_for("community.year_end", unit_id=unit_id))
    return render_form(
        "community/year_ends/undo_year_end.html", form, refusal, unit=school, done=done,
        until=queries.undo_until(done), changes=queries.changes_since(done), shown=SHOWN,
    )  # fmt: skip
