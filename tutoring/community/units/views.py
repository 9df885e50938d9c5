"""Pages of units for their staff: pending approvals, members, opening hours, duty."""

from datetime import datetime, timedelta
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from tutoring.accounts.sign_ins.flow import render_form
from tutoring.accounts.validators import choice, minutes
from tutoring.community import commands, queries
from tutoring.community.alarm_tests.readiness_panel import duty_facts, unready
from tutoring.community.blueprint import blueprint, hour
from tutoring.community.duty import commands as duty_commands
from tutoring.community.duty.opening_hours import DAY, Hours, hours_of, unwatched
from tutoring.community.forms import DutyForm, HoursForm, SlotForm, UnitForm
from tutoring.community.hooks import unit_panels
from tutoring.community.labels import KIND_WORDS, WEEKDAYS
from tutoring.community.memberships import queries as memberships_queries
from tutoring.community.models import ROLES, UNIT_KINDS
from tutoring.community.units import staff_queries
from tutoring.community.units.mergers import may_cancel_merger, planned_for
from tutoring.community.units.setting_forms import hosts_form, patience_form, phone_form
from tutoring.community.units.settings import fallback_delay_of
from tutoring.kernel import clock, rate_limits
from tutoring.kernel.errors import DomainError, Forbidden, NotFound
from tutoring.policy import community as policy
from tutoring.policy.access import STAFF
from tutoring.web.auth import require_user
from tutoring.web.urls import parse_int

LISTED = 30  # names of one role on a unit's page; the page of that role lists the rest


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
def unit(unit_id: int) -> str:
    person = require_user()
    page = staff_queries.unit_page(person, unit_id, _after())
    role, words = request.args.get("role", ""), request.args.get("q", "")[:80]
    if words:
        rate_limits.hit("search", person.id)
    role = role if role in ROLES else ""
    members = memberships_queries.names(unit_id, role or None, words) if page.sees_members else []
    found = [name for name in members if policy.may_see_member(page.held, page.unit.kind, name.role)]
    _slots, shifts = queries.duty_of(unit_id)
    return render_template(
        "community/units/unit.html",
        page=page,
        person=person,
        groups=memberships_queries.by_role(found),
        listed=memberships_queries.MOST if role or words else LISTED,
        # The number of members whose names the viewer may not read. In a name search it would reveal who is a member.
        unnamed=0 if role or words else len(members) - len(found),
        role=role,
        words=words,
        codes=[code for code in queries.codes_of(unit_id) if code.role in page.may_give],
        on_duty=queries.on_duty(unit_id, minors=False),
        minors_duty=queries.on_duty(unit_id, minors=True),
        my_shift=next((shift for shift in shifts if shift.user_id == person.id), None),
        seconds=memberships_queries.second_approvers(unit_id, ("coordinator",)) if page.waiting.codes else [],
        staff=memberships_queries.second_approvers(unit_id, ("teacher", "coordinator")) if len(page.waiting) else [],
        duty_form=DutyForm(formdata=None, until=_soon()),
        may=policy,
        phone_form=phone_form(page.unit),
        hosts_form=hosts_form(page.unit),
        may_cancel_merger=may_cancel_merger,
        unready=unready(person, page.unit) if any(m.user.is_minor for m in page.waiting.members) else None,
        panels=list(unit_panels.collect(person, page.unit, page.held)),
        hours=hours_of(unit_id),
        may_add_below=[k for k in commands.kinds_below(page.unit.kind) if policy.may_create_unit(page.held, k)],
        merger=planned_for(unit_id),
        into=queries.unit(page.unit.merged_into_id) if page.unit.merged_into_id else None,
        # Staff of a class may not open the school's unit above it, so its name is shown without a link.
        opens_above=person.site_admin
        or not {place.id for place in page.above}.isdisjoint(place.id for place in queries.units_of(person.id, STAFF)),
        member_of={name.user_id: name.membership_id for name in found},
    )


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


