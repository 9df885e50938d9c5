"""Staff pages: the needs of a unit in order, a single need, and the two decisions about it."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from tutoring.accounts.reader_names import shown_to_reader
from tutoring.accounts.sign_ins.flow import render_form
from tutoring.accounts.validators import choice
from tutoring.devices.allocation import commands as allocation_commands
from tutoring.devices.allocation.need_page import need_labels
from tutoring.devices.blueprint import blueprint
from tutoring.devices.labels import (
    DEVICE_TERMS_WORDS,
    NEED_TAB_WORDS,
    WANTS_WORDS,
)
from tutoring.devices.models import Device
from tutoring.devices.needs import commands as needs_commands
from tutoring.devices.needs import queries
from tutoring.devices.needs.commands import CHANGED
from tutoring.devices.needs.duplicate_checks import duplicates, own
from tutoring.devices.needs.forms import ConfirmNeedForm, ProposeDeviceForm, ProposeVouchersForm, RefuseNeedForm
from tutoring.devices.needs.models import DeviceNeed
from tutoring.devices.vouchers.models import InternetBatch
from tutoring.kernel import clock
from tutoring.kernel.errors import Conflict, DomainError, NotFound
from tutoring.policy.devices import needs as policy
from tutoring.web.auth import require_user
from tutoring.web.form_actions import run_action
from tutoring.web.forms import parse_day
from tutoring.web.urls import parse_int

_STATE_OF_TAB = {"line": "confirmed", "second": "proposed"}


def _kind_to_show(asked: str, tab: str, counts: Mapping[tuple[str, str], int]) -> str:
    """Returns the requested kind, else the first kind that has a need in this tab.

    Otherwise a tab link with a count could lead to an empty list.
    """
    if asked in policy.NEED_KINDS:
        return asked
    state = _STATE_OF_TAB.get(tab, tab)
    return next((kind for kind in policy.NEED_KINDS if counts.get((kind, state))), "device")


@blueprint.get("/units/<int:unit_id>/needs")
def unit_needs(unit_id: int) -> str:
    viewer = require_user()
    place, decides = queries.unit_for_staff(viewer, unit_id)
    counts, tab = queries.counts(place), request.args.get("tab", "line")
    tab = tab if tab in NEED_TAB_WORDS else "line"
    kind = _kind_to_show(request.args.get("kind", ""), tab, counts)
    beyond = request.args.get("after", type=parse_int)
    if tab == "line":
        page = queries.list_waiting_page(place, kind, beyond or 0)
        rows, more, last = page.items, page.more, page.items[-1][0] if page.items else 0
    else:
        found = queries.in_state(place, tab, kind, beyond)
        rows, more = [(0, row) for row in found.items], found.more
        last = found.items[-1].id if found.items else 0
    ward_id = place.ward_id or place.id
    return render_template(
        "devices/allocation/unit_needs.html", unit=place, decides=decides, tab=tab, tabs=NEED_TAB_WORDS, kind=kind,
        rows=rows,
        more=more, last=last, counts=counts, viewer=viewer,
        own=queries.relatives(viewer.id) if decides else set(),
        alone=decides and queries.deciders(ward_id) < 2, runs_store=decides and place.kind == "ward",
        left=queries.list_ended_needs_with_device(ward_id) if decides and place.kind == "ward" else [], **need_labels(),
    )  # fmt: skip


def _to_work(need_id: int, may: Callable[[policy.NeedFacts], bool]) -> tuple[DeviceNeed, policy.NeedFacts]:
    row, known = queries.seen(require_user(), need_id)
    if not (policy.knows_family if may is policy.may_confirm else policy.decides)(known):
        raise NotFound
    if not may(known):
        raise Conflict(CHANGED)
    return row, known


@blueprint.route("/devices/needs/<int:need_id>/confirm", methods=["GET", "POST"])
def confirm_need(need_id: int) -> Response:
    row, _known = _to_work(need_id, policy.may_confirm)
    form, refusal = ConfirmNeedForm(), None
    if form.validate_on_submit():
        try:
            needs_commands.confirm_need(
                require_user(), need_id, form.basis.data, parse_day(form.valid_until.data, "valid_until")
            )
            flash(gettext("Đã xác nhận. Gia đình được báo; căn cứ chỉ người quyết định đọc được."), "ok")
            return redirect(url_for("devices.need", need_id=need_id))
        except NotFound:
            raise
        except DomainError as caught:
            refusal, row = caught, queries.need(need_id)
    elif not form.is_submitted():
        form.valid_until.data = (clock.today() + timedelta(days=365)).isoformat()
    return render_form("devices/allocation/need_confirm.html", form, refusal, row=row, **need_labels())


@blueprint.route("/devices/needs/<int:need_id>/propose", methods=["GET", "POST"])
def propose_device(need_id: int) -> Response:
    row, _known = _to_work(need_id, policy.may_propose)
    form, refusal = ProposeDeviceForm(), None
    devices, found = queries.fitting(row), duplicates(row)
    form.device.choices = [_choice(one) for one in devices]
    if not found:
        del form.although
    if form.validate_on_submit():
        try:
            although = form.although.data or "" if "although" in form else ""
            allocation_commands.propose_device(
                require_user(), need_id, int(form.device.data), bool(form.as_gift.data), although
            )
            flash(gettext("Đã đề xuất. Một người khác của phường sẽ duyệt."), "ok")
            return redirect(url_for("devices.need", need_id=need_id))
        except NotFound:
            raise
        except DomainError as caught:
            refusal, row = caught, queries.need(need_id)
    return render_form(
        "devices/allocation/need_propose.html", form, refusal, row=row, devices=devices, found=found, own=own(found),
        **need_labels(),
    )  # fmt: skip


def _choice(device: Device) -> Any:
    hint = gettext("%(code)s, %(terms)s", code=device.code, terms=gettext(DEVICE_TERMS_WORDS[device.terms]))
    label = (
        f"{gettext(WANTS_WORDS[device.kind])}: {device.model}" if device.model else gettext(WANTS_WORDS[device.kind])
    )
    return choice(str(device.id), label, hint)


@blueprint.route("/units/<int:unit_id>/needs/vouchers", methods=["GET", "POST"])
def propose_vouchers(unit_id: int) -> Response:
    place, decides = queries.unit_for_staff(require_user(), unit_id)
    if not decides or place.kind != "ward":
        raise NotFound
    form, refusal = ProposeVouchersForm(), None
    line, batches = queries.list_waiting_page(place, "internet").items, queries.batches(unit_id)
    form.batch.choices = [_batch(one, left) for one, left in batches]
    form.needs.choices = [_family(number, row) for number, row in line]
    if form.validate_on_submit():
        try:
            chosen = [int(one) for one in form.needs.data or []]
            allocation_commands.propose_vouchers(require_user(), int(form.batch.data), chosen, form.although.data or "")
            flash(gettext("Đã đề xuất. Một người khác của phường sẽ duyệt từng nhà."), "ok")
            return redirect(url_for("devices.unit_needs", unit_id=unit_id, tab="second", kind="internet"))
        except NotFound:
            raise
        except DomainError as caught:
            refusal = caught
    return render_form(
        "devices/allocation/need_vouchers.html", form, refusal, unit=place, line=line, batches=batches, **need_labels()
    )  # fmt: skip


def _batch(batch: InternetBatch, left: int) -> Any:
    words = gettext("%(sponsor)s: %(gb)s GB, %(days)s ngày", sponsor=batch.sponsor, gb=batch.gigabytes, days=batch.days)
    return choice(str(batch.id), words, gettext("còn %(num)s gói", num=left))


def _family(number: int, row: DeviceNeed) -> Any:
    return choice(str(row.id), f"{number}. {shown_to_reader(row.person)}", row.unit.name)


@blueprint.post("/devices/needs/<int:need_id>/approve")
def approve_need(need_id: int) -> Response:
    words = gettext("Đã duyệt. Gia đình được báo.")
    return _done(need_id, lambda: allocation_commands.approve_need(require_user(), need_id), words)


@blueprint.post("/devices/needs/<int:need_id>/again")
def give_again(need_id: int) -> Response:
    return _done(
        need_id,
        lambda: allocation_commands.give_again(require_user(), need_id),
        gettext("Đã gửi gói khác. Gia đình được báo."),
    )


@blueprint.post("/devices/needs/<int:need_id>/put-back")
def put_back_need(need_id: int) -> Response:
    words = gettext("Đã trả lại. Máy sẵn sàng cho gia đình khác; đăng ký này về lại hàng chờ nếu còn cần.")
    return _done(need_id, lambda: allocation_commands.return_need_to_queue(require_user(), need_id), words)


def _done(need_id: int, act: Callable[[], object], words: str) -> Response:
    return run_action(act, words, url_for("devices.need", need_id=need_id))


@blueprint.route("/devices/needs/<int:need_id>/refuse", methods=["GET", "POST"])
def refuse_need(need_id: int) -> Response:
    row, _known = _to_work(need_id, policy.may_refuse)
    form, refusal = RefuseNeedForm(), None
    if form.validate_on_submit():
        try:
            allocation_commands.refuse_need(require_user(), need_id, form.reason.data or "")
            flash(gettext("Đã trả lời gia đình."), "ok")
            return redirect(url_for("devices.need", need_id=need_id))
        except NotFound:
            raise
        except DomainError as caught:
            refusal, row = caught, queries.need(need_id)
    return render_form("devices/allocation/need_refuse.html", form, refusal, row=row, **need_labels())
