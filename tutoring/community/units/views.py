"""Tabs of a unit for its staff: today, members, classes; new units and opening hours."""

from datetime import timedelta
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from tutoring.accounts.models import User
from tutoring.accounts.sign_ins.flow import render_form
from tutoring.accounts.validators import choice, minutes
from tutoring.community import commands, queries
from tutoring.community.alarm_tests.readiness_panel import unready
from tutoring.community.blueprint import blueprint
from tutoring.community.duty import commands as duty_commands
from tutoring.community.duty.coverage import DAY, Hours, hours_of
from tutoring.community.duty.queries import week_of
from tutoring.community.forms import DutyForm, HoursForm, UnitForm
from tutoring.community.hooks import unit_links, unit_panels
from tutoring.community.labels import BELOW_WORDS, KIND_WORDS, hour
from tutoring.community.memberships import queries as memberships_queries
from tutoring.community.memberships.members_page import KIND_WORDS as MEMBER_KINDS
from tutoring.community.memberships.members_page import members_page
from tutoring.community.models import UNIT_KINDS
from tutoring.community.units import staff_queries
from tutoring.community.units.archive import archived_below
from tutoring.community.units.mergers import may_cancel_merger, planned_for
from tutoring.community.units.setting_forms import patience_form
from tutoring.community.units.settings import fallback_delay_of
from tutoring.kernel import clock, rate_limits
from tutoring.kernel.errors import DomainError, Forbidden, NotFound
from tutoring.policy import community as policy
from tutoring.policy.access import STAFF
from tutoring.web.auth import require_user
from tutoring.web.tables import table as tables
from tutoring.web.urls import parse_int

LISTED = 30  # names of one role among the members; the page of that role lists the rest
TURNS_AHEAD = 3  # coming turns of duty shown beside who is on duty


def _soon() -> str:
    """Returns the full hour two hours from now, the default end of a duty."""
    return f"{clock.local(clock.now() + timedelta(hours=2)):%H}:00"


def _after() -> int:
    """Returns the id of the last unit on the previous page."""
    return request.args.get("after", 0, type=parse_int)


@blueprint.get("/units")
def units() -> str:
    person = require_user()
    return render_template(
        "community/units/units.html",
        waiting=staff_queries.waiting_for(person),
        mine=queries.units_of(person.id, STAFF),
        tops=staff_queries.units_below(None, _after()) if person.site_admin else None,
    )


@blueprint.get("/units/<int:unit_id>")
def unit(unit_id: int) -> Response | str:
    if moved := _moved(unit_id):
        return redirect(moved)
    person = require_user()
    page = staff_queries.unit_page(person, unit_id)
    found = staff_queries.approvals(person, page)
    waiting = found.waiting
    _slots, shifts = queries.duty_of(unit_id)
    return render_template(
        "community/units/unit.html",
        page=page,
        person=person,
        approvals=found,
        waiting=waiting,
        on_duty=queries.on_duty(unit_id, minors=False),
        minors_duty=queries.on_duty(unit_id, minors=True),
        my_shift=next((shift for shift in shifts if shift.user_id == person.id), None),
        ahead=[turn for turn in week_of(unit_id, queries.ancestors(unit_id)) if not turn.now][:TURNS_AHEAD],
        seconds=memberships_queries.second_approvers(unit_id, ("coordinator",)) if waiting.codes else [],
        staff=memberships_queries.second_approvers(unit_id, ("teacher", "coordinator")) if len(waiting) else [],
        duty_form=DutyForm(formdata=None, until=_soon()),
        may=policy,
        may_cancel_merger=may_cancel_merger,
        unready=unready(person, page.unit) if any(m.user.is_minor for m in waiting.members) else None,
        hours=hours_of(unit_id),
        merger=planned_for(unit_id),
        into=queries.unit(page.unit.merged_into_id) if page.unit.merged_into_id else None,
        member_of=memberships_queries.of_people(unit_id, [vouch.user_id for vouch in waiting.nominations]),
        **_added(person, page, "today"),
    )


def _moved(unit_id: int) -> str | None:
    """Returns where an old address of the members or of the units below leads now."""
    if "role" in request.args or "q" in request.args:
        asked: dict[str, Any] = {name: request.args[name] for name in ("role", "q") if name in request.args}
        return url_for("community.unit_members", unit_id=unit_id, **asked)
    if "after" in request.args:
        return url_for("community.unit_classes", unit_id=unit_id, after=_after())
    return None


