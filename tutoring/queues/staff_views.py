"""Pages of clerks: the desk with its line, numbers for residents without a phone, figures of past days."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from tutoring.accounts.models import User
from tutoring.accounts.sign_ins.flow import render_form
from tutoring.community.hooks import UnitLink, unit_links
from tutoring.community.models import Unit
from tutoring.community.queries import roles_for
from tutoring.kernel import clock
from tutoring.kernel.errors import Conflict, DomainError, NotFound
from tutoring.policy import queues as policy
from tutoring.queues import commands, queries
from tutoring.queues.access import clerk_unit, setter_unit
from tutoring.queues.blueprint import blueprint
from tutoring.queues.figures import shown_day
from tutoring.queues.forms import PlainForm, ScreenForm
from tutoring.queues.labels import ASIDE_WORDS, MINUTE_WORDS
from tutoring.queues.models import QueueDesk, QueueTicket, WalkInQueue
from tutoring.queues.ticket_form import fill, ticket_drawing, wish_of
from tutoring.web.auth import require_user
from tutoring.web.i18n import translate_error
from tutoring.web.urls import parse_int


def _queue(place: Unit) -> WalkInQueue | None:
    return queries.find_queue(place.id) if place.has_queue else None


@blueprint.get("/units/<int:unit_id>/queue")
def work(unit_id: int) -> Response:
    place = clerk_unit(require_user(), unit_id)
    queue = _queue(place)
    sets = policy.may_set_queue(roles_for(require_user(), unit_id), place.kind)
    if queue is None:
        return render_form("queues/off.html", PlainForm(formdata=None), unit=place, sets=sets)
    return _work_page(queue, ScreenForm(formdata=None), sets)


def _work_page(queue: WalkInQueue, form: ScreenForm, sets: bool, refusal: DomainError | None = None) -> Response:
    page = queries.work_page(queue, require_user().id)
    fill(form, page.services)
    return render_form(
        "queues/work.html", form, refusal, page=page, unit=queue.unit, sets=sets, aside_words=ASIDE_WORDS,
        minute_words=MINUTE_WORDS, now=clock.now(), code=queries.day_code(queue), open_now=queries.is_open_now(queue),
    )  # fmt: skip


@blueprint.post("/units/<int:unit_id>/queue/numbers")
def issue(unit_id: int) -> Response:
    place = clerk_unit(require_user(), unit_id)
    queue = _queue(place)
    if queue is None:
        raise NotFound
    form, refusal = ScreenForm(), None
    fill(form, queries.services_of(unit_id))
    if form.validate():
        try:
            made = commands.issue_ticket(require_user(), unit_id, wish_of(form))
            return redirect(url_for("queues.paper", ticket_id=made.id))
        except NotFound:
            raise
        except DomainError as caught:
            refusal = caught
    sets = policy.may_set_queue(roles_for(require_user(), unit_id), place.kind)
    return _work_page(queue, form, sets, refusal)


@blueprint.get("/queue-numbers/<int:ticket_id>")
def paper(ticket_id: int) -> str:
    found = queries.ticket_of_today(ticket_id)
    place = clerk_unit(require_user(), found.unit_id)
    there = url_for("queues.work", unit_id=place.id)
    return render_template(
        "queues/paper.html", ticket=found, unit=place, again=there, staff=True, drawing=ticket_drawing(found)
    )


@blueprint.post("/queue-numbers/<int:ticket_id>/act")
def act(ticket_id: int) -> Response:
    found = queries.ticket_of_today(ticket_id)
    desk_id = request.form.get("desk", type=parse_int)
    done = request.form.get("act", "")
    try:
        made = commands.act_on_ticket(require_user(), ticket_id, done, desk_id)
        flash(_said(made, done), "ok")
    except NotFound:
        raise
    except DomainError as refusal:
        flash(translate_error(refusal), "bad")
    return redirect(url_for("queues.work", unit_id=found.unit_id))


def _said(ticket: QueueTicket, done: str) -> str:
    number = ticket.number
    says = {
        "again": gettext("Đã gọi lại số %(number)s.", number=number),
        "missed": gettext("Số %(number)s vắng, lùi lại vài người. Sẽ gọi thêm một lần.", number=number)
        if ticket.state == "waiting" else gettext("Số %(number)s vắng lần thứ hai, đã bỏ khỏi hàng.", number=number),
        "pass": gettext("Đã chuyển số %(number)s sang quầy khác.", number=number),
        "done": gettext("Số %(number)s đã xong.", number=number),
        "lesson": gettext("Số %(number)s xem bài trong lúc chờ, chỗ vẫn giữ.", number=number),
        "helper": gettext("Số %(number)s được giúp trực tuyến, chỗ vẫn giữ.", number=number),
        "back": gettext("Số %(number)s vào hàng lại, đúng chỗ cũ.", number=number),
        "drop": gettext("Đã bỏ số %(number)s.", number=number),
    }  # fmt: skip
    return str(says[done])


# ---- desks ------------------------------------------------------------------------------------------------------


def _at_desk(desk_id: int) -> QueueDesk:
    return commands.find_desk(require_user(), desk_id)


@blueprint.post("/queue-desks/<int:desk_id>/open")
def open_desk(desk_id: int) -> Response:
    there = url_for("queues.work", unit_id=_at_desk(desk_id).unit_id)
    try:
        made = commands.open_desk(require_user(), desk_id)
        flash(gettext("Bạn đang ở %(desk)s.", desk=made.label), "ok")
    except Conflict as refusal:
        flash(translate_error(refusal), "bad")
    return redirect(there)


@blueprint.post("/queue-desks/<int:desk_id>/close")
def close_desk(desk_id: int) -> Response:
    made = commands.close_desk(require_user(), desk_id)
    flash(gettext("Đã đóng %(desk)s.", desk=made.label), "ok")
    return redirect(url_for("queues.work", unit_id=made.unit_id))


@blueprint.post("/queue-desks/<int:desk_id>/call")
def call(desk_id: int) -> Response:
    there = url_for("queues.work", unit_id=_at_desk(desk_id).unit_id)
    current = request.form.get("current", 0, type=parse_int)
    try:
        found = commands.call_next(require_user(), desk_id, current)
        if found is None:
            flash(gettext("Không còn ai chờ quầy này."), "info")
    except Conflict as refusal:
        flash(translate_error(refusal), "bad")
    return redirect(there)


@blueprint.get("/units/<int:unit_id>/queue/days")
def days(unit_id: int) -> str:
    place = setter_unit(require_user(), unit_id)
    return render_template("queues/days.html", unit=place, days=[shown_day(one) for one in queries.past_days(unit_id)])


@unit_links.register
def _of_ward(tab: str, _person: User, unit: Unit, held: frozenset[str]) -> UnitLink | None:
    if tab != "today" or not policy.may_call(held, unit.kind):
        return None
    count = queries.count_waiting(unit.id)
    waits = gettext("%(num)s số đang chờ", num=count) if count else ""
    return UnitLink(gettext("Hàng chờ tại quầy"), url_for("queues.work", unit_id=unit.id), "people", waits)
