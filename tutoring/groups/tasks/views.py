"""Pages of tasks: list, show, create, edit, move, answer."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from tutoring.accounts.sign_ins.flow import render_form
from tutoring.groups.access import Place, led_place, place_for
from tutoring.groups.blueprint import blueprint
from tutoring.groups.forms import TaskForm, day_of, version_of
from tutoring.groups.models import GroupTask
from tutoring.groups.tasks import commands as tasks_commands
from tutoring.groups.tasks import queries as tasks_queries
from tutoring.groups.tasks.commands import CHANGED_MEANWHILE
from tutoring.kernel import rate_limits
from tutoring.kernel.errors import Conflict, DomainError, NotFound
from tutoring.policy import groups as policy
from tutoring.web.auth import require_user
from tutoring.web.i18n import translate_error
from tutoring.web.urls import parse_int


@blueprint.get("/groups/<int:unit_id>/tasks")
def tasks_page(unit_id: int) -> str:
    person = require_user()
    place = place_for(person, unit_id)
    if person.is_minor:
        raise NotFound
    over, before = "over" in request.args, request.args.get("before", type=parse_int)
    states = ("done", "dropped") if over else tasks_queries.ONGOING
    found = tasks_queries.all_of(place, person.id, states, before)
    return render_template(
        "groups/tasks/tasks.html", place=place, unit=place.unit, found=found, over=over, before=before, person=person
    )


@blueprint.route("/groups/<int:unit_id>/tasks/new", methods=["GET", "POST"])
def new_task(unit_id: int) -> Response:
    place = led_place(require_user(), unit_id)
    form, refusal = TaskForm(), None
    if form.validate_on_submit():
        try:
            made = tasks_commands.write_task(require_user(), unit_id, _written(form))
            flash(gettext("Đã ghi việc."), "ok")
            return redirect(url_for("groups.task", task_id=made.id))
        except NotFound:
            raise
        except DomainError as caught:
            refusal, place = caught, led_place(require_user(), unit_id)
    return _task_form(form, refusal, place)


@blueprint.get("/groups/tasks/<int:task_id>")
def task(task_id: int) -> str:
    page = tasks_queries.task_for(require_user(), task_id)
    moves: tuple[str, ...] = ()
    if policy.may_move_task(page.place.leads, page.mine, page.row.agreed):
        moves = policy.next_states(page.row.state, page.place.leads)
    return render_template(
        "groups/tasks/task.html",
        page=page,
        row=page.row,
        place=page.place,
        unit=page.place.unit,
        moves=moves,
        person=require_user(),
    )


@blueprint.route("/groups/tasks/<int:task_id>/edit", methods=["GET", "POST"])
def edit_task(task_id: int) -> Response:
    page = tasks_queries.task_for(require_user(), task_id)
    if not page.place.leads:
        raise NotFound
    form, refusal = TaskForm(), None
    form.begin(page.row, assignee=str(page.row.assignee_id or ""))
    if form.validate_on_submit():
        try:
            tasks_commands.change_task(require_user(), task_id, version_of(form), _written(form))
            flash(gettext("Đã lưu."), "ok")
            return redirect(url_for("groups.task", task_id=task_id))
        except NotFound:
            raise
        except DomainError as caught:
            refusal, page = caught, tasks_queries.task_for(require_user(), task_id)
            if refusal.code == CHANGED_MEANWHILE:
                form.version.data = str(page.row.version)
    return _task_form(form, refusal, page.place, page.row)


@blueprint.post("/groups/tasks/<int:task_id>/move")
def move_task(task_id: int) -> Response:
    rate_limits.hit("act", require_user().id)
    try:
        tasks_commands.move_task(require_user(), task_id, _version(), request.form.get("state", ""))
    except Conflict as refusal:
        flash(translate_error(refusal), "bad")
    else:
        flash(gettext("Đã ghi."), "ok")
    return redirect(url_for("groups.task", task_id=task_id))


@blueprint.post("/groups/tasks/<int:task_id>/answer")
def answer_task(task_id: int) -> Response:
    rate_limits.hit("act", require_user().id)
    yes = request.form.get("word") == "yes"
    try:
        row = tasks_commands.answer_task(require_user(), task_id, _version(), yes)
    except Conflict as refusal:
        flash(translate_error(refusal), "bad")
        return redirect(url_for("groups.task", task_id=task_id))
    flash(gettext("Cảm ơn bạn đã nhận việc.") if yes else gettext("Đã báo lại. Cảm ơn bạn đã cho biết."), "ok")
    # A user who declines and is not staff no longer sees the task, so the redirect goes to the unit.
    return redirect(url_for("groups.task", task_id=task_id) if yes else url_for("groups.show", unit_id=row.unit_id))


def _version() -> int:
    return request.form.get("version", 0, type=parse_int)


def _written(form: TaskForm) -> tasks_commands.TaskInput:
    return tasks_commands.TaskInput(
        form.title.data or "", form.details.data or "", day_of(form, "due"), form.assignee_id
    )


def _task_form(form: TaskForm, refusal: DomainError | None, place: Place, row: GroupTask | None = None) -> Response:
    people = tasks_queries.people_for(place.unit.id)
    if row is not None and row.assignee is not None and row.assignee_id not in {one.user.id for one in people}:
        people.append(tasks_queries.PossibleAssignee(row.assignee, team=False))  # saving must not clear the assignee
    choices = {gettext("Chưa giao ai"): [("", gettext("Chưa giao, ai cũng có thể nhận sau"))]}
    for title, team in (
        (gettext("Người phụ trách, tổ công nghệ số cộng đồng"), True),
        (gettext("Người dân, được hỏi trước"), False),
    ):
        if some := [(str(one.user.id), one.user.full_name) for one in people if one.team is team]:
            choices[title] = some
    form.assignee.choices = choices
    newer = row if refusal is not None and refusal.code == CHANGED_MEANWHILE else None
    return render_form("groups/tasks/task_form.html", form, refusal, place=place, unit=place.unit, row=row, newer=newer)
