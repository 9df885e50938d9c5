"""Pages of the set-up: first for the browser that opened the link, then for the administrators."""

from typing import Any

from flask import current_app, flash, redirect, render_template, request, session, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from tutoring.accounts.registration import email_of
from tutoring.accounts.sign_ins import flow
from tutoring.accounts.sign_ins.flow import absolute_url, client_address, render_form
from tutoring.accounts.validators import choice
from tutoring.backups import site_key
from tutoring.community import queries as community_queries
from tutoring.config import Settings
from tutoring.kernel import clock, mail, rate_limits
from tutoring.kernel.db import db
from tutoring.kernel.errors import DomainError, NotFound
from tutoring.kernel.site_identity import SITE_COLOUR, SITE_LOGO, SITE_NAME, contrast
from tutoring.safety.image_sanitizer import LARGEST_INPUT
from tutoring.site_setup import commands, logo_pictures, mail_trial, places, queries, rail
from tutoring.site_setup.blueprint import blueprint
from tutoring.site_setup.forms import (
    AdminForm,
    IdentityForm,
    LanguageForm,
    MailForm,
    PartForm,
    SchoolForm,
    SecondAdminForm,
    StartForm,
    WardForm,
)
from tutoring.web import visitor_cache
from tutoring.web.auth import require_user
from tutoring.web.i18n import COOKIE, language, translate_error
from tutoring.web.security import takes_files
from tutoring.web.urls import parse_int

YEAR = 365 * 86400
SCHOOL_YEAR_ENDS = 7  # a school is set up for the coming year from this month on


def _settings() -> Settings:
    settings: Settings = current_app.config["SETTINGS"]
    return settings


def _page(template: str, form: Any, refusal: DomainError | None, step: str, admin: bool, **facts: Any) -> Response:
    if admin and queries.goes_on():
        session[rail.GOES_ON] = step
    facts = {"step": step, "steps": rail.steps(step, admin), "admin": admin, **facts}
    return render_form(template, form, refusal, **facts)


# ---- the link --------------------------------------------------------------------------------------------------


@blueprint.route("/set-up/<token>", methods=["GET", "POST"])
def open_link(token: str) -> Response:
    """Opens the one-time link; the button takes it, so that a preview of the address does not."""
    if queries.holds_link(str(session.get(rail.HOLDER, ""))):
        return redirect(url_for("site_setup.choose_language"))
    rate_limits.hit("set_up_link", client_address())
    form = StartForm()
    try:
        if form.validate_on_submit():
            secret = commands.open_link(token)
            session.clear()
            session.permanent = True  # the set-up goes on after the browser was closed
            session[rail.HOLDER] = secret
            return redirect(url_for("site_setup.choose_language"))
        commands.check_link(token)
    except NotFound:
        raise
    except DomainError as refusal:
        return render_form("site_setup/link_over.html", form, refusal)
    return render_form("site_setup/start.html", form)


def _holder() -> str:
    """Returns the secret of the browser that opened the link; raises NotFound for others."""
    secret = str(session.get(rail.HOLDER, ""))
    if not queries.holds_link(secret):
        raise NotFound
    return secret


@blueprint.route("/set-up/first/language", methods=["GET", "POST"])
def choose_language() -> Response:
    secret, form = _holder(), LanguageForm()
    form.begin(language=language())
    if form.validate_on_submit():
        chosen = form.language.data
        commands.set_language(secret, chosen)
        response = redirect(url_for("site_setup.name_site"))
        response.set_cookie(
            COOKIE, chosen, max_age=YEAR, httponly=True, samesite="Lax", secure=_settings().https
        )  # fmt: skip
        return response
    return _page("site_setup/language.html", form, None, "language", admin=False)


@blueprint.route("/set-up/first/name", methods=["GET", "POST"])
@takes_files(LARGEST_INPUT)
def name_site() -> Response:
    secret = _holder()
    return _identity(lambda *told: commands.name_first(secret, *told), admin=False)


@blueprint.route("/set-up/first/admin", methods=["GET", "POST"])
def first_admin() -> Response:
    secret, form = _holder(), AdminForm()
    if form.validate_on_submit():
        try:
            made = commands.create_first_admin(
                secret, form.full_name.data or "", form.handle.data or "", form.password.data or ""
            )
        except NotFound:
            raise
        except DomainError as refusal:
            return _page("site_setup/first_admin.html", form, refusal, "first_admin", admin=False)
        return _entered(made)
    return _page("site_setup/first_admin.html", form, None, "first_admin", admin=False)


