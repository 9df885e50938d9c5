"""Pages of loans: a family's devices, one loan, the ward's list, returning, writing off."""

from datetime import date
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import format_date, get_locale, gettext
from werkzeug.wrappers import Response

from tutoring.accounts.sign_ins.flow import render_form
from tutoring.devices.blueprint import blueprint
from tutoring.devices.labels import (
    ACCESSORY_WORDS,
    CONDITION_WORDS,
    FILTER_WORDS,
    KIND_WORDS,
    LOAN_KINDS,
    LOAN_WORDS,
    LOSS_WORDS,
    NO_RENEWAL_WORDS,
)
from tutoring.devices.loans import commands as loans_commands
from tutoring.devices.loans import queries
from tutoring.devices.loans.forms import ReportLossForm, TakeBackForm, WriteOffForm, fill_condition
from tutoring.devices.loans.models import DeviceLoan
from tutoring.devices.thanks.queries import standing
from tutoring.kernel import clock
from tutoring.kernel.errors import Conflict, DomainError, Forbidden, NotFound
from tutoring.kernel.text import N_
from tutoring.lessons.catalogue.queries import titles
from tutoring.policy.devices import loans as policy
from tutoring.policy.devices.loans import LoanFacts
from tutoring.web.auth import require_user
from tutoring.web.form_actions import run_action
from tutoring.web.forms import parse_day
from tutoring.web.tables import table as tables

CARE = "nhan-may-tang-may-muon"  # slug of the lesson about taking care of such a device
_OTHERS = N_("Việc này cần người khác làm: không ai tự quyết về máy mà nhà mình mượn.")


def day_said(day: date) -> str:
    """Formats a date in full, with the weekday."""
    return str(format_date(day, "full"))


def loan_facts() -> dict[str, Any]:
    """Returns the template variables that every page of loans shares."""
    return {
        "kind_words": KIND_WORDS, "loan_words": LOAN_WORDS, "loan_kinds": LOAN_KINDS, "told_words": LOSS_WORDS,
        "condition_words": CONDITION_WORDS, "accessory_words": ACCESSORY_WORDS, "no_renewal_words": NO_RENEWAL_WORDS,
        "today": clock.today(), "day_said": day_said, "why_no_renewal": _why_no_renewal,
    }  # fmt: skip


def _why_no_renewal(row: DeviceLoan) -> str:
    asked = row.renewal_asked_at is not None
    return policy.why_no_renewal(row.due_on, clock.today(), row.renewals, asked, row.device.lend_until)


def _care() -> tuple[str, str] | None:
    found = titles([CARE], str(get_locale()))
    return (CARE, found[CARE]) if CARE in found else None


# ---- the family -----------------------------------------------------------------------------------------------


@blueprint.get("/devices/loans")
def loans() -> str:
    person = require_user()
    lent, given = queries.loans_of(person), queries.gifts_of(person)
    thanked = standing([*(row.need_id for row in lent), *(row.need_id for row in given)], "family")
    return render_template(
        "devices/loans/loans.html", person=person, loans=lent, gifts=given, coming=queries.coming_for(person.id),
        thanked=thanked, care=_care(), decides=not person.is_minor, **loan_facts(),
    )  # fmt: skip


@blueprint.get("/device-loans/<int:loan_id>")
def loan(loan_id: int) -> Response:
    return _loan_page(loan_id, ReportLossForm())


def _loan_page(loan_id: int, form: ReportLossForm, refusal: DomainError | None = None) -> Response:
    row, known = queries.seen_loan(require_user(), loan_id)
    handover = queries.handover(row.handover_id)
    return render_form(
        "devices/loans/loan.html",
        form,
        refusal,
        row=row,
        known=known,
        may=policy,
        handover=handover,
        care=_care(),
        missing=loans_commands.missing_of(handover.accessories, row.accessories_back)
        if row.state == "returned"
        else [],
        last=policy.last_renewed(row.due_on, clock.today(), row.device.lend_until),
        thanked=standing([row.need_id], "family").get(row.need_id),
        closed=row.receiver.erased_at is not None,
        **loan_facts(),
    )


@blueprint.post("/device-loans/<int:loan_id>/renewal")
def ask_renewal(loan_id: int) -> Response:
    words = gettext("Đã gửi yêu cầu mượn thêm. Phường trả lời thì gia đình được báo.")
    return _acted(loan_id, lambda: loans_commands.ask_renewal(require_user(), loan_id), words)


@blueprint.post("/device-loans/<int:loan_id>/told")
def tell_loss(loan_id: int) -> Response:
    _row, known = queries.seen_loan(require_user(), loan_id)
    if not policy.may_speak_for_loan(known):
        raise NotFound
    form = ReportLossForm()
    if not form.validate():
        return _loan_page(loan_id, form)
    words = gettext("Đã báo phường. Cảm ơn gia đình đã nói thật; không ai phải đóng tiền.")
    return _acted(loan_id, lambda: loans_commands.report_loss(require_user(), loan_id, form.told.data), words)


