"""Pages of a queue without an account: the door, the ticket, the wall display, the screen at the door.

Each has an address that contains a code. They hold no name: a number, a service, a desk.
"""

from typing import Any
from uuid import uuid4

from flask import redirect, render_template, session, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from tutoring.accounts.sign_ins.flow import KEPT, client_address, render_form
from tutoring.community.queries import unit
from tutoring.kernel import rate_limits
from tutoring.kernel.errors import DomainError, NotFound
from tutoring.queues import commands, queries
from tutoring.queues.blueprint import blueprint
from tutoring.queues.commands import WRONG_CODE
from tutoring.queues.forms import DoorForm, ScreenForm
from tutoring.queues.labels import days_said
from tutoring.queues.models import QueueTicket, WalkInQueue
from tutoring.queues.ticket_form import fill, ticket_drawing, wish_of
from tutoring.web.form_actions import run_action
from tutoring.web.i18n import language
from tutoring.web.security import as_unlisted

KEY = "queue_ticket"  # in the session: the token of the number that this browser drew last
KEPT.add(KEY)
BROWSER = "queue_browser"  # in the session: a random id, under which wrong codes are counted


@blueprint.route("/q/<code>", methods=["GET", "POST"])
def door(code: str) -> Response:
    queue = queries.queue_at("door", code[:20])
    if own := _own(queue.unit_id):
        return redirect(url_for("queues.ticket", token=own.token))
    form, refusal = DoorForm(), None
    services = fill(form, queries.services_of(queue.unit_id))
    if form.validate_on_submit():
        try:
            made = _draw_by_phone(queue, form)
            session[KEY] = made.token
            return redirect(url_for("queues.ticket", token=made.token))
        except NotFound:
            raise
        except DomainError as caught:
            refusal = caught
    return as_unlisted(render_form("queues/door.html", form, refusal, services=services, screen=False, **_about(queue)))


def _own(unit_id: int) -> QueueTicket | None:
    """The open number of today that this browser drew in this ward: a phone holds one at a time."""
    token = session.get(KEY)
    if not isinstance(token, str):
        return None
    try:
        found = queries.ticket_under(token)
    except NotFound:
        return None
    return found if found.unit_id == unit_id and found.ended_at is None else None


def _draw_by_phone(queue: WalkInQueue, form: DoorForm) -> QueueTicket:
    unit_id, address = queue.unit_id, client_address()
    browser = session.setdefault(BROWSER, uuid4().hex)
    rate_limits.check("queue_code_browser", browser)
    rate_limits.check("queue_code", address)
    rate_limits.check("queue_code_unit", unit_id)
    rate_limits.check("queue_draw", unit_id)
    rate_limits.check("queue_draw_address", address)
    try:
        made = commands.draw_ticket(unit_id, wish_of(form), "phone")
    except DomainError as refusal:
        if refusal.code == WRONG_CODE:
            rate_limits.hit("queue_code_browser", browser)
            rate_limits.hit("queue_code", address)
            rate_limits.hit("queue_code_unit", unit_id)
        raise
    rate_limits.hit("queue_draw_address", address)
    rate_limits.hit("queue_draw", unit_id)
    return made


def _about(queue: WalkInQueue) -> dict[str, Any]:
    return {
        "queue": queue, "unit": queue.unit, "open_now": queries.is_open_now(queue), "days": days_said(queue.weekdays),
        "waiting": queries.count_waiting(queue.unit_id),
    }  # fmt: skip


# ---- ticket -----------------------------------------------------------------------------------------------------


@blueprint.get("/q/tickets/<token>")
def ticket(token: str) -> Response:
    found = queries.ticket_under(token[:40])
    standing = queries.standing_of(found) if found.state == "waiting" else None
    slug = found.service.lesson_slug
    page = render_template(
        "queues/ticket.html", ticket=found, standing=standing, unit=unit(found.unit_id), slug=slug,
        lesson=queries.lesson_titles([slug], language()).get(slug or ""),
    )  # fmt: skip
    return as_unlisted(page)


@blueprint.post("/q/tickets/<token>/leave")
def leave(token: str) -> Response:
    here = url_for("queues.ticket", token=token)
    return run_action(
        lambda: commands.leave_queue(token[:40]), gettext("Đã trả số. Cảm ơn bạn đã nhường người sau."), here
    )


@blueprint.post("/q/tickets/<token>/back")
def come_back(token: str) -> Response:
    here = url_for("queues.ticket", token=token)
    return run_action(lambda: commands.return_to_queue(token[:40]), gettext("Bạn đã vào hàng lại, đúng chỗ cũ."), here)


# ---- at the door ------------------------------------------------------------------------------------------------


@blueprint.get("/q/display/<code>")
def display(code: str) -> Response:
    queue = queries.queue_at("display", code[:40])
    return as_unlisted(
        render_template(
            "queues/display.html",
            wall=queries.display_of(queue),
            unit=queue.unit,
            open_now=queries.is_open_now(queue),
        )
    )


@blueprint.route("/q/screen/<code>", methods=["GET", "POST"])
def screen(code: str) -> Response:
    queue = queries.queue_at("screen", code[:40])
    form, refusal = ScreenForm(), None
    services = fill(form, queries.services_of(queue.unit_id))
    if form.validate_on_submit():
        try:
            rate_limits.hit("queue_screen", queue.unit_id)
            made = commands.draw_ticket(queue.unit_id, wish_of(form), "door")
            return redirect(url_for("queues.screen_ticket", code=code, token=made.token))
        except NotFound:
            raise
        except DomainError as caught:
            refusal = caught
    return as_unlisted(render_form("queues/door.html", form, refusal, services=services, screen=True, **_about(queue)))


@blueprint.get("/q/screen/<code>/<token>")
def screen_ticket(code: str, token: str) -> Response:
    queue = queries.queue_at("screen", code[:40])
    found = queries.ticket_under(token[:40])
    if found.unit_id != queue.unit_id:
        raise NotFound
    return as_unlisted(
        render_template(
            "queues/paper.html", ticket=found, unit=queue.unit, again=url_for("queues.screen", code=code),
            drawing=ticket_drawing(found),
        )
    )  # fmt: skip