def _entered(made: Any) -> Response:
    """Signs a new administrator in, who then sets up the second factor."""
    flow.enter(made)
    session[rail.GOES_ON] = "overview"
    flash(gettext("Đã lập tài khoản. Tên đăng nhập của bạn: %(name)s", name=made.username), "ok")
    return redirect(flow.onward(url_for("site_setup.overview")))


@blueprint.route("/second-admin", methods=["GET", "POST"])
def second_admin() -> Response:
    form = SecondAdminForm()
    if request.method == "GET":
        form.code.data = request.args.get("code", "")[:40]
    if form.validate_on_submit():
        rate_limits.check("code_flood", client_address())
        try:
            made = commands.create_second_admin(
                form.code.data or "", form.full_name.data or "", form.handle.data or "", form.password.data or ""
            )
        except DomainError as refusal:
            if refusal.code == "unknown_code":
                rate_limits.hit("code_flood", client_address())
                rate_limits.hit("code_guess", client_address())
            return render_form("site_setup/second_admin.html", form, refusal)
        return _entered(made)
    return render_form("site_setup/second_admin.html", form)


@blueprint.get("/start-for-real")
def start_for_real() -> str:
    """Says how to begin with an empty database; nothing of the demonstration comes along."""
    if not queries.is_demonstration():
        raise NotFound
    return render_template("site_setup/start_for_real.html")


# ---- name, logo and colour -------------------------------------------------------------------------------------


@blueprint.route("/admin/set-up/identity", methods=["GET", "POST"])
@takes_files(LARGEST_INPUT)
def identity() -> Response:
    person = require_user()
    if request.method == "POST" and request.form.get("word") == "drop":
        commands.drop_logo(person)
        visitor_cache.forget()
        return redirect(url_for("site_setup.identity"))
    return _identity(lambda *told: commands.set_identity(person, *told), admin=True)


def _identity(save: Any, admin: bool) -> Response:
    form = IdentityForm()
    form.begin(name=SITE_NAME(), colour=SITE_COLOUR())
    if form.validate_on_submit():
        try:
            sent = request.files.get("logo")
            picture = logo_pictures.clean(sent.read()) if sent and sent.filename else None
            save(form.name.data or "", form.colour.data or "", picture)
        except NotFound:
            raise
        except DomainError as refusal:
            return _identity_page(form, refusal, admin)
        visitor_cache.forget()
        flash(gettext("Đã lưu. Cả trang theo trong vài giây."), "ok")
        return redirect(rail.after("identity", admin) if admin else url_for("site_setup.first_admin"))
    return _identity_page(form, None, admin)


def _identity_page(form: IdentityForm, refusal: DomainError | None, admin: bool) -> Response:
    ratio = f"{contrast(SITE_COLOUR(), '#ffffff'):.1f}"
    shown = ratio.replace(".", ",") if language() == "vi" else ratio
    return _page("site_setup/identity.html", form, refusal, "identity", admin, ratio=shown, has_logo=bool(SITE_LOGO()))


# ---- steps of an administrator ---------------------------------------------------------------------------------


@blueprint.get("/admin/set-up")
def overview() -> str:
    steps, ended = rail.steps("", admin=True), not queries.goes_on()
    if ended:
        session.pop(rail.GOES_ON, None)
    else:
        session[rail.GOES_ON] = "overview"
    return render_template("site_setup/overview.html", steps=steps, step="", admin=True, ended=ended, form=StartForm())


@blueprint.post("/admin/set-up/finish")
def finish() -> Response:
    try:
        commands.finish(require_user(), _settings())
    except DomainError as refusal:
        flash(translate_error(refusal), "bad")
        return redirect(url_for("site_setup.overview"))
    session.pop(rail.GOES_ON, None)
    flash(gettext("Trang đã thiết lập xong. Các bước này vẫn sửa được ở mục Quản trị."), "ok")
    return redirect("/")


@blueprint.route("/admin/set-up/second-admin", methods=["GET", "POST"])
def invite_admin() -> Response:
    person, form, code = require_user(), StartForm(), ""
    try:
        if form.validate_on_submit():
            code = commands.make_admin_code(person)
    except DomainError as refusal:
        flash(translate_error(refusal), "bad")
        return redirect(url_for("site_setup.overview"))
    address = absolute_url(url_for("site_setup.second_admin"))
    return _page("site_setup/invite_admin.html", form, None, "second_admin", True, code=code, address=address,
                 days=commands.CODE_LIFE.days)  # fmt: skip


