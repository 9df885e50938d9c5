"""Pages of coming in by a code."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import get_locale, gettext
from flask_login import current_user
from werkzeug.wrappers import Response

from tutoring.accounts.consent_texts import SIGN_UP
from tutoring.accounts.forms import ADDRESS_CHOICES
from tutoring.accounts.pages import address, enter, form_page
from tutoring.community import commands
from tutoring.community.alarm_tests.readiness import units_setting_up
from tutoring.community.forms import AdultForm, JoinForm, PlainForm, PupilForm, SignUpForm
from tutoring.community.models import JoinCode
from tutoring.community.queries import memberships
from tutoring.community.routes import blueprint
from tutoring.kernel import limits
from tutoring.kernel.errors import Refusal
from tutoring.policy.access import STAFF
from tutoring.policy.community import gives_power
from tutoring.safety.names import TAUGHT
from tutoring.web.signin import me


def _usable(typed: str) -> JoinCode:
    """The code, if it works; wrong ones are counted, so that nobody tries them all. It is looked at before the count:
    whoever has tried wrong ones from the same school keeps no right one out."""
    limits.check("code_flood", address())
    try:
        return commands.usable_code(typed)
    except Refusal as refusal:
        if refusal.code == "unknown_code":  # one that is over is no guess: a whole class may hold the old poster
            limits.hit("code_flood", address())
            limits.hit("code_guess", address())
        raise


@blueprint.route("/join", methods=["GET", "POST"])
def join() -> Response:
    form = JoinForm()
    if form.validate_on_submit():
        try:
            code = _usable(form.code.data or "")
        except Refusal as refusal:
            return form_page("community/join.html", form, refusal)
        return redirect(url_for("community.join_code", code=code.code))
    return form_page("community/join.html", form)


@blueprint.route("/join/<code>", methods=["GET", "POST"])
def join_code(code: str) -> Response:
    try:
        found = _usable(code)
    except Refusal as refusal:
        return form_page("community/join.html", JoinForm(formdata=None, code=code[:40]), refusal)
    return _join_further(found) if current_user.is_authenticated else _sign_up(found)


def _join_further(code: JoinCode) -> Response:
    form = PlainForm()
    if form.validate_on_submit():
        try:
            member = commands.use_code(me(), code.code)
        except Refusal as refusal:
            return form_page("community/join_further.html", form, refusal, code=code)
        name = member.unit.name
        if units_setting_up([member]):
            flash(gettext("Đã gửi và đã lưu. %(unit)s đang chuẩn bị; xong, thầy cô sẽ xác nhận.", unit=name), "ok")
        elif member.state == "waiting":
            flash(gettext("Đã gửi. Thầy cô của %(unit)s sẽ xác nhận.", unit=name), "ok")
        else:
            flash(gettext("Bạn đã vào %(unit)s.", unit=name), "ok")
        if gives_power(member.role) and member.role != "helper":
            return redirect(url_for("community.unit", unit_id=member.unit_id))
        return redirect(url_for("accounts.account"))
    return form_page("community/join_further.html", form, code=code)


def _sign_up(code: JoinCode) -> Response:
    pupil = commands.is_for_pupils(code)
    form: SignUpForm = PupilForm() if pupil else AdultForm()
    form.address_form.choices = [one for one in ADDRESS_CHOICES if code.role in STAFF or one.value not in TAUGHT]
    facts: dict[str, Any] = {"code": code, "pupil": pupil, "purposes": SIGN_UP}
    if form.validate_on_submit():
        try:
            limits.hit("register_code", code.id)
            limits.hit("register", address())
            person = commands.sign_up(code.code, *_typed(form), **_more(form), language=str(get_locale()))
        except Refusal as refusal:
            return form_page("community/sign_up.html", form, refusal, **facts)
        enter(person, shared=form.shared.data)
        return redirect(url_for("community.welcome"))
    return form_page("community/sign_up.html", form, **facts)


def _typed(form: SignUpForm) -> tuple[str, str]:
    return form.full_name.data or "", form.password.data or ""


def _more(form: SignUpForm) -> dict[str, Any]:
    more: dict[str, Any] = {
        "called": form.called.data or "",
        "address_form": form.address_form.data or "bạn",
        "handle": form.handle.data or "",
    }
    if isinstance(form, PupilForm):
        more |= {
            "birth_year": int(form.birth_year.data or 0),
            "guardian_name": form.guardian_name.data or "",
            "guardian_contact": form.guardian_contact.data or "",
            "purposes": form.purposes.data or [],
        }
    return more


@blueprint.get("/welcome")
def welcome() -> str:
    person = me()
    mine = memberships(person.id, ("active", "waiting"))
    return render_template(
        "community/welcome.html", person=person, memberships=mine, roles={m.role for m in mine},
        setting_up=units_setting_up(mine),
    )  # fmt: skip
