"""Pages of group sessions: what is announced, a place in it, a new one."""

from datetime import date, datetime, timedelta

from flask import flash, redirect, render_template, request, url_for
from flask_babel import get_locale, gettext
from werkzeug.wrappers import Response

from tutoring.accounts.fields import minutes as minutes_of
from tutoring.accounts.fields import option
from tutoring.accounts.pages import form_page
from tutoring.community.queries import nomination
from tutoring.kernel import clock
from tutoring.kernel.errors import Conflict, Invalid, Missing, NotAllowed, Refusal
from tutoring.kernel.text import N_
from tutoring.lessons import queries as lessons
from tutoring.pairing import commands
from tutoring.pairing.commands.sessions import LONGEST_WORDS, Plan
from tutoring.pairing.meeting_times import start_on
from tutoring.pairing.routes import blueprint, skill_names
from tutoring.pairing.session_forms import SessionForm
from tutoring.pairing.session_places import units_for
from tutoring.pairing.session_queries import cards_for
from tutoring.pairing.vetting import standing
from tutoring.policy.access import STAFF
from tutoring.web.i18n import said
from tutoring.web.numbers import whole
from tutoring.web.signin import held_roles, me


def _may_lead() -> bool:
    """Whether to show the way to a new session; the command asks exactly."""
    person = me()
    vouched = bool(STAFF & held_roles()) or nomination(person.id) is not None
    return vouched and standing(person).state == "active"


def _back() -> Response:
    return redirect(url_for("pairing.sessions"))


@blueprint.get("/sessions")
def sessions() -> str:
    cards = cards_for(me())
    return render_template(
        "pairing/sessions.html",
        mine=[card for card in cards if card.concerns],
        others=[card for card in cards if not card.concerns],
        may_lead=_may_lead(),
        skills=skill_names(),
    )


def _form() -> SessionForm:
    form = SessionForm()
    held = lessons.skills_of(me().id)
    names = [(skill, name) for skill, name in lessons.topics(str(get_locale())) if skill in held]
    form.topic.choices = [option("", gettext("Chọn một việc")), *(option(skill, name) for skill, name in names)]
    form.unit.choices = [option(str(unit.id), unit.name) for unit in units_for(me().id)]
    if not form.is_submitted():
        form.day.data = (clock.today() + timedelta(days=1)).isoformat()
        _fill(form)
    return form


def _fill(form: SessionForm) -> None:
    """Write in what the link says that led here, as far as it can be chosen."""
    for name in ("words", "origin"):
        form[name].data = request.args.get(name, "")[:LONGEST_WORDS]
    for name in ("topic", "unit", "audience"):
        said = request.args.get(name, "")
        if said and said in {str(choice.value) for choice in form[name].choices}:
            form[name].data = said


def _moment(form: SessionForm) -> datetime:
    """The moment that was typed; raises Invalid."""
    try:
        day = date.fromisoformat(form.day.data or "")
        return start_on(day, 0).replace(hour=0, minute=0) + timedelta(minutes=minutes_of(form.time.data or "") or 0)
    except (ValueError, OverflowError):
        raise Invalid(N_("Hãy chọn một ngày trong lịch."), field="day") from None


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
        raise NotAllowed(N_("Thầy cô, điều phối viên và người giúp đã qua những buổi đầu mới mở buổi học nhóm được."))
    form, refusal = _form(), None
    if form.validate_on_submit():
        try:
            commands.announce_session(me(), _plan(form))
            flash(gettext("Đã mở buổi học. Người trong đơn vị thấy và đăng ký được ngay."), "ok")
            return _back()
        except Refusal as caught:
            refusal = caught
    return form_page("pairing/new_session.html", form, refusal, today=clock.today())


def _learner() -> int:
    """For whom: oneself unless the form says a child."""
    text = request.form.get("learner", "")
    try:
        return whole(text) if text else me().id
    except ValueError:
        raise Missing from None


@blueprint.post("/sessions/<int:session_id>/sign-up")
def sign_up(session_id: int) -> Response:
    try:
        waits = commands.sign_up(me(), session_id, _learner()).state == "waiting"
        words = gettext("Buổi này đã đủ người. Bạn ở trong danh sách chờ; có chỗ trống thì được báo ngay.")
        flash(words if waits else gettext("Đã đăng ký. Bạn được nhắc trước một ngày và một giờ."), "ok")
    except (Conflict, Invalid, NotAllowed) as refusal:
        flash(said(refusal), "bad")
    return _back()


@blueprint.post("/sessions/<int:session_id>/withdraw")
def withdraw(session_id: int) -> Response:
    try:
        commands.withdraw(me(), session_id, _learner())
        flash(gettext("Đã rút. Chỗ này được chuyển cho người đang chờ."), "ok")
    except Conflict as refusal:
        flash(said(refusal), "bad")
    return _back()


@blueprint.post("/sessions/<int:session_id>/cancel")
def cancel_session(session_id: int) -> Response:
    try:
        commands.cancel_session(me(), session_id, request.form.get("why", ""))
        flash(gettext("Đã huỷ buổi học. Mọi người được báo và đọc được lý do."), "ok")
    except (Conflict, Invalid) as refusal:
        flash(said(refusal), "bad")
    return _back()
