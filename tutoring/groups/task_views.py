"""Tasks of members: the list, one task, given, answered, moved on."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from tutoring.accounts.pages import form_page
from tutoring.groups import commands, tasks
from tutoring.groups.commands.tasks import CHANGED_MEANWHILE
from tutoring.groups.forms import TaskForm, day_of, version_of
from tutoring.groups.models import GroupTask
from tutoring.groups.places import Place, led_place, place_for
from tutoring.groups.routes import blueprint
from tutoring.kernel import limits
from tutoring.kernel.errors import Conflict, Missing, Refusal
from tutoring.policy import groups as policy
from tutoring.web.i18n import said
from tutoring.web.numbers import whole
from tutoring.web.signin import me


@blueprint.get("/groups/<int:unit_id>/tasks")
def tasks_page(unit_id: int) -> str:
    person = me()
    place = place_for(person, unit_id)
    if person.is_minor:
        raise Missing
    over, before = "over" in request.args, request.args.get("before", type=whole)
    states = ("done", "dropped") if over else tasks.ONGOING
    found = tasks.all_of(place, person.id, states, before)
    return render_template(
        "groups/tasks.html", place=place, unit=place.unit, found=found, over=over, before=before, person=person
    )


@blueprint.route("/groups/<int:unit_id>/tasks/new", methods=["GET", "POST"])
def new_task(unit_id: int) -> Response:
    place = led_place(me(), unit_id)
    form, refusal = TaskForm(), None
    if form.validate_on_submit():
        try:
            made = commands.write_task(me(), unit_id, _written(form))
            flash(gettext("Đã ghi việc."), "ok")
            return redirect(url_for("groups.task", task_id=made.id))
        except Missing:
            raise
        except Refusal as caught:
            refusal, place = caught, led_place(me(), unit_id)
    return _task_form(form, refusal, place)


@blueprint.get("/groups/tasks/<int:task_id>")
def task(task_id: int) -> str:
    page = tasks.task_for(me(), task_id)
    moves: tuple[str, ...] = ()
    if policy.may_move_task(page.place.leads, page.mine, page.row.agreed):
        moves = policy.next_states(page.row.state, page.place.leads)
    return render_template(
        "groups/task.html", page=page, row=page.row, place=page.place, unit=page.place.unit, moves=moves, person=me()
    )


@blueprint.route("/groups/tasks/<int:task_id>/edit", methods=["GET", "POST"])
def edit_task(task_id: int) -> Response:
    page = tasks.task_for(me(), task_id)
    if not page.place.leads:
        raise Missing
    form, refusal = TaskForm(), None
    form.begin(page.row, assignee=str(page.row.assignee_id or ""))
    if form.validate_on_submit():
        try:
            commands.change_task(me(), task_id, version_of(form), _written(form))
            flash(gettext("Đã lưu."), "ok")
            return redirect(url_for("groups.task", task_id=task_id))
        except Missing:
            raise
        except Refusal as caught:
            refusal, page = caught, tasks.task_for(me(), task_id)
            if refusal.code == CHANGED_MEANWHILE:
                form.version.data = str(page.row.version)
    return _task_form(form, refusal, page.place, page.row)


@blueprint.post("/groups/tasks/<int:task_id>/move")
def move_task(task_id: int) -> Response:
    limits.hit("act", me().id)
    try:
        commands.move_task(me(), task_id, _version(), request.form.get("state", ""))
    except Conflict as refusal:
        flash(said(refusal), "bad")
    else:
        flash(gettext("Đã ghi."), "ok")
    return redirect(url_for("groups.task", task_id=task_id))


@blueprint.post("/groups/tasks/<int:task_id>/answer")
def answer_task(task_id: int) -> Response:
    limits.hit("act", me().id)
    yes = request.form.get("word") == "yes"
    try:
        row = commands.answer_task(me(), task_id, _version(), yes)
    except Conflict as refusal:
        flash(said(refusal), "bad")
        return redirect(url_for("groups.task", task_id=task_id))
    flash(gettext("Cảm ơn bạn đã nhận việc.") if yes else gettext("Đã báo lại. Cảm ơn bạn đã cho biết."), "ok")
    # Who has said no and is no staff does not see the task any more.
    return redirect(url_for("groups.task", task_id=task_id) if yes else url_for("groups.show", unit_id=row.unit_id))


def _version() -> int:
    return request.form.get("version", 0, type=whole)


def _written(form: TaskForm) -> commands.WrittenTask:
    return commands.WrittenTask(form.title.data or "", form.details.data or "", day_of(form, "due"), form.assignee_id)


def _task_form(form: TaskForm, refusal: Refusal | None, place: Place, row: GroupTask | None = None) -> Response:
    people = tasks.people_for(place.unit.id)
    if row is not None and row.assignee is not None and row.assignee_id not in {one.user.id for one in people}:
        people.append(tasks.Someone(row.assignee, team=False))  # has it, so that saving does not take it away
    choices = {gettext("Chưa giao ai"): [("", gettext("Chưa giao, ai cũng có thể nhận sau"))]}
    for title, team in (
        (gettext("Người phụ trách, tổ công nghệ số"), True),
        (gettext("Người dân, được hỏi trước"), False),
    ):
        if some := [(str(one.user.id), one.user.full_name) for one in people if one.team is team]:
            choices[title] = some
    form.assignee.choices = choices
    newer = row if refusal is not None and refusal.code == CHANGED_MEANWHILE else None
    return form_page("groups/task_form.html", form, refusal, place=place, unit=place.unit, row=row, newer=newer)
