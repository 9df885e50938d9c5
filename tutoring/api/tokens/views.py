"""Pages of tokens: one's own on the account, those of a unit among its settings."""

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from tutoring.accounts.hooks import Panel, account_panels
from tutoring.accounts.models import User
from tutoring.accounts.sign_ins.flow import render_form
from tutoring.api.blueprint import blueprint
from tutoring.api.tokens import commands as token_commands
from tutoring.api.tokens import queries as token_queries
from tutoring.api.tokens.commands import TokenInput
from tutoring.api.tokens.forms import TokenForm
from tutoring.api.tokens.labels import SCOPE_WORDS
from tutoring.community.hooks import UnitLink, unit_links
from tutoring.community.models import Unit
from tutoring.community.queries import acting_roles_at
from tutoring.kernel.errors import DomainError, Forbidden, NotFound
from tutoring.policy import api as policy
from tutoring.web import shown_once
from tutoring.web.auth import require_user
from tutoring.web.form_actions import run_action


@account_panels.register
def _own_tokens(person: User) -> Panel | None:
    if not policy.may_make_token(person.is_minor):
        return None
    return Panel("api/tokens/_account.html", {"count": len(token_queries.tokens_of(person.id))})


@unit_links.register
def _unit_tokens(tab: str, _person: User, unit: Unit, held: frozenset[str]) -> UnitLink | None:
    if tab != "settings" or not policy.may_see_unit_tokens(held):
        return None
    return UnitLink(gettext("Khoá truy cập cho chương trình khác"), url_for("api.unit_tokens", unit_id=unit.id), "lock")


@blueprint.get("/account/tokens")
def tokens() -> str:
    person = require_user()
    _check_adult(person)
    found = token_queries.tokens_of(person.id)
    return render_template("api/tokens/tokens.html", tokens=found, unit=None, words=SCOPE_WORDS)


@blueprint.route("/account/tokens/new", methods=["GET", "POST"])
def make_token() -> Response | str:
    _check_adult(require_user())
    return _make(None)


@blueprint.get("/account/tokens/made")
def made_token() -> Response | str:
    _check_adult(require_user())
    return _made(None)


@blueprint.post("/account/tokens/<int:token_id>/end")
def end_token(token_id: int) -> Response:
    return run_action(
        lambda: token_commands.end_token(require_user(), token_id), _ended(), url_for("api.tokens")
    )  # fmt: skip


@blueprint.get("/units/<int:unit_id>/tokens")
def unit_tokens(unit_id: int) -> str:
    person = require_user()
    place = token_queries.unit_with_tokens(person, unit_id)
    may_make = _may_make(person, place)
    found = token_queries.tokens_of_unit(unit_id)
    return render_template(
        "api/tokens/unit_tokens.html", tokens=found, unit=place, may_make=may_make, words=SCOPE_WORDS
    )


@blueprint.route("/units/<int:unit_id>/tokens/new", methods=["GET", "POST"])
def make_unit_token(unit_id: int) -> Response | str:
    return _make(_unit_to_make_for(unit_id))


@blueprint.get("/units/<int:unit_id>/tokens/made")
def made_unit_token(unit_id: int) -> Response | str:
    return _made(_unit_to_make_for(unit_id))


def _unit_to_make_for(unit_id: int) -> Unit:
    """Returns a unit for which this person makes tokens; raises NotFound for all others."""
    place = token_queries.unit_with_tokens(require_user(), unit_id)
    if not _may_make(require_user(), place):
        raise NotFound
    return place


@blueprint.post("/units/<int:unit_id>/tokens/<int:token_id>/end")
def end_unit_token(unit_id: int, token_id: int) -> Response:
    there = url_for("api.unit_tokens", unit_id=unit_id)
    return run_action(lambda: token_commands.end_unit_token(require_user(), unit_id, token_id), _ended(), there)


def _ended() -> str:
    return str(gettext("Đã dừng khoá. Chương trình dùng khoá này không đọc được gì nữa."))


def _check_adult(person: User) -> None:
    if not policy.may_make_token(person.is_minor):
        raise NotFound


def _may_make(person: User, place: Unit) -> bool:
    held = acting_roles_at(person, place.id)
    return policy.may_make_token(person.is_minor) and policy.may_make_unit_token(held, place.effective_to is not None)


def _make(place: Unit | None) -> Response | str:
    form, refusal = TokenForm(), None
    form.offer(of_unit=place is not None)
    if form.validate_on_submit():
        written = TokenInput(form.label.data or "", form.scopes.data or (), form.life)
        try:
            made = token_commands.make_token(require_user(), written, place.id if place else None)
        except (Forbidden, NotFound):
            raise
        except DomainError as caught:
            refusal = caught
        else:
            shown_once.keep(_subject(place), require_user().id, made)
            return redirect(_address_of_made(place))
    return render_form("api/tokens/new_token.html", form, refusal, unit=place)


def _made(place: Unit | None) -> Response | str:
    """Shows a new token once. The second time leads to the list, because the token cannot be read any more."""
    token = shown_once.take(_subject(place), require_user().id)
    if token is None:
        flash(gettext("Khoá chỉ hiện một lần. Nếu chưa kịp cất, hãy dừng khoá ấy rồi tạo khoá mới."), "bad")
        return redirect(_address_of_list(place))
    return render_template("api/tokens/made.html", token=token, unit=place)


def _subject(place: Unit | None) -> str:
    return "api-token" if place is None else f"api-token-of-unit-{place.id}"


def _address_of_made(place: Unit | None) -> str:
    return url_for("api.made_token") if place is None else url_for("api.made_unit_token", unit_id=place.id)


def _address_of_list(place: Unit | None) -> str:
    return url_for("api.tokens") if place is None else url_for("api.unit_tokens", unit_id=place.id)
