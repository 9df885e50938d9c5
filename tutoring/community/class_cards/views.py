"""Public pages of a card: claim the pupil, withdraw a claim, delete the pupil's line."""

import secrets
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import get_locale, gettext
from flask_login import current_user
from werkzeug.wrappers import Response

from tutoring.accounts.consents.texts import ON_CARDS, ON_OWN_CARDS
from tutoring.accounts.forms import ADDRESS_CHOICES
from tutoring.accounts.hooks import Panel, account_panels
from tutoring.accounts.models import User
from tutoring.accounts.sign_ins.flow import client_address, enter, render_form
from tutoring.community.blueprint import blueprint
from tutoring.community.class_cards import commands, queries
from tutoring.community.class_cards.commands import Answers, NewAccount
from tutoring.community.class_cards.forms import (
    GrownClaimForm,
    GuardianForm,
    KnownGuardianForm,
    KnownStaffForm,
    OwnClaimForm,
    StaffClaimForm,
)
from tutoring.community.class_lists.models import ClassLine
from tutoring.community.forms import JoinForm, PlainForm
from tutoring.kernel import clock, rate_limits
from tutoring.kernel.errors import DomainError
from tutoring.policy.accounts import needs_assent
from tutoring.safety.names import TAUGHT
from tutoring.web.auth import require_user
from tutoring.web.form_actions import run_action
from tutoring.web.forms import Form


def _usable(typed: str) -> ClassLine:
    """Returns the staged pupil of a code; wrong codes are counted together with those of units."""
    rate_limits.check("code_flood", client_address())
    try:
        return queries.usable_card(typed)
    except DomainError as refusal:
        if refusal.code == "unknown_code":
            rate_limits.hit("code_flood", client_address())
            rate_limits.hit("code_guess", client_address())
        raise


def _refused(code: str, refusal: DomainError) -> Response:
    return render_form("community/class_cards/card_refused.html", JoinForm(formdata=None, code=code[:40]), refusal)


@blueprint.after_request
def _no_store(response: Response) -> Response:
    """Keeps the pages of a card out of a lent phone's cache: they show a pupil's name to who has no sign-in."""
    if request.endpoint in ("community.card", "community.card_claimed", "community.delete_card_line"):
        response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.route("/card/<code>", methods=["GET", "POST"])
def card(code: str) -> Response:
    try:
        line = _usable(code)
    except DomainError as refusal:
        return _refused(code, refusal)
    who = queries.claimant_of(line)
    person = require_user() if current_user.is_authenticated else None
    claims = queries.open_claims(line.id)
    mine = next((one for one in claims if person and one.user_id == person.id), None)
    if mine is not None:
        return redirect(url_for("community.card_claimed"))
    form = _form(line, who, person)
    asked = line.birth_year is not None and needs_assent(clock.today().year - line.birth_year)
    facts: dict[str, Any] = {
        "line": line, "code": code, "who": who, "person": person, "claimed": bool(claims),
        "full": len(claims) >= queries.MOST_CLAIMS,
        "purposes": ON_CARDS if who == "guardian" else ON_OWN_CARDS,
        "over": queries.is_decided(line.id), "asked": asked,
    }  # fmt: skip
    if not form.is_submitted():
        form["once"].data = secrets.token_urlsafe(16)
    if form.validate_on_submit():
        try:
            rate_limits.hit("register_code", f"card:{line.id}")
            rate_limits.hit("register", client_address())
            claim = commands.claim_card(code, form["once"].data or "", _answers(form), person, _account(form, person))
        except DomainError as refusal:
            return render_form("community/class_cards/card.html", form, refusal, **facts)
        if person is None:
            enter(claim.user, shared=bool(form["shared"].data))
        return redirect(url_for("community.card_claimed"))
    return render_form("community/class_cards/card.html", form, **facts)


def _form(line: ClassLine, who: str, person: User | None) -> Form:
    if line.kind == "staff":
        return KnownStaffForm() if person is not None else StaffClaimForm()
    if who == "guardian":
        return KnownGuardianForm() if person is not None else GuardianForm()
    form = OwnClaimForm() if who == "youth" else GrownClaimForm()
    form.address_form.choices = [one for one in ADDRESS_CHOICES if one.value not in TAUGHT]
    return form


def _value(form: Form, name: str) -> Any:
    return form[name].data if name in form else None


def _answers(form: Form) -> Answers:
    return Answers(
        _value(form, "relation") or "", _value(form, "purposes") or [], _value(form, "assents") or [],
        _value(form, "guardian_name") or "", _value(form, "guardian_contact") or "",
    )  # fmt: skip


def _account(form: Form, person: User | None) -> NewAccount | None:
    if person is not None:
        return None
    return NewAccount(
        _value(form, "full_name") or "", _value(form, "password") or "", _value(form, "handle") or "",
        _value(form, "called") or "", _value(form, "address_form") or "bạn", str(get_locale()),
    )  # fmt: skip


@blueprint.get("/card")
def card_claimed() -> str:
    person = require_user()
    return render_template(
        "community/class_cards/card_claimed.html", person=person, claims=queries.claims_of(person),
        form=PlainForm(formdata=None),
    )  # fmt: skip


@blueprint.post("/card/claims/<int:claim_id>/withdraw")
def withdraw_claim(claim_id: int) -> Response:
    then = url_for("community.card_claimed")
    return run_action(lambda: commands.withdraw_claim(require_user(), claim_id), gettext("Đã rút lại."), then)


@blueprint.route("/card/<code>/delete", methods=["GET", "POST"])
def delete_card_line(code: str) -> Response:
    try:
        line = _usable(code)
        form = PlainForm()
        if form.validate_on_submit():
            commands.delete_line(code)
            flash(gettext("Đã xoá dòng này. Trang không còn giữ gì của dòng đó."), "ok")
            return redirect("/")
    except DomainError as refusal:
        return _refused(code, refusal)
    return render_form("community/class_cards/delete_card_line.html", form, line=line, code=code)


@account_panels.register
def _own_claims(user: User) -> Panel | None:
    found = queries.claims_of(user) if user.kind == "adult" else []
    return Panel("community/class_cards/_own_claims.html", {"claims": found}) if found else None