@blueprint.route("/admin/set-up/places", methods=["GET", "POST"], endpoint="places")
def find_place() -> Response:
    """Finds the ward by its official name, then takes a school with its classes."""
    person = require_user()
    if (ward_id := request.args.get("ward", type=parse_int)) is not None:
        return _school(person, ward_id)
    typed = request.args.get("q", "")[:80]
    form, found = WardForm(), places.find_wards(typed)
    form.ward.choices = [choice(one.code, one.name, one.province) for one in found]
    facts: dict[str, Any] = {"q": typed, "found": found, "since": places.NAMES_OF, "wards": queries.wards()}
    if form.validate_on_submit():
        try:
            made = commands.add_ward(person, form.ward.data)
        except DomainError as refusal:
            return _page("site_setup/ward.html", form, refusal, "places", True, **facts)
        return redirect(url_for("site_setup.places", ward=made.id))
    if len(found) == 1 and not form.is_submitted():
        form.ward.data = found[0].code
    return _page("site_setup/ward.html", form, None, "places", True, **facts)


def _school(person: Any, ward_id: int) -> Response:
    ward, form, today = community_queries.unit(ward_id), SchoolForm(), clock.today()
    if ward.kind != "ward":
        raise NotFound
    if not form.is_submitted():
        first = today.year if today.month >= SCHOOL_YEAR_ENDS else today.year - 1
        form.school_year.data = f"{first}–{first + 1}"
    facts: dict[str, Any] = {"ward": ward, "schools": queries.schools(ward_id)}
    if form.validate_on_submit():
        told = (form.name.data or "", form.classes.data or "", form.school_year.data or "")
        try:
            made = commands.add_school(person, ward_id, *told)
        except NotFound:
            raise
        except DomainError as refusal:
            return _page("site_setup/school.html", form, refusal, "places", True, **facts)
        flash(gettext("Đã lập %(unit)s.", unit=made.name), "ok")
        return redirect(url_for("site_setup.places", ward=ward_id))
    return _page("site_setup/school.html", form, None, "places", True, **facts)


@blueprint.get("/admin/set-up/duty")
def duty() -> Response:
    return _page("site_setup/duty.html", StartForm(), None, "duty", True, rows=queries.duty_rows())


@blueprint.route("/admin/set-up/mail", methods=["GET", "POST"])
def try_mail() -> Response:
    person, form, word = require_user(), MailForm(), request.form.get("word", "")
    facts: dict[str, Any] = {"ready": mail.ready(), "sent": False, "row": queries.setup_row()}
    if word in ("arrived", "without") and StartForm().validate_on_submit():
        commands.note_mail(person, works=word == "arrived")
        return redirect(rail.after("mail"))
    if mail.ready() and form.validate_on_submit():
        rate_limits.hit("email_ask", person.id)
        try:
            to = email_of(form.to.data or "", "to")
            db.session.rollback()  # no transaction stays open while the mail server answers
            mail_trial.send_trial(to)
        except DomainError as refusal:
            return _page("site_setup/mail.html", form, refusal, "mail", True, **facts)
        facts["sent"] = True
    return _page("site_setup/mail.html", form, None, "mail", True, **facts)


@blueprint.route("/admin/set-up/backup-key", methods=["GET", "POST"])
def backup_key() -> Response:
    """Shows a new key once, on the answer that made it, and takes it into use when its end was typed back."""
    person, form, word, private = require_user(), PartForm(), request.form.get("word", ""), ""
    refusal: DomainError | None = None
    try:
        if word == "make" and StartForm().validate_on_submit():
            private = commands.make_backup_key(person, _settings())
            form = PartForm(formdata=None)
        elif word == "confirm" and form.validate_on_submit():
            rate_limits.hit("key_part", person.id)
            commands.confirm_backup_key(person, form.part.data or "")
            flash(gettext("Khoá đã dùng được. Từ giờ chạy được lệnh sao lưu."), "ok")
            return redirect(rail.after("backup_key"))
    except DomainError as error:
        refusal = error
    has_key = bool(site_key.recipient_of(_settings()))
    facts = {"private": private, "waits": site_key.waits_for_part() and not has_key, "has_key": has_key}
    return _page("site_setup/backup_key.html", form, refusal, "backup_key", True, **facts)
