"""Pages of join codes: joining with a code, and for staff new codes, posters and approvals."""

from datetime import timedelta
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import get_locale, gettext
from flask_login import current_user
from werkzeug.wrappers import Response

from tutoring.accounts.consents.texts import SIGN_UP
from tutoring.accounts.forms import ADDRESS_CHOICES
from tutoring.accounts.sign_ins.flow import absolute_url, client_address, enter, render_form, svg
from tutoring.accounts.validators import choice
from tutoring.community import commands
from tutoring.community.alarm_tests.readiness import units_setting_up
from tutoring.community.blueprint import blueprint
from tutoring.community.class_cards.queries import is_card_code
from tutoring.community.forms import AdultForm, CodeForm, JoinForm, PlainForm, PupilForm, SignUpForm
from tutoring.community.join_codes import queries
from tutoring.community.join_codes.commands import is_for_pupils, sign_up, usable_code, use_code
from tutoring.community.labels import CODE_STATE_WORDS, CODE_WORDS, ROLE_MEANS, role_word
from tutoring.community.memberships import queries as memberships_queries
from tutoring.community.models import JoinCode
from tutoring.community.queries import memberships, plain_code
from tutoring.community.units import staff_queries
from tutoring.kernel import clock, rate_limits
from tutoring.kernel.errors import DomainError, Forbidden
from tutoring.kernel.text import N_
from tutoring.policy import community as policy
from tutoring.policy.access import STAFF
from tutoring.policy.community import gives_power
from tutoring.safety.names import TAUGHT
from tutoring.web.auth import require_user
from tutoring.web.tables import table as tables


def _usable(typed: str) -> JoinCode:
    """Returns a valid code; invalid ones are counted, so that codes cannot be guessed.

    The code is checked before the guess count. Wrong guesses from one school therefore never block a valid code.
    """
    rate_limits.check("code_flood", client_address())
    try:
        return usable_code(typed)
    except DomainError as refusal:
        if refusal.code == "unknown_code":  # an expired code is no guess: a whole class may have the old poster
            rate_limits.hit("code_flood", client_address())
            rate_limits.hit("code_guess", client_address())
        raise


@blueprint.route("/join", methods=["GET", "POST"])
def join() -> Response:
    form = JoinForm()
    if form.validate_on_submit():
        if is_card_code(form.code.data or ""):  # the card of a staged pupil has a page of its own
            return redirect(url_for("community.card", code=plain_code(form.code.data or "")))
        try:
            code = _usable(form.code.data or "")
        except DomainError as refusal:
            return render_form("community/join_codes/join.html", form, refusal)
        return redirect(url_for("community.join_code", code=code.code))
    return render_form("community/join_codes/join.html", form)


@blueprint.route("/join/<code>", methods=["GET", "POST"])
def join_code(code: str) -> Response:
    try:
        found = _usable(code)
    except DomainError as refusal:
        return render_form("community/join_codes/join.html", JoinForm(formdata=None, code=code[:40]), refusal)
    return _join_further(found) if current_user.is_authenticated else _sign_up(found)


def _join_further(code: JoinCode) -> Response:
    form = PlainForm()
    if form.validate_on_submit():
        try:
            member = use_code(require_user(), code.code)
        except DomainError as refusal:
            return render_form("community/join_codes/join_further.html", form, refusal, code=code)
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
    return render_form("community/join_codes/join_further.html", form, code=code)


def _sign_up(code: JoinCode) -> Response:
    pupil = is_for_pupils(code)
    form: SignUpForm = PupilForm() if pupil else AdultForm()
    form.address_form.choices = [one for one in ADDRESS_CHOICES if code.role in STAFF or one.value not in TAUGHT]
    facts: dict[str, Any] = {"code": code, "pupil": pupil, "purposes": SIGN_UP}
    if form.validate_on_submit():
        try:
            rate_limits.hit("register_code", code.id)
            rate_limits.hit("register", client_address())
            person = sign_up(code.code, *_typed(form), **_more(form), language=str(get_locale()))
        except DomainError as refusal:
            return render_form("community/join_codes/sign_up.html", form, refusal, **facts)
        enter(person, shared=form.shared.data)
        return redirect(url_for("community.welcome"))
    return render_form("community/join_codes/sign_up.html", form, **facts)


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
    person = require_user()
    mine = memberships(person.id, ("active", "waiting"))
    return render_template(
        "community/join_codes/welcome.html", person=person, memberships=mine, roles={m.role for m in mine},
        setting_up=units_setting_up(mine),
    )  # fmt: skip


