"""The duty tab of a unit: the weekly rota as a grid, and going on duty now."""

from datetime import datetime, timedelta
from typing import Any

from flask import flash, redirect, request, session, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from tutoring.accounts.sign_ins.flow import render_form
from tutoring.accounts.validators import choice, minutes
from tutoring.community.alarm_tests.readiness_panel import duty_facts
from tutoring.community.blueprint import blueprint
from tutoring.community.duty import commands as duty_commands
from tutoring.community.duty.queries import find_slot
from tutoring.community.duty.rota import DAYS, WORKDAYS, Rota, RotaRow, rota_of
from tutoring.community.forms import DutyForm, SlotForm
from tutoring.community.labels import SHORT_DAYS, WEEKDAYS, hour
from tutoring.community.units import staff_queries
from tutoring.kernel import clock
from tutoring.kernel.errors import DomainError, NotFound
from tutoring.policy import community as policy
from tutoring.web.auth import require_user
from tutoring.web.form_actions import run_action
from tutoring.web.urls import parse_int

_REMOVED = "removed_duty"  # in the session: the turn that was just removed, for one undo


def _slot_form(rota: Rota) -> SlotForm:
    form = SlotForm()
    form.user_id.choices = [choice(str(user.id), user.full_name) for user in rota.people]
    return form


def _filled(rota: Rota, row: RotaRow, day: int | None) -> SlotForm:
    """Returns the form with the usual turn, on the chosen day or, for a whole row, on the working days still free."""
    starts, ends, place = rota.usual(row)
    days = [day] if day is not None else [one for one in WORKDAYS if not row.days[one]]
    form = SlotForm(
        formdata=None, user_id=str(row.person.id), days=[str(one) for one in days], starts=hour(starts),
        ends=hour(ends % (24 * 60)), place=place,
    )  # fmt: skip
    form.user_id.choices = [choice(str(row.person.id), row.person.full_name)]
    return form


def _page(unit_id: int, form: SlotForm | None = None, refusal: DomainError | None = None) -> Response:
    person = require_user()
    page, rota = staff_queries.unit_page(person, unit_id), rota_of(unit_id)
    may_set = policy.may_set_duty(page.held) and not page.unit.archived
    sent = request.form if form is not None else request.args
    row = rota.row_of(sent.get("who" if form is None else "user_id", type=parse_int)) if may_set else None
    day = request.args.get("day", type=parse_int)
    day = day if day in range(DAYS) else None
    if form is None:
        form = _filled(rota, row, day) if row is not None else SlotForm(formdata=None)
    return render_form(
        "community/duty/rota.html",
        form,
        refusal,
        page=page,
        tab="duty",
        rota=rota,
        row=row,
        day=day,
        weekdays=WEEKDAYS,
        short_days=SHORT_DAYS,
        has_centre=policy.may_have_centre(page.unit.kind),
        may_set=may_set,
        person=person,
        removed=_removed(rota, unit_id) if may_set else None,
        **duty_facts(page),
    )


@blueprint.get("/units/<int:unit_id>/duty")
def duty(unit_id: int) -> Response:
    return _page(unit_id)


def _back(unit_id: int, anchor: str | None = None) -> Response:
    return redirect(url_for("community.duty", unit_id=unit_id, _anchor=anchor))


@blueprint.post("/units/<int:unit_id>/duty")
def add_slot(unit_id: int) -> Response:
    staff_queries.unit_page(require_user(), unit_id)
    form = _slot_form(rota_of(unit_id))
    if not form.validate():
        return _page(unit_id, form)
    starts, ends = minutes(form.starts.data or "") or 0, minutes(form.ends.data or "") or 1440
    days, where = [int(day) for day in form.days.data or []], form.place.data or "online"
    try:
        made = duty_commands.add_slots(require_user(), unit_id, int(form.user_id.data), days, starts, ends, where)
    except DomainError as refusal:
        if weekday := refusal.params.get("day"):
            refusal.params["day"] = gettext(weekday)
        return _page(unit_id, form, refusal)
    flash(gettext("Đã thêm ca trực.") if len(made) == 1 else gettext("Đã thêm %(num)s ca trực.", num=len(made)), "ok")
    return _back(unit_id)


@blueprint.post("/units/<int:unit_id>/duty/copy")
def copy_slots(unit_id: int) -> Response:
    given, taken = (request.form.get(name, 0, type=parse_int) or 0 for name in ("from", "user_id"))
    staff_queries.unit_page(require_user(), unit_id)
    return run_action(
        lambda: duty_commands.copy_slots(require_user(), unit_id, given, taken), gettext("Đã chép các ca trực."),
        url_for("community.duty", unit_id=unit_id),
    )  # fmt: skip


@blueprint.post("/units/<int:unit_id>/duty/<int:slot_id>/remove")
def remove_slot(unit_id: int, slot_id: int) -> Response:
    slot = find_slot(slot_id)
    if slot is None or slot.unit_id != unit_id:
        raise NotFound
    told = [unit_id, slot.user_id, slot.weekday, slot.starts, slot.ends, slot.place]
    duty_commands.remove_slot(require_user(), slot_id)
    session[_REMOVED] = told
    return _back(unit_id, "removed")


def _removed(rota: Rota, unit_id: int) -> dict[str, Any] | None:
    """Returns the turn that was just removed here, with the form that puts it back; it is told once."""
    told = session.pop(_REMOVED, None)
    row = rota.row_of(told[1]) if told is not None and told[0] == unit_id else None
    if told is None or row is None:
        return None
    _unit, user_id, day, starts, ends, place = told
    return {
        "name": row.person.full_name, "day": WEEKDAYS[day], "starts": starts, "ends": ends,
        "fields": {"user_id": user_id, "days": day, "starts": hour(starts), "ends": hour(ends % (24 * 60)),
                   "place": place},
    }  # fmt: skip


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
            return render_form("community/duty/take_duty.html", form, refusal, unit=place)
        flash(gettext("Bạn đang trực. Phòng mới mở sẽ hiện trên trang Phòng đang mở."), "ok")
        return redirect(url_for("community.unit", unit_id=unit_id))
    return render_form("community/duty/take_duty.html", form, unit=place)


@blueprint.post("/units/<int:unit_id>/shifts/<int:shift_id>/end")
def end_duty(unit_id: int, shift_id: int) -> Response:
    duty_commands.end_duty(require_user(), shift_id)
    flash(gettext("Bạn đã hết trực."), "ok")
    return redirect(url_for("community.unit", unit_id=unit_id))
