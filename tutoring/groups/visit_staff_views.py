"""Pages of staff: who asks to be met in a unit, the plan, a refusal; and the page on which a visit is proposed."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from tutoring.accounts.fields import minutes, option
from tutoring.accounts.models import User
from tutoring.accounts.pages import form_page
from tutoring.community.models import Unit
from tutoring.community.panels import on_unit_page
from tutoring.groups import visit_planning as commands
from tutoring.groups import visit_queries as queries
from tutoring.groups.routes import blueprint
from tutoring.groups.visit_forms import OfferVisitForm, PlanVisitForm, RefuseVisitForm
from tutoring.groups.visit_models import Visit
from tutoring.groups.visit_people import candidates
from tutoring.groups.visit_room_part import learners_of, room_to_offer_in
from tutoring.groups.visit_views import visit_facts
from tutoring.groups.visit_words import TAB_WORDS
from tutoring.kernel import clock
from tutoring.kernel.errors import Conflict, Invalid, Missing, Refusal
from tutoring.kernel.text import N_
from tutoring.policy import visits as policy
from tutoring.policy.community import GROUPS
from tutoring.policy.visits import FARTHEST, PLANNERS
from tutoring.web.numbers import whole
from tutoring.web.signin import me


@blueprint.get("/units/<int:unit_id>/visits")
def unit_visits(unit_id: int) -> str:
    place = queries.unit_for_staff(me(), unit_id)
    tab = request.args.get("tab", "asked")
    tab = tab if tab in TAB_WORDS else "asked"
    page = queries.in_unit(unit_id, tab, request.args.get("before", type=whole))
    return render_template(
        "groups/visit_unit.html", unit=place, tab=tab, tabs=TAB_WORDS, page=page,
        has_group_page=place.kind in GROUPS, **visit_facts(),
    )  # fmt: skip


@blueprint.route("/visits/<int:visit_id>/plan", methods=["GET", "POST"])
def plan_visit(visit_id: int) -> Response:
    row = _to_plan(visit_id)
    form, refusal = PlanVisitForm(), None
    people = candidates(row)
    form.one.choices = form.two.choices = [option("", gettext("Chọn người")), *(_choice(one) for one in people)]
    if row.kind == "desk":
        del form.two
    form.begin(**_stored(row))
    if form.validate_on_submit():
        try:
            commands.plan_visit(me(), visit_id, _when(form), _people(form, row.kind))
            flash(gettext("Đã xếp lịch. Người hẹn và người đi đều được báo."), "ok")
            return redirect(url_for("groups.visit", visit_id=visit_id))
        except Missing:
            raise
        except Refusal as caught:
            refusal, row = caught, queries.visit(visit_id)
    elif not form.is_submitted():
        _suggest(form, row, [one.id for one in people])
    today = clock.today()
    return form_page(
        "groups/visit_plan.html", form, refusal, row=row, today=today, last=today + FARTHEST, few=len(people) < 2,
        **visit_facts(),
    )  # fmt: skip


def _to_plan(visit_id: int) -> Visit:
    row, known = queries.seen(me(), visit_id)
    if not known.plans:
        raise Missing
    if not policy.may_change_plan(known):
        raise Conflict
    return row


def _choice(person: User) -> Any:
    return option(str(person.id), person.full_name)


def _stored(row: Visit) -> dict[str, str]:
    """The plan as it stands."""
    here = clock.local(row.at) if row.at is not None else None
    people = [str(one) for one in row.visitor_ids or ()]
    found = {"day": here.date().isoformat() if here else "", "time": f"{here:%H:%M}" if here else ""}
    return found | {name: people[n] if n < len(people) else "" for n, name in enumerate(("one", "two"))}


def _suggest(form: PlanVisitForm, row: Visit, people: list[int]) -> None:
    """Where there is no plan yet: the first wished time that is still to come, and oneself."""
    soon = clock.now() + policy.SOONEST
    if row.at is None and (at := next((one for one in row.wished if one > soon), None)) is not None:
        here = clock.local(at)
        form.day.data, form.time.data = here.date().isoformat(), f"{here:%H:%M}"
    if not row.visitor_ids and me().id in people:
        form.one.data = str(me().id)


def _when(form: PlanVisitForm) -> datetime:
    try:
        day = date.fromisoformat(form.day.data or "")
    except ValueError:
        raise Invalid(N_("Hãy chọn một ngày trong lịch."), field="day") from None
    midnight = datetime.combine(day, time(0), clock.LOCAL)
    return (midnight + timedelta(minutes=minutes(form.time.data or "") or 0)).astimezone(UTC)


def _people(form: PlanVisitForm, kind: str) -> list[int]:
    chosen = (form.one.data, form.two.data) if kind == "home" else (form.one.data,)
    return [int(one) for one in chosen if one]


@blueprint.route("/visits/<int:visit_id>/refuse", methods=["GET", "POST"])
def refuse_visit(visit_id: int) -> Response:
    row = _to_plan(visit_id)
    form, refusal = RefuseVisitForm(), None
    if form.validate_on_submit():
        try:
            commands.refuse_visit(me(), visit_id, form.reason.data or "")
            flash(gettext("Đã trả lời người hẹn."), "ok")
            return redirect(url_for("groups.visit", visit_id=visit_id))
        except Missing:
            raise
        except Refusal as caught:
            refusal, row = caught, queries.visit(visit_id)
    return form_page("groups/visit_refuse.html", form, refusal, row=row, **visit_facts())


# ---- out of a room --------------------------------------------------------------------------------------------


@blueprint.route("/rooms/<int:room_id>/visit", methods=["GET", "POST"])
def offer_visit(room_id: int) -> Response:
    room = room_to_offer_in(me(), room_id)
    form, refusal = OfferVisitForm(), None
    found = learners_of(room)
    form.learner.choices = [option(str(one.id), one.shown_name) for one in found]
    if len(found) == 1 and not form.is_submitted():
        form.learner.data = str(found[0].id)
    if form.validate_on_submit():
        try:
            commands.offer_visit(me(), room_id, int(form.learner.data))
            flash(gettext("Đã đề nghị. Người học tự trả lời và tự ghi địa chỉ nếu muốn."), "ok")
            return redirect(url_for("rooms.show", room_id=room_id))
        except Missing:
            raise
        except Refusal as caught:
            refusal = caught
    return form_page("groups/visit_offer.html", form, refusal, room_id=room_id, learners=found)


def _unit_panel(_person: User, place: Unit, held: frozenset[str]) -> dict[str, object]:
    may = not PLANNERS.isdisjoint(held) and place.kind in {"city", "ward", "neighbourhood"}
    return {"may": may, "unit": place, "waiting": queries.waiting_in(place.id) if may else 0}


on_unit_page("groups/visit_unit_panel.html", _unit_panel)