@blueprint.post("/units/<int:unit_id>/youth-help")
def youth_help(unit_id: int) -> Response:
    made = commands.set_youth_help(require_user(), unit_id, request.form.get("allowed") == "yes")
    says = {
        True: gettext("Từ nay bạn đồng hành 16–17 tuổi giúp được người lớn, khi có người trực."),
        False: gettext("Từ nay bạn đồng hành 16–17 tuổi chỉ giúp học sinh."),
    }
    flash(says[made.youth_help_adults], "ok")
    return redirect(url_for("community.unit", unit_id=unit_id))


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
        return redirect(url_for("community.unit", unit_id=unit_id))
    return render_form("community/units/hours.html", form, **facts)


# ---- duty -----------------------------------------------------------------------------------------------------


def _rota(unit_id: int, form: SlotForm, refusal: DomainError | None = None) -> Response:
    page = staff_queries.unit_page(require_user(), unit_id)
    slots, shifts = queries.duty_of(unit_id)
    people = [choice(str(user.id), user.full_name) for user in memberships_queries.staff(unit_id)]
    form.user_id.choices = [choice("", gettext("Chọn người")), *people]
    return render_form(
        "community/units/duty.html",
        form,
        refusal,
        page=page,
        slots=slots,
        shifts=shifts,
        weekdays=WEEKDAYS,
        may=policy,
        may_set=policy.may_set_duty(page.held),
        person=require_user(),
        now=clock.now(),
        hours=hours_of(unit_id),
        unwatched=unwatched(unit_id),
        **duty_facts(page),
    )


@blueprint.get("/units/<int:unit_id>/duty")
def duty(unit_id: int) -> Response:
    return _rota(unit_id, SlotForm(formdata=None))


@blueprint.post("/units/<int:unit_id>/duty")
def add_slot(unit_id: int) -> Response:
    form = SlotForm()
    form.user_id.choices = [choice(str(user.id), user.full_name) for user in memberships_queries.staff(unit_id)]
    if not form.validate():
        return _rota(unit_id, form)
    starts, ends = minutes(form.starts.data or "") or 0, minutes(form.ends.data or "") or 1440
    try:
        where = form.place.data or "online"
        duty_commands.add_slot(
            require_user(), unit_id, int(form.user_id.data), int(form.weekday.data), starts, ends, where
        )
    except DomainError as refusal:
        return _rota(unit_id, form, refusal)
    flash(gettext("Đã thêm ca trực."), "ok")
    return redirect(url_for("community.duty", unit_id=unit_id))


@blueprint.post("/units/<int:unit_id>/duty/<int:slot_id>/remove")
def remove_slot(unit_id: int, slot_id: int) -> Response:
    duty_commands.remove_slot(require_user(), slot_id)
    flash(gettext("Đã bỏ ca trực."), "ok")
    return redirect(url_for("community.duty", unit_id=unit_id))


def _until(text: str) -> datetime:
    """Returns the next moment at which the local time is this."""
    here = clock.local(clock.now())
    at = minutes(text) or 0
    then = here.replace(hour=at // 60, minute=at % 60, second=0, microsecond=0)
    return then if then > here else then + timedelta(days=1)


@blueprint.post("/units/<int:unit_id>/duty/take")
def take_duty(unit_id: int) -> Response:
    place = staff_queries.unit_page(require_user(), unit_id).unit
    form = DutyForm()
    if form.validate():
        try:
            duty_commands.take_duty(require_user(), unit_id, _until(form.until.data or ""))
        except DomainError as refusal:
            return render_form("community/units/take_duty.html", form, refusal, unit=place)
        flash(gettext("Bạn đang trực. Phòng mới mở sẽ hiện trên trang Phòng đang mở."), "ok")
        return redirect(url_for("community.unit", unit_id=unit_id))
    return render_form("community/units/take_duty.html", form, unit=place)


@blueprint.post("/units/<int:unit_id>/shifts/<int:shift_id>/end")
def end_duty(unit_id: int, shift_id: int) -> Response:
    duty_commands.end_duty(require_user(), shift_id)
    flash(gettext("Bạn đã hết trực."), "ok")
    return redirect(url_for("community.unit", unit_id=unit_id))
