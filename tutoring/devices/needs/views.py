"""Pages of needs: request one, follow one, and read the published priority order."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response

from tutoring.accounts.models import User
from tutoring.accounts.queries import guardians, user
from tutoring.accounts.sign_ins.flow import render_form
from tutoring.accounts.validators import choice
from tutoring.devices.allocation.need_page import render_need
from tutoring.devices.blueprint import blueprint
from tutoring.devices.labels import (
    AT_HOME_WORDS,
    BASIS_WORDS,
    NEED_KIND_WORDS,
    NEED_STATE_KINDS,
    NEED_STATE_WORDS,
    WANTS_WORDS,
    WHY_PLACE,
)
from tutoring.devices.needs import commands as needs_commands
from tutoring.devices.needs import queries
from tutoring.devices.needs.forms import AskNeedForm
from tutoring.devices.needs.home_units import home_of, may_ask_for, people_for
from tutoring.kernel.errors import DomainError, Forbidden, NotFound
from tutoring.kernel.text import N_
from tutoring.policy.devices import needs as policy
from tutoring.web.auth import require_user
from tutoring.web.i18n import translate_error
from tutoring.web.urls import parse_int

_YOUNG = N_("Em chưa đủ 18 tuổi nên chưa tự đăng ký được. Hãy nhờ ba mẹ hoặc thầy cô đăng ký giúp em.")


def need_facts() -> dict[str, Any]:
    """Returns the template variables of family pages; labels of a basis are not among them."""
    return {
        "kind_words": NEED_KIND_WORDS, "wants_words": WANTS_WORDS, "home_words": AT_HOME_WORDS,
        "state_words": NEED_STATE_WORDS, "state_kinds": NEED_STATE_KINDS, "why_words": WHY_PLACE,
    }  # fmt: skip


@blueprint.get("/devices/order")
def need_order() -> str:
    known = current_user.is_authenticated
    return render_template(
        "devices/needs/need_order.html", bases=BASIS_WORDS, homes=AT_HOME_WORDS,
        minor=known and require_user().is_minor,
        may_ask=not known or bool(people_for(require_user())),
    )  # fmt: skip


@blueprint.get("/devices/needs")
def needs() -> str:
    person = require_user()
    may_ask = person.kind == "adult"
    return render_template(
        "devices/needs/needs.html", rows=queries.of_family(person.id), may_ask=may_ask, **need_facts()
    )


@blueprint.route("/devices/needs/new", methods=["GET", "POST"])
def new_need() -> Response:
    actor = require_user()
    people = _people(actor)
    form, refusal = AskNeedForm(), None
    for_family = people[0].id not in {one.id for one in people_for(actor)}
    _fill(form, people, for_family)
    if form.validate_on_submit():
        try:
            receiver_id = int(form.receiver.data) if "receiver" in form else None
            row = needs_commands.ask_need(actor, _chosen(form, people), _new(form), receiver_id)
            flash(gettext("Đã gửi. Phường hoặc trường sẽ xác nhận; bạn không cần nộp giấy tờ gì."), "ok")
            if for_family:
                return redirect(url_for("devices.unit_needs", unit_id=row.unit_id, tab="asked", kind=row.kind))
            return redirect(url_for("devices.need", need_id=row.id))
        except NotFound:
            raise
        except DomainError as caught:
            refusal = caught
    return render_form(
        "devices/needs/need_new.html", form, refusal, people=people, for_family=for_family, at=home_of(people[0]),
        open_one=queries.open_need(_chosen(form, people), form.kind.data or ""), **need_facts(),
    )  # fmt: skip


def _people(actor: User) -> list[User]:
    """Returns for whom this page asks: the user's family, or one person whom staff look after."""
    mine, asked = people_for(actor), request.values.get("for", type=parse_int)
    if asked is not None and asked not in {one.id for one in mine}:
        person = user(asked)
        if person.id == actor.id or not may_ask_for(actor, person, home_of(person)):
            raise NotFound
        return [person]
    if not mine:
        raise Forbidden(_YOUNG)
    return mine


def _fill(form: AskNeedForm, people: list[User], for_family: bool) -> None:
    if len(people) > 1:
        form.person.choices = [choice(str(one.id), one.shown_name) for one in people]
    else:
        del form.person
    takers = guardians(people[0].id) if for_family and people[0].kind != "adult" else []
    if len(takers) > 1:
        form.receiver.choices = [choice(str(one.id), one.shown_name) for one in takers]
    else:
        del form.receiver
    if not form.is_submitted():
        asked = request.args.get("for", "")
        if "person" in form:
            form.person.data = asked if asked in {str(one.id) for one in people} else str(people[0].id)
        form.kind.data = request.args.get("kind", "device")
        form.wants.data, form.learners.data = "any", "1"
    if form.kind.data not in policy.NEED_KINDS:
        form.kind.data = "device"
    form.wants.choices = [choice(one, gettext(WANTS_WORDS[one])) for one in policy.WANTS_FOR[form.kind.data]]


def _chosen(form: AskNeedForm, people: list[User]) -> int:
    known = {str(one.id): one.id for one in people}
    return known.get(form.person.data or "", people[0].id) if "person" in form else people[0].id


def _new(form: AskNeedForm) -> needs_commands.NewNeed:
    return needs_commands.NewNeed(
        form.kind.data or "", form.wants.data, form.at_home.data, int(form.learners.data or "1"),
        form.elsewhere.data == "yes",
    )  # fmt: skip


@blueprint.get("/devices/needs/<int:need_id>")
def need(need_id: int) -> str:
    row, known = queries.seen(require_user(), need_id)
    if not known.family:
        return render_need(row, known)
    return render_template(
        "devices/needs/need.html", row=row, known=known, may=policy, place=queries.place_of(row), **need_facts()
    )  # fmt: skip


@blueprint.post("/devices/needs/<int:need_id>/withdraw")
def withdraw_need(need_id: int) -> Response:
    try:
        needs_commands.withdraw_need(require_user(), need_id)
        flash(gettext("Đã rút. Khi cần, bạn cứ gửi lại."), "ok")
    except NotFound:
        raise
    except DomainError as refusal:
        flash(translate_error(refusal), "bad")
    return redirect(url_for("devices.need", need_id=need_id))