def _acted(loan_id: int, act: Any, words: str) -> Response:
    return run_action(act, words, url_for("devices.loan", loan_id=loan_id))


# ---- staff ----------------------------------------------------------------------------------------------------


@blueprint.get("/units/<int:unit_id>/device-loans")
def unit_loans(unit_id: int) -> Response | str:
    place = queries.for_staff(require_user(), unit_id)
    wanted = tables.wanted(queries.LOAN_ORDERS, "due", show=FILTER_WORDS)
    shows = {"" if one == "open" else one: gettext(said) for one, said in FILTER_WORDS.items()}
    filters = [tables.Filter("show", gettext("Lọc"), shows)]
    table = tables.Table(COLUMNS, queries.LOAN_ORDERS, wanted, queries.loans_in(unit_id, wanted), filters)
    if tables.asks_for_file():
        return table.file("may-cho-muon")
    return render_template("devices/loans/unit_loans.html", unit=place, table=table, **loan_facts())


COLUMNS = (
    tables.Column("code", N_("Mã máy"), lambda row: row.device.code),
    tables.Column("kind", N_("Loại"), lambda row: gettext(KIND_WORDS[row.device.kind])),
    tables.Column("who", N_("Người nhận"), lambda row: row.receiver.full_name),
    tables.Column("since", N_("Từ ngày"), lambda row: f"{row.from_on:%d/%m/%Y}"),
    tables.Column("due", N_("Hẹn trả"), lambda row: f"{row.due_on:%d/%m/%Y}"),
    tables.Column("state", N_("Tình trạng"), lambda row: gettext(LOAN_WORDS[row.state])),
)


@blueprint.post("/device-loans/<int:loan_id>/answer")
def answer_renewal(loan_id: int) -> Response:
    yes = request.form.get("yes") == "1"

    def act() -> None:
        day = parse_day(request.form.get("due_on"), "due_on") if yes and request.form.get("due_on") else None
        loans_commands.answer_renewal(require_user(), loan_id, yes, day)

    return _acted(loan_id, act, gettext("Đã trả lời. Gia đình được báo."))


def _for_staff(loan_id: int) -> tuple[DeviceLoan, LoanFacts]:
    row, known = queries.seen_loan(require_user(), loan_id)
    if not known.staff:
        raise NotFound
    if not policy.may_end_loan(known):
        raise Forbidden(_OTHERS)
    if row.state != "open":
        raise Conflict(N_("Lần mượn này đã xong. Hãy xem lại trang."))
    return row, known


@blueprint.route("/device-loans/<int:loan_id>/take-back", methods=["GET", "POST"])
def take_back(loan_id: int) -> Response:
    row, _known = _for_staff(loan_id)
    handed = list(queries.handover(row.handover_id).accessories)
    form, refusal = TakeBackForm(), None
    fill_condition(form)
    if not form.is_submitted():
        form.accessories.data = []
    elif form.validate():
        try:
            there = bool(form.there.data)
            loans_commands.record_return(
                require_user(), loan_id, form.condition.data, list(form.accessories.data or []), there
            )
            flash(gettext("Đã nhận lại máy. Máy đang ở kho, chờ kiểm tra và xoá dữ liệu."), "ok")
            return redirect(url_for("devices.loan", loan_id=loan_id))
        except NotFound:
            raise
        except DomainError as caught:
            refusal = caught
    return render_form(
        "devices/loans/take_back.html", form, refusal, row=queries.loan(loan_id), handed=handed, **loan_facts()
    )


@blueprint.route("/device-loans/<int:loan_id>/write-off", methods=["GET", "POST"])
def write_off(loan_id: int) -> Response:
    _for_staff(loan_id)
    form, refusal = WriteOffForm(), None
    if form.validate_on_submit():
        try:
            loans_commands.write_off(require_user(), loan_id, form.reason.data or "")
            flash(gettext("Đã ghi máy là mất. Gia đình được báo là không phải đóng tiền."), "ok")
            return redirect(url_for("devices.loan", loan_id=loan_id))
        except NotFound:
            raise
        except DomainError as caught:
            refusal = caught
    return render_form("devices/loans/write_off.html", form, refusal, row=queries.loan(loan_id), **loan_facts())


@blueprint.post("/device-loans/<int:loan_id>/found")
def found_again(loan_id: int) -> Response:
    row, known = queries.seen_loan(require_user(), loan_id)
    if not known.staff:
        raise NotFound
    words = gettext("Đã ghi là tìm thấy. Máy đang ở kho, chờ kiểm tra và xoá dữ liệu.")
    return _acted(loan_id, lambda: loans_commands.found_again(require_user(), row.device_id), words)
