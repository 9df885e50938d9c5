"""Pages of handovers: public places, the ward's list, planning, handing over, and the records."""

from datetime import UTC, datetime, time, timedelta
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import force_locale, gettext
from werkzeug.wrappers import Response

from tutoring.accounts.sign_ins.flow import absolute_url, client_address, render_form
from tutoring.accounts.validators import choice, minutes
from tutoring.community.papers.response import PDF, WORD, paper_file
from tutoring.devices.blueprint import blueprint
from tutoring.devices.handovers import commands as handovers_commands
from tutoring.devices.handovers import record, record_paper
from tutoring.devices.handovers.record import HandoverRecord
from tutoring.devices.labels import (
    ACCESSORY_WORDS,
    CONDITION_WORDS,
    HANDOVER_KINDS,
    HANDOVER_TABS,
    HANDOVER_WORDS,
    KIND_WORDS,
)
from tutoring.devices.loans import queries
from tutoring.devices.loans.forms import HandOverForm, PlanHandoverForm, PointForm, fill_condition
from tutoring.devices.loans.models import Handover
from tutoring.kernel import clock, rate_limits
from tutoring.kernel.errors import Conflict, DomainError, Forbidden, NotFound
from tutoring.kernel.text import N_
from tutoring.policy.devices import loans as policy
from tutoring.web.auth import require_user
from tutoring.web.form_actions import run_action
from tutoring.web.forms import parse_day
from tutoring.web.urls import parse_int


def handover_facts() -> dict[str, Any]:
    """Returns the template variables that every page of handovers shares."""
    return {
        "kind_words": KIND_WORDS, "state_words": HANDOVER_WORDS, "state_kinds": HANDOVER_KINDS,
        "condition_words": CONDITION_WORDS, "accessory_words": ACCESSORY_WORDS,
    }  # fmt: skip


# ---- handover points ------------------------------------------------------------------------------------------


@blueprint.route("/units/<int:unit_id>/handover-points", methods=["GET", "POST"])
def points(unit_id: int) -> Response:
    place = queries.for_staff(require_user(), unit_id)
    form, refusal = PointForm(), None
    if form.validate_on_submit():
        try:
            handovers_commands.add_point(
                require_user(), unit_id, form.name.data or "", form.address.data or "", bool(form.public.data)
            )
            flash(gettext("Đã thêm nơi bàn giao."), "ok")
            return redirect(url_for("devices.points", unit_id=unit_id))
        except NotFound:
            raise
        except DomainError as caught:
            refusal = caught
    found = queries.points(unit_id, closed=True)
    return render_form("devices/handovers/points.html", form, refusal, unit=place, points=found)


@blueprint.post("/handover-points/<int:point_id>/close")
def close_point(point_id: int) -> Response:
    unit_id = handovers_commands.close_point(require_user(), point_id)
    flash(gettext("Đã đóng nơi này. Buổi đã hẹn ở đó vẫn giữ."), "ok")
    return redirect(url_for("devices.points", unit_id=unit_id))


# ---- a ward's list --------------------------------------------------------------------------------------------


@blueprint.get("/units/<int:unit_id>/device-handovers")
def unit_handovers(unit_id: int) -> str:
    place = queries.for_staff(require_user(), unit_id)
    tab = request.args.get("tab", "waiting")
    tab = tab if tab in HANDOVER_TABS else "waiting"
    facts: dict[str, Any] = {"page": None, "needs": None}
    if tab == "waiting":
        facts["needs"] = queries.waiting_needs(unit_id, request.args.get("after", 0, type=parse_int) or 0)
    else:
        facts["page"] = queries.handovers_in(unit_id, tab, request.args.get("before", type=parse_int))
    return render_template(
        "devices/handovers/unit_handovers.html", unit=place, tab=tab, tabs=HANDOVER_TABS, **facts, **handover_facts()
    )


@blueprint.route("/device-needs/<int:need_id>/handover", methods=["GET", "POST"])
def plan_handover(need_id: int) -> Response:
    need, device = queries.need_to_plan(require_user(), need_id)
    if not policy.may_hand_over(queries.loan_policy_facts(require_user(), device, need, need.receiver_id)):
        raise Forbidden(N_("Việc này cần người khác làm: không ai bàn giao máy cho nhà mình, hoặc máy do mình tặng."))
    form, refusal = PlanHandoverForm(), None
    places = queries.points(device.unit_id)
    form.point.choices = [choice(str(one.id), f"{one.name}, {one.address}") for one in places]
    planned = queries.planned_for(need_id)
    here = clock.local(planned.at) if planned is not None else None
    form.begin(
        point=planned.point_id if planned is not None else None, day=here.date().isoformat() if here else "",
        time=f"{here:%H:%M}" if here else "",
    )  # fmt: skip
    if form.is_submitted() and places and form.validate():
        try:
            row = handovers_commands.plan_handover(require_user(), need_id, form.point.data, _when(form))
            flash(gettext("Đã hẹn. Gia đình được báo ngay."), "ok")
            return redirect(url_for("devices.handover", handover_id=row.id))
        except NotFound:
            raise
        except DomainError as caught:
            refusal = caught
    today = clock.today()
    need, device = queries.need_to_plan(require_user(), need_id)
    return render_form(
        "devices/handovers/plan_handover.html", form, refusal, need=need, device=device, places=places, planned=planned,
        today=today, last=today + policy.FARTHEST, **handover_facts(),
    )  # fmt: skip


