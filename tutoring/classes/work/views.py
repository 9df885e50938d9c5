"""Pages of class work: the works of a class, the form, and what is set for oneself and one's children."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from tutoring.accounts.models import User
from tutoring.accounts.sign_ins.flow import render_form
from tutoring.accounts.validators import choice
from tutoring.classes.access import classes_run_by, run_class
from tutoring.classes.blueprint import blueprint
from tutoring.classes.work import commands as work_commands
from tutoring.classes.work import queries as work_queries
from tutoring.classes.work.choices import offered_works
from tutoring.classes.work.class_page import works_page
from tutoring.classes.work.commands import WorkInput
from tutoring.classes.work.forms import WorkForm
from tutoring.classes.work.labels import AUDIENCE_WORDS, KIND_WORDS
from tutoring.classes.work.models import ClassWork
from tutoring.classes.work.own_works import works_for
from tutoring.classes.work.targets import Target, catalogue_of
from tutoring.community.hooks import UnitLink, unit_links
from tutoring.community.models import Unit
from tutoring.kernel import clock
from tutoring.kernel.errors import DomainError, NotFound
from tutoring.kernel.text import fold
from tutoring.policy.classes import WEEK, may_run_class
from tutoring.web.auth import require_user
from tutoring.web.form_actions import run_action
from tutoring.web.i18n import language
from tutoring.web.urls import parse_int

WORDS = {"kind_words": KIND_WORDS, "audience_words": AUDIENCE_WORDS}


@blueprint.get("/works")
def mine() -> str:
    rows = works_for(require_user())
    return render_template("classes/work/mine.html", rows=rows, **WORDS)


@blueprint.get("/works/new")
def choose_class() -> Response | str:
    """Leads to the form of the only class, or lets the teacher choose among several."""
    units, what = classes_run_by(require_user()), request.args.get("what")
    if len(units) == 1:
        return redirect(url_for("classes.new_work", unit_id=units[0].id, what=what))
    return render_template("classes/work/choose_class.html", units=units, what=what)


@blueprint.get("/units/<int:unit_id>/works")
def works(unit_id: int) -> str:
    unit = run_class(require_user(), unit_id)
    page = works_page(unit_id, language())
    return render_template("classes/work/works.html", unit=unit, page=page, **WORDS)


@blueprint.route("/units/<int:unit_id>/works/new", methods=["GET", "POST"])
def new_work(unit_id: int) -> Response:
    unit = run_class(require_user(), unit_id)
    form, refusal = WorkForm(), None
    if not form.is_submitted():
        form.what.data = request.args.get("what", "")
        form.due.data = (clock.today() + WEEK).isoformat()
    elif not _looks_up() and form.validate():
        try:
            work_commands.set_work(require_user(), unit_id, _written(form))
            flash(gettext("Đã giao bài cho %(unit)s.", unit=unit.name), "ok")
            return redirect(url_for("classes.works", unit_id=unit_id))
        except NotFound:
            raise
        except DomainError as caught:
            refusal, unit = caught, run_class(require_user(), unit_id)
    return _form_page(form, refusal, unit)


@blueprint.route("/works/<int:work_id>/edit", methods=["GET", "POST"])
def edit_work(work_id: int) -> Response:
    row = work_queries.work(work_id)
    unit = run_class(require_user(), row.unit_id)
    form, refusal = WorkForm(), None
    chosen = work_queries.chosen_of([row.id]).get(row.id, frozenset())
    form.begin(
        audience=row.audience, due=row.due.isoformat(), note=row.note, pupils=[str(one) for one in sorted(chosen)]
    )
    if form.is_submitted() and form.validate() and not _looks_up():
        try:
            work_commands.change_work(require_user(), work_id, row.version, _written(form))
            flash(gettext("Đã lưu."), "ok")
            return redirect(url_for("classes.works", unit_id=unit.id))
        except NotFound:
            raise
        except DomainError as caught:
            refusal, row = caught, work_queries.work(work_id)
            unit = run_class(require_user(), row.unit_id)
    return _form_page(form, refusal, unit, row)


@blueprint.post("/works/<int:work_id>/extend")
def extend_work(work_id: int) -> Response:
    version = request.form.get("version", 0, type=parse_int)
    row = work_queries.work(work_id)
    act = lambda: work_commands.extend_work(require_user(), work_id, version)  # noqa: E731
    return run_action(act, gettext("Đã thêm một tuần."), _works_of(row))


@blueprint.post("/works/<int:work_id>/withdraw")
def withdraw_work(work_id: int) -> Response:
    row = work_queries.work(work_id)
    words = gettext("Đã rút bài. Bấm “Giao lại” ở cuối trang nếu bạn rút nhầm.")
    return run_action(lambda: work_commands.withdraw_work(require_user(), work_id), words, _works_of(row, "past"))


@blueprint.post("/works/<int:work_id>/restore")
def restore_work(work_id: int) -> Response:
    row = work_queries.work(work_id)
    return run_action(
        lambda: work_commands.restore_work(require_user(), work_id), gettext("Đã giao lại."), _works_of(row)
    )


def _works_of(row: ClassWork, anchor: str | None = None) -> str:
    return url_for("classes.works", unit_id=row.unit_id, _anchor=anchor)


def _looks_up() -> bool:
    """Whether the button of the search for pupils sent the form, which then is only shown again."""
    return "find" in request.form


def _written(form: WorkForm) -> WorkInput:
    kind, target = form.kind_and_target
    return WorkInput(form.day, form.audience.data or "", form.note.data or "", kind, target, form.chosen)


def _form_page(form: WorkForm, refusal: DomainError | None, unit: Unit, row: ClassWork | None = None) -> Response:
    lang, sought = language(), request.form.get("words", "")
    pupils = work_queries.pupils_of(unit.id)
    form.pupils.choices = [choice(str(one.id), one.full_name) for one in pupils if _is_shown(one, sought, form)]
    if row is None:
        form.what.choices = {"": [("", gettext("Chọn trong danh sách"))]} | offered_works(lang)
    else:
        del form.what
    return render_form(
        "classes/work/work.html",
        form,
        refusal,
        unit=unit,
        row=row,
        sought=sought,
        many=len(pupils),
        target=None if row is None else _target(row, lang),
        **WORDS,
    )


def _is_shown(pupil: User, sought: str, form: WorkForm) -> bool:
    """A pupil who was chosen stays in the list while the teacher looks for another."""
    return fold(sought).strip() in fold(pupil.full_name) or str(pupil.id) in (form.pupils.data or ())


@unit_links.register
def _works_link(tab: str, _person: User, unit: Unit, held: frozenset[str]) -> UnitLink | None:
    if tab != "classes" or not may_run_class(held, unit.kind):
        return None
    return UnitLink(gettext("Bài giao cho lớp"), url_for("classes.works", unit_id=unit.id), "book")


def _target(row: ClassWork, lang: str) -> Target:
    return catalogue_of([row], lang).target(row.kind, row.target)
