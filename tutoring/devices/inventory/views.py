"""Pages of a ward's store: its devices, one device, and the moves staff make by hand.

Also serves the starter page of a device, to which its label leads. It is the same for all visitors.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import force_locale, get_locale, gettext
from werkzeug.wrappers import Response

from tutoring.accounts.models import User
from tutoring.accounts.sign_ins.flow import absolute_url, render_form, svg
from tutoring.accounts.validators import choice
from tutoring.community.papers.response import PDF, WORD, paper_file
from tutoring.devices import labels as words
from tutoring.devices.blueprint import blueprint
from tutoring.devices.inventory import commands, queries, wipe_paper
from tutoring.devices.inventory.forms import NoteForm, ReasonForm, ReceiveForm, WipeForm
from tutoring.devices.inventory.queries import find_label
from tutoring.devices.inventory.wipe_checks import CHECKS, METHODS
from tutoring.devices.loans.queries import last_loan_id
from tutoring.devices.models import Device
from tutoring.kernel import clock, paging, rate_limits
from tutoring.kernel.errors import Conflict, DomainError, NotFound
from tutoring.kernel.text import N_
from tutoring.lessons.catalogue import queries as catalogue_queries
from tutoring.policy.devices import inventory as policy
from tutoring.web import i18n
from tutoring.web.auth import require_user
from tutoring.web.tables import table as tables
from tutoring.web.urls import parse_int
from tutoring.web.visitor_cache import cached_for_visitors


@blueprint.get("/units/<int:unit_id>/devices")
def store(unit_id: int) -> Response | str:
    ward = queries.store(require_user(), unit_id)
    waiting = queries.waiting_count(unit_id)
    if request.args.get("state") == "offered":
        offers = queries.waiting_offers(unit_id, request.args.get("before", type=parse_int))
        return render_template(
            "devices/inventory/offers.html", unit=ward, waiting=waiting, page=offers, words=words,
        )  # fmt: skip
    wanted = tables.wanted(queries.ORDERS, "-since", state=policy.STATES, kind=policy.KINDS)
    if wanted.words and not tables.asks_for_file():
        found = queries.with_number(unit_id, wanted.words)
        if found is not None:
            return redirect(url_for("devices.device", device_id=found.id))
    counts = queries.counts(unit_id)
    state = tables.Filter(
        "state", gettext("Tình trạng"),
        {"": gettext("Tất cả"), **{one: gettext(words.STATE_WORDS[one]) for one in counts}},
        {"": sum(counts.values()), **counts},
    )  # fmt: skip
    table = tables.Table(COLUMNS, queries.ORDERS, wanted, queries.in_store(unit_id, wanted), [state])
    if tables.asks_for_file():
        return table.file("kho-may")
    return render_template(
        "devices/inventory/store.html", unit=ward, waiting=waiting, table=table, words=words,
        stored=sum(counts.values()), offers=queries.waiting_offers(unit_id, most=OFFERS_SHOWN) if waiting else None,
    )  # fmt: skip


OFFERS_SHOWN = 3  # above the machines; the others are one page further
COLUMNS = (
    tables.Column("code", N_("Mã máy"), lambda row: row.code),
    tables.Column("model", N_("Hãng và đời máy"), lambda row: row.model),
    tables.Column("kind", N_("Loại"), lambda row: gettext(words.KIND_WORDS[row.kind])),
    tables.Column("state", N_("Tình trạng"), lambda row: gettext(words.STATE_WORDS[row.state])),
    tables.Column("since", N_("Từ ngày"), lambda row: f"{clock.local(row.state_since):%d/%m/%Y}"),
    tables.Column("until", N_("Hẹn gửi lại"), lambda row: f"{row.lend_until:%d/%m/%Y}" if row.lend_until else ""),
)


# ---- one device -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Act:
    """A move that staff make by hand, with an optional or required note."""

    run: Callable[[User, int, str, bool], Any]
    states: frozenset[str]
    to: str
    needs_reason: bool = False


ACTS = {
    "repair": Act(lambda who, one, why, _yes: commands.send_to_repair(who, one, why), frozenset({"stored"}),
                  "repair", True),
    "repaired": Act(lambda who, one, why, _yes: commands.take_from_repair(who, one, why), frozenset({"repair"}),
                    "stored"),
    "again": Act(lambda who, one, why, _yes: commands.recheck_device(who, one, why), frozenset({"ready"}), "stored"),
    "away": Act(lambda who, one, why, _yes: commands.turn_away(who, one, why), frozenset({"expected"}), "declined",
                True),
    "back": Act(lambda who, one, why, _yes: commands.send_back(who, one, why), frozenset({"stored", "ready"}),
                "sent_back"),
    "scrap": Act(commands.scrap_device, frozenset({"stored", "repair"}), "scrapped", True),
}  # fmt: skip


def _parties(device: Device) -> policy.MoveParties:
    return policy.MoveParties(held=policy.STOCK, is_donor=device.offer.donor_id == require_user().id)


def _allowed(device: Device) -> list[str]:
    """Returns the acts that the viewer may do with this device now."""
    if device.terms == "gift":
        fit = [name for name in ACTS if name != "back"]
    else:
        fit = list(ACTS)
    who = _parties(device)
    return [
        name for name in fit
        if device.state in ACTS[name].states and policy.may_move(device.state, ACTS[name].to, who)
    ]  # fmt: skip


@blueprint.get("/devices/<int:device_id>")
def device(device_id: int) -> str:
    row = queries.seen(require_user(), device_id)
    return render_template(
        "devices/inventory/device.html", row=row, steps=queries.steps(row.id), wipe=queries.last_wipe(row.id),
        earlier=queries.list_retired_duplicates(row), acts=_allowed(row), loan_id=last_loan_id(row.id),
        may_wipe=row.state == "stored" and policy.may_move("stored", "ready", _parties(row)), words=words,
    )  # fmt: skip


@blueprint.route("/devices/<int:device_id>/receive", methods=["GET", "POST"])
def receive(device_id: int) -> Response:
    row, form, refusal = queries.seen(require_user(), device_id), ReceiveForm(), None
    if form.validate_on_submit():
        try:
            commands.receive_device(
                require_user(), device_id, form.model.data or "", form.serial.data or "", form.imei.data or "",
                form.accessories.data or (),
            )  # fmt: skip
            flash(gettext("Đã nhận máy vào kho. Hãy in nhãn dán lên máy, rồi xoá dữ liệu."), "ok")
            return redirect(url_for("devices.device", device_id=device_id))
        except NotFound:
            raise
        except DomainError as caught:
            refusal = caught
            if caught.code == "private" and caught.field in ("serial", "imei"):
                form[caught.field].data = ""  # an identity number must not be stored, so it is not echoed back either
    if refusal is None and row.state != "expected":
        raise Conflict
    return render_form("devices/inventory/receive.html", form, refusal, row=row, words=words)


@blueprint.route("/devices/<int:device_id>/wipe", methods=["GET", "POST"])
def wipe(device_id: int) -> Response:
    row, form, refusal = queries.seen(require_user(), device_id), WipeForm(), None
    form.checks.choices = [choice(one, gettext(words.CHECK_WORDS[one])) for one in CHECKS[row.kind]]
    form.method.choices = [choice(one, gettext(words.METHOD_WORDS[one])) for one in METHODS[row.kind]]
    if form.validate_on_submit():
        try:
            commands.record_wipe(
                require_user(), device_id, form.method.data, form.checks.data or (), form.reason.data or ""
            )
            flash(gettext("Đã ghi biên bản xoá dữ liệu. Máy sẵn sàng."), "ok")
            return redirect(url_for("devices.device", device_id=device_id))
        except NotFound:
            raise
        except DomainError as caught:
            refusal = caught
    if refusal is None and row.state != "stored":
        raise Conflict
    return render_form("devices/inventory/wipe.html", form, refusal, row=row, words=words, own=_parties(row).is_donor)


@blueprint.route("/devices/<int:device_id>/do/<act>", methods=["GET", "POST"])
def act(device_id: int, act: str) -> Response:
    """Handles one of the moves that staff make by hand: its explanation, a note, the button."""
    row, known = queries.seen(require_user(), device_id), ACTS.get(act)
    if known is None:
        raise NotFound
    form, refusal = (ReasonForm() if known.needs_reason else NoteForm()), None
    if known.needs_reason and not (act == "scrap" and row.terms == "loan"):
        del form.agrees
    if form.validate_on_submit():
        try:
            known.run(require_user(), device_id, form.reason.data or "", bool(form.data.get("agrees")))
            flash(gettext("Đã ghi vào sổ của máy."), "ok")
            return redirect(url_for("devices.device", device_id=device_id))
        except NotFound:
            raise
        except DomainError as caught:
            refusal = caught
    if refusal is None and act not in _allowed(row):
        raise Conflict
    return render_form("devices/inventory/act.html", form, refusal, row=row, act=act, words=words)


# ---- printing -------------------------------------------------------------------------------------------------


@blueprint.get("/devices/<int:device_id>/label")
def label(device_id: int) -> str:
    row = queries.seen(require_user(), device_id)
    here = absolute_url(url_for("devices.start", code=row.code))
    return render_template("devices/inventory/label.html", row=row, here=here, code=svg(here), words=words)


@blueprint.get("/units/<int:unit_id>/devices/labels")
def labels(unit_id: int) -> str:
    ward = queries.store(require_user(), unit_id)
    ids = request.args.getlist("device", type=parse_int)[: paging.ROWS]
    made = [(row, absolute_url(url_for("devices.start", code=row.code))) for row in queries.labelled(ward.id, ids)]
    return render_template(
        "devices/inventory/labels.html", unit=ward, made=[(row, here, svg(here)) for row, here in made],
    )  # fmt: skip


@blueprint.get("/devices/<int:device_id>/wipe-record")
def certificate(device_id: int) -> str:
    row, found = queries.seen(require_user(), device_id), queries.last_wipe(device_id)
    if found is None:
        raise Conflict
    record, who = found
    here = clock.local(record.at)
    at = f"{here:%H:%M}, {i18n.day(here)}"
    return render_template("devices/inventory/certificate.html", row=row, wipe=record, who=who, at=at, words=words)


@blueprint.get("/devices/<int:device_id>/wipe-record.pdf", defaults=PDF)
@blueprint.get("/devices/<int:device_id>/wipe-record.docx", defaults=WORD)
def certificate_file(device_id: int, ending: str) -> Response:
    rate_limits.hit("paper", require_user().id)  # drawing one PDF takes some tenths of a second of CPU time
    row, found = queries.seen(require_user(), device_id), queries.last_wipe(device_id)
    if found is None:
        raise Conflict
    with force_locale("vi"):  # the ward files it: always Vietnamese
        return paper_file(wipe_paper.build_paper(row, *found), ending, wipe_paper.filename(row))


STARTER_PATH = "lam-quen-thiet-bi"
CARE = "nhan-may-tang-may-muon"  # slug of the lesson about taking care of a device


@blueprint.get("/d/<code>")
@cached_for_visitors
def start(code: str) -> str:
    found = find_label(code)
    if found is None:
        raise NotFound
    try:
        path = catalogue_queries.path(STARTER_PATH, str(get_locale()))
    except NotFound:  # a site without these lessons still shows whose device it is
        path = None
    heads = path.lessons if path is not None else []
    care = next((one for one in heads if one.slug == CARE), None)
    return render_template(
        "devices/inventory/start.html", label=found.code, ward=found.unit, path=path, care=care,
        lessons=[one for one in heads if one.slug != CARE],
    )  # fmt: skip