CODE_COLUMNS = (
    tables.Column("code", N_("Mã")),  # no file holds a code
    tables.Column("role", N_("Mã cho"), lambda one: gettext(role_word(one.role, one.unit.kind))),
    tables.Column("state", N_("Tình trạng"), lambda one: gettext(CODE_STATE_WORDS[queries.state_of(one)])),
    tables.Column("uses", N_("Đã dùng"), lambda one: f"{one.uses}/{one.max_uses}", number=True),
    tables.Column("made", N_("Tạo lúc"), lambda one: tables.moment(one.created_at)),
    tables.Column("expires", N_("Hết hạn"), lambda one: tables.moment(one.expires_at)),
)


@blueprint.get("/units/<int:unit_id>/codes")
def codes(unit_id: int) -> Response | str:
    page = staff_queries.unit_page(require_user(), unit_id)
    if not page.may_give:
        raise Forbidden
    wanted = tables.wanted(queries.CODE_ORDERS, "-made", state=queries.CODE_STATES)
    states = {name: gettext(label) for name, label in CODE_WORDS.items()}
    counts = queries.code_counts_at(unit_id, page.may_give)
    table = tables.Table(
        CODE_COLUMNS, queries.CODE_ORDERS, wanted, queries.codes_at(unit_id, page.may_give, wanted),
        [tables.Filter("state", gettext("Tình trạng"), states, counts)],
    )  # fmt: skip
    if tables.asks_for_file():
        return table.file("ma-tham-gia")
    return render_template(
        "community/join_codes/codes.html", page=page, table=table, state_of=queries.state_of, states=CODE_STATE_WORDS
    )


@blueprint.route("/units/<int:unit_id>/codes/new", methods=["GET", "POST"])
def new_code(unit_id: int) -> Response:
    page = staff_queries.unit_page(require_user(), unit_id)
    if not page.may_give:
        raise Forbidden
    form = CodeForm()
    roles = [role for role in page.may_give if role in policy.ROLES_IN[page.unit.kind]]
    called = {role: gettext(role_word(role, page.unit.kind)) for role in roles}
    form.role.choices = [choice(role, called[role], gettext(ROLE_MEANS[role])) for role in roles]
    power = [called[role] for role in roles if policy.gives_power(role)]
    facts: dict[str, Any] = {"page": page, "power": power}
    if form.validate_on_submit():
        try:
            uses, days = int(form.max_uses.data or 1), int(form.days.data or 1)
            made = commands.create_code(require_user(), unit_id, form.role.data, uses, days)
        except DomainError as refusal:
            return render_form("community/join_codes/new_code.html", form, refusal, **facts)
        life = round((made.expires_at - clock.now()) / timedelta(days=1))
        # otherwise staff would print a poster for forty people with a code that admits one
        if made.max_uses < uses or life < days:
            say = gettext("Mã này chỉ cho %(people)s người vào, trong %(days)s ngày.", people=made.max_uses, days=life)
            flash(say, "warn")
        return redirect(url_for("community.code", code_id=made.id))
    return render_form("community/join_codes/new_code.html", form, **facts)


@blueprint.get("/codes/<int:code_id>")
def code(code_id: int) -> str:
    found, held = staff_queries.code(require_user(), code_id)
    place = absolute_url(url_for("community.join_code", code=found.code))
    maker = found.created_by_id == require_user().id
    return render_template(
        "community/join_codes/code.html",
        code=found,
        place=place,
        site=absolute_url(url_for("community.join")),
        drawing=svg(place),
        over=found.revoked_at is not None or found.expires_at <= clock.now() or found.uses >= found.max_uses,
        waits=found.confirmed_at is None,
        may_confirm=policy.may_confirm_code(held, maker),
        seconds=[
            u
            for u in memberships_queries.second_approvers(found.unit_id, ("coordinator",))
            if u.id != found.created_by_id
        ],
        form=PlainForm(formdata=None),
    )


@blueprint.post("/codes/<int:code_id>/confirm")
def confirm_code(code_id: int) -> Response:
    found = commands.confirm_code(require_user(), code_id)
    flash(gettext("Đã xác nhận. Mã dùng được từ bây giờ."), "ok")
    return redirect(url_for("community.unit", unit_id=found.unit_id))


@blueprint.route("/codes/<int:code_id>/revoke", methods=["GET", "POST"])
def revoke_code(code_id: int) -> Response | str:
    found, _held = staff_queries.code(require_user(), code_id)
    form = PlainForm()
    if form.validate_on_submit():
        unit_id = found.unit_id
        commands.revoke_code(require_user(), code_id)
        flash(gettext("Đã huỷ mã. Không ai dùng được mã đó nữa."), "ok")
        return redirect(url_for("community.unit", unit_id=unit_id))
    return render_template("community/join_codes/revoke_code.html", form=form, code=found)