def _when(form: PlanHandoverForm) -> datetime:
    midnight = datetime.combine(parse_day(form.day.data, "day"), time(0), clock.LOCAL)
    return (midnight + timedelta(minutes=minutes(form.time.data or "") or 0)).astimezone(UTC)


# ---- one handover ---------------------------------------------------------------------------------------------


@blueprint.get("/device-handovers/<int:handover_id>")
def handover(handover_id: int) -> str:
    row, known = queries.seen_handover(require_user(), handover_id)
    return render_template(
        "devices/handovers/handover.html", row=row, known=known, may=policy, now=clock.now(),
        number=queries.number_of(row) if known.is_receiver else None, loan=queries.loan_of_handover(row.id),
        **handover_facts(),
    )  # fmt: skip


@blueprint.post("/device-handovers/<int:handover_id>/call-off")
def call_off_handover(handover_id: int) -> Response:
    words = gettext("Đã huỷ buổi hẹn. Máy vẫn để dành; phường hẹn ngày khác.")
    return _acted(handover_id, lambda: handovers_commands.call_off_handover(require_user(), handover_id), words)


@blueprint.post("/device-handovers/<int:handover_id>/missed")
def miss_handover(handover_id: int) -> Response:
    words = gettext("Đã ghi là chưa gặp được. Bạn hẹn lại được ngay.")
    return _acted(handover_id, lambda: handovers_commands.miss_handover(require_user(), handover_id), words)


def _acted(handover_id: int, act: Any, words: str) -> Response:
    return run_action(act, words, url_for("devices.handover", handover_id=handover_id))


# ---- handing over ---------------------------------------------------------------------------------------------


@blueprint.route("/device-handovers/<int:handover_id>/hand-over", methods=["GET", "POST"])
def hand_over(handover_id: int) -> Response:
    row = _at_table(handover_id)
    gift = row.need.as_gift and row.device.terms == "gift"
    form, refusal = HandOverForm(), None
    fill_condition(form)
    if gift:
        del form.due_on
    if not form.is_submitted():
        form.accessories.data = list(row.device.accessories)
        if not gift:
            form.due_on.data = policy.usual_due(clock.today(), row.device.lend_until).isoformat()
    elif form.validate():
        try:
            handovers_commands.hand_over(require_user(), handover_id, _told(form), client_address())
            flash(gettext("Đã bàn giao. Biên bản có số rồi, bạn in được."), "ok")
            return redirect(url_for("devices.handover", handover_id=handover_id))
        except NotFound:
            raise
        except DomainError as caught:
            refusal = caught
    row = queries.handover(handover_id)
    today = clock.today()
    return render_form(
        "devices/handovers/hand_over.html", form, refusal, row=row, gift=gift, today=today,
        last=policy.last_due(today, row.device.lend_until), **handover_facts(),
    )  # fmt: skip


def _at_table(handover_id: int) -> Handover:
    row, known = queries.seen_handover(require_user(), handover_id)
    if not known.staff:
        raise NotFound
    if not policy.may_hand_over(known):
        raise Forbidden(N_("Việc này cần người khác làm: không ai bàn giao máy cho nhà mình, hoặc máy do mình tặng."))
    if row.state != "planned":
        raise Conflict(N_("Buổi bàn giao này đã xong hoặc đã huỷ. Hãy xem lại trang."))
    return row


def _told(form: HandOverForm) -> handovers_commands.HandoverInput:
    return handovers_commands.HandoverInput(
        number=form.number.data or "", passphrase=form.passphrase.data or "", condition=form.condition.data or "",
        accessories=list(form.accessories.data or []), note=form.note.data or "", signed=bool(form.signed.data),
        due_on=parse_day(form.due_on.data, "due_on") if "due_on" in form else None,
    )  # fmt: skip


# ---- records --------------------------------------------------------------------------------------------------


@blueprint.get("/device-handovers/<int:handover_id>/record.pdf", defaults=PDF)
@blueprint.get("/device-handovers/<int:handover_id>/record.docx", defaults=WORD)
def handover_record(handover_id: int, ending: str) -> Response:
    row, known = queries.seen_handover(require_user(), handover_id)
    if not policy.may_read_record(known) or (row.state == "planned" and not known.staff):
        raise NotFound
    if row.state not in {"planned", "done"}:
        raise Conflict(N_("Buổi này không diễn ra, nên không có biên bản."))
    return _paper(record.of_handover(row), row, ending)


@blueprint.get("/device-loans/<int:loan_id>/record.pdf", defaults=PDF)
@blueprint.get("/device-loans/<int:loan_id>/record.docx", defaults=WORD)
def return_record(loan_id: int, ending: str) -> Response:
    loan, known = queries.seen_loan(require_user(), loan_id)
    if not policy.may_read_record(known):
        raise NotFound
    if loan.state != "returned":
        raise Conflict(N_("Máy chưa về phường, nên chưa có biên bản trả."))
    row = queries.handover(loan.handover_id)
    return _paper(record.of_return(loan, row), row, ending)


def _paper(found: HandoverRecord, row: Handover, ending: str) -> Response:
    rate_limits.hit("paper", require_user().id)  # drawing one PDF takes some tenths of a second of CPU time
    with force_locale("vi"):  # both parties sign it, and the ward files it: always Vietnamese
        paper = record_paper.build_paper(found, absolute_url(url_for("devices.start", code=row.device.code)))
        return paper_file(paper, ending, record.filename(found, row.device))
