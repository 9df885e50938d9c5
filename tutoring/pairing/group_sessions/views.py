"""Views of group sessions and of groups of similar requests.

Users list, announce, join and cancel sessions. A helper proposes a group, and each own side answers.
"""

from datetime import date, datetime, timedelta

from flask import flash, redirect, render_template, request, url_for
from flask_babel import get_locale, gettext
from werkzeug.wrappers import Response

from tutoring.accounts.sign_ins.flow import render_form
from tutoring.accounts.validators import choice
from tutoring.accounts.validators import minutes as minutes_of
from tutoring.community.queries import nomination
from tutoring.kernel import clock
from tutoring.kernel.errors import Conflict, DomainError, Forbidden, InvalidInput, NotFound
from tutoring.kernel.text import N_
from tutoring.lessons.skills import queries as skills_queries
from tutoring.pairing.blueprint import blueprint, skill_names
from tutoring.pairing.group_sessions import commands as group_sessions_commands
from tutoring.pairing.group_sessions import request_groups
from tutoring.pairing.group_sessions.commands import LONGEST_WORDS, Plan
from tutoring.pairing.group_sessions.forms import SessionForm
from tutoring.pairing.group_sessions.queries import cards_for, units_for
from tutoring.pairing.scheduling.calendar import start_on
from tutoring.pairing.vetting.queries import vetting_status_of
from tutoring.policy.access import STAFF
from tutoring.web.auth import current_roles, require_user
from tutoring.web.i18n import translate_error
from tutoring.web.urls import parse_int


def _may_lead() -> bool:
    """Returns whether to show the link to a new session; the command checks in full."""
    person = require_user()
    vouched = bool(STAFF & current_roles()) or nomination(person.id) is not None
    return vouched and vetting_status_of(person).state == "active"


def _back() -> Response:
    return redirect(url_for("pairing.sessions"))


@blueprint.get("/sessions")
def sessions() -> str:
    cards = cards_for(require_user())
    return render_template(
        "pairing/group_sessions/sessions.html",
        mine=[card for card in cards if card.concerns],
        others=[card for card in cards if not card.concerns],
        may_lead=_may_lead(),
        skills=skill_names(),
    )


def _form() -> SessionForm:
    form = SessionForm()
    held = skills_queries.skills_of(require_user().id)
    names = [(skill, name) for skill, name in skills_queries.topics(str(get_locale())) if skill in held]
    form.topic.choices = [choice("", gettext("Chọn một việc")), *(choice(skill, name) for skill, name in names)]
    form.unit.choices = [choice(str(unit.id), unit.name) for unit in units_for(require_user().id)]
    if not form.is_submitted():
        form.day.data = (clock.today() + timedelta(days=1)).isoformat()
        _fill(form)
    return form


def _fill(form: SessionForm) -> None:
    """Fills the form from the link that led here, as far as the values can be chosen."""
    for name in ("words", "origin"):
        form[name].data = request.args.get(name, "")[:LONGEST_WORDS]
    for name in ("topic", "unit", "audience"):
        said = request.args.get(name, "")
        if said and said in {str(choice.value) for choice in form[name].choices}:
            form[name].data = said


def _moment(form: SessionForm) -> datetime:
    """Returns the moment that was entered; raises InvalidInput."""
    try:
        day = date.fromisoformat(form.day.data or "")
        return start_on(day, 0).replace(hour=0, minute=0) + timedelta(minutes=minutes_of(form.time.data or "") or 0)
    except (ValueError, OverflowError):
        raise InvalidInput(N_("Hãy chọn một ngày trong lịch."), field="day") from None


def _plan(form: SessionForm) -> Plan:
    pupils = form.audience.data == "pupils"
    grades = [int(text) if pupils and text else None for text in (form.lowest.data, form.highest.data)]
    return Plan(
        unit_id=int(form.unit.data), topic=form.topic.data, level=int(form.level.data), words=form.words.data or "",
        at=_moment(form), minutes=int(form.minutes.data), places=int(form.places.data or 0), pupils=pupils,
        lowest=grades[0], highest=grades[1], origin=(form.origin.data or "")[:LONGEST_WORDS],
    )  # fmt: skip


@blueprint.route("/sessions/new", methods=["GET", "POST"])
def new_session() -> Response:
    if not _may_lead():
        raise Forbidden(N_("Thầy cô, điều phối viên và người giúp đã qua những buổi đầu mới mở buổi học nhóm được."))
    form, refusal = _form(), None
    if form.validate_on_submit():
        try:
            group_sessions_commands.announce_session(require_user(), _plan(form))
            flash(gettext("Đã mở buổi học. Người trong đơn vị thấy và đăng ký được ngay."), "ok")
            return _back()
        except DomainError as caught:
            refusal = caught
    return render_form("pairing/group_sessions/new_session.html", form, refusal, today=clock.today())


def _learner() -> int:
    """Returns the learner's id: the user unless the form names a child."""
    text = request.form.get("learner", "")
    try:
        return parse_int(text) if text else require_user().id
    except ValueError:
        raise NotFound from None


@blueprint.post("/sessions/<int:session_id>/sign-up")
def sign_up(session_id: int) -> Response:
    try:
        waits = group_sessions_commands.sign_up(require_user(), session_id, _learner()).state == "waiting"
        words = gettext("Buổi này đã đủ người. Bạn ở trong danh sách chờ; có chỗ trống thì được báo ngay.")
        flash(words if waits else gettext("Đã đăng ký. Bạn được nhắc trước một ngày và một giờ."), "ok")
    except (Conflict, InvalidInput, Forbidden) as refusal:
        flash(translate_error(refusal), "bad")
    return _back()


@blueprint.post("/sessions/<int:session_id>/withdraw")
def withdraw(session_id: int) -> Response:
    try:
        group_sessions_commands.withdraw(require_user(), session_id, _learner())
        flash(gettext("Đã rút tên. Chỗ này được chuyển cho người đang chờ."), "ok")
    except Conflict as refusal:
        flash(translate_error(refusal), "bad")
    return _back()


@blueprint.post("/sessions/<int:session_id>/cancel")
def cancel_session(session_id: int) -> Response:
    try:
        group_sessions_commands.cancel_session(require_user(), session_id, request.form.get("why", ""))
        flash(gettext("Đã huỷ buổi học. Mọi người được báo và đọc được lý do."), "ok")
    except (Conflict, InvalidInput) as refusal:
        flash(translate_error(refusal), "bad")
    return _back()


@blueprint.post("/requests/<int:request_id>/group")
def propose_group(request_id: int) -> Response:
    try:
        request_groups.propose_group(require_user(), request_id)
        flash(gettext("Đã hỏi từng người. Có hai người đồng ý là phòng mở ngay."), "ok")
    except Conflict as refusal:
        flash(translate_error(refusal), "warn")
    return redirect(url_for("pairing.helping"))


@blueprint.post("/requests/<int:request_id>/group-answer")
def answer_group(request_id: int) -> Response:
    try:
        group = request_groups.answer_group(require_user(), request_id, request.form.get("word", ""))
        if group.room_id is not None and request.form.get("word") == "accept":
            return redirect(url_for("rooms.show", room_id=group.room_id))
    except Conflict as refusal:
        flash(translate_error(refusal), "warn")
    return redirect(url_for("pairing.request", request_id=request_id))