def _added(person: User, page: staff_queries.UnitPage, tab: str) -> dict[str, Any]:
    """Returns the name of a tab and what features add to it."""
    told = tab, person, page.unit, page.held
    return {"tab": tab, "panels": list(unit_panels.collect(*told)), "links": list(unit_links.collect(*told))}


@blueprint.get("/units/<int:unit_id>/members")
def unit_members(unit_id: int) -> Response | str:
    person = require_user()
    page = staff_queries.unit_page(person, unit_id)
    if request.args.get("q"):
        rate_limits.hit("search", person.id)
    found = members_page(person, page)
    if tables.asks_for_file():
        return found.table.file("thanh-vien")
    waits = any(one.state == "waiting" and one.kind != "adult" for one in found.table.found.items)
    return render_template(
        "community/units/members.html",
        page=page,
        members=found,
        kind_words=MEMBER_KINDS,
        unready=unready(person, page.unit) if waits else None,
        **_added(person, page, "members"),
    )


@blueprint.get("/units/<int:unit_id>/classes")
def unit_classes(unit_id: int) -> str:
    person = require_user()
    page = staff_queries.unit_page(person, unit_id)
    return render_template(
        "community/units/classes.html",
        page=page,
        below=staff_queries.units_below(unit_id, _after()),
        below_words=BELOW_WORDS.get(page.unit.kind, ""),
        kind_words=KIND_WORDS,
        archived=archived_below(unit_id),
        may_add_below=[
            kind for kind in commands.kinds_below(page.unit.kind)
            if policy.may_create_unit(page.held, kind) and not page.unit.archived
        ],
        may=policy,
        **_added(person, page, "classes"),
    )  # fmt: skip


@blueprint.route("/units/new", methods=["GET", "POST"])
@blueprint.route("/units/<int:unit_id>/new", methods=["GET", "POST"])
def new_unit(unit_id: int | None = None) -> Response:
    person = require_user()
    above = staff_queries.unit_page(person, unit_id).unit if unit_id is not None else None
    held = queries.roles_for(person, unit_id) if unit_id is not None else queries.roles_of(person.id) & {"site_admin"}
    below = commands.kinds_below(above.kind) if above else {"city", "partner", "ward"}
    kinds = [kind for kind in UNIT_KINDS if kind in below and policy.may_create_unit(held, kind)]
    if not kinds:
        raise Forbidden
    form = UnitForm()
    form.kind.choices = [choice(kind, gettext(KIND_WORDS[kind])) for kind in kinds]
    if form.validate_on_submit():
        try:
            made = commands.create_unit(
                person, form.code.data or staff_queries.code_for(above, form.name.data or ""), form.kind.data,
                form.name.data or "", form=form["form"].data or "", parent_id=unit_id,
                grade=int(form.grade.data) if form.grade.data else None, school_year=form.school_year.data or "",
            )  # fmt: skip
        except DomainError as refusal:
            return render_form("community/units/new_unit.html", form, refusal, above=above)
        flash(gettext("Đã lập %(unit)s.", unit=made.name), "ok")
        return redirect(url_for("community.unit", unit_id=made.id))
    if len(kinds) == 1 and not form.is_submitted():
        form.kind.data = kinds[0]
    return render_form("community/units/new_unit.html", form, above=above)


@blueprint.route("/units/<int:unit_id>/hours", methods=["GET", "POST"])
def hours(unit_id: int) -> Response:
    page = staff_queries.unit_page(require_user(), unit_id)
    if not policy.may_set_hours(page.held):
        raise NotFound
    found = hours_of(unit_id)
    form = HoursForm()
    form.begin(opens=hour(found.opens), closes=hour(found.closes % DAY))
    facts: dict[str, Any] = {
        "unit": page.unit, "hours": found, "usual": Hours(), "patience": fallback_delay_of(unit_id),
        "patience_form": patience_form(unit_id),
    }  # fmt: skip
    as_above = request.form.get("word") == "above"
    if as_above or form.validate_on_submit():
        opens, closes = minutes(form.opens.data or "") or 0, minutes(form.closes.data or "") or DAY
        try:
            duty_commands.set_hours(require_user(), unit_id, *((None, None) if as_above else (opens, closes)))
        except DomainError as refusal:
            return render_form("community/units/hours.html", form, refusal, **facts)
        flash(gettext("Đã ghi giờ mở phòng có học sinh."), "ok")
        return redirect(url_for("community.unit_settings", unit_id=unit_id))
    return render_form("community/units/hours.html", form, **facts)
