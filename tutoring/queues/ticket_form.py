"""The form with which a number is drawn, and the code with which a phone follows one on paper."""

from flask import url_for
from markupsafe import Markup

from tutoring.accounts.sign_ins.flow import absolute_url, svg
from tutoring.accounts.validators import choice
from tutoring.queues.commands import Wish
from tutoring.queues.forms import ScreenForm
from tutoring.queues.labels import service_label
from tutoring.queues.models import QueueService, QueueTicket
from tutoring.web.urls import parse_int


def fill(form: ScreenForm, services: list[QueueService]) -> dict[int, QueueService]:
    """Gives the form its services; returns them by id, for their pictures."""
    form.service.choices = [choice(str(one.id), service_label(one.label)) for one in services]
    return {one.id: one for one in services}


def wish_of(form: ScreenForm) -> Wish:
    """Returns what was chosen; a service that is no number is one that does not exist."""
    try:
        service_id = parse_int(form.service.data or "")
    except ValueError:
        service_id = 0
    code = (form["code"].data or "") if "code" in form else ""
    return Wish(service_id, form.whom.data == "other", int(form.minutes.data or 0), "".join(code.split()))


def ticket_drawing(found: QueueTicket) -> Markup:
    """Returns the QR code of a ticket's address, with which a phone follows a number on paper."""
    return svg(absolute_url(url_for("queues.ticket", token=found.token)))
