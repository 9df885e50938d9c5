"""Pages of sign-in with school accounts: the way to a provider and back, links, logout at the provider."""

from flask import flash, redirect, request, session, url_for
from flask_babel import gettext
from flask_login import current_user
from werkzeug.wrappers import Response

from tutoring.accounts.credentials import second_factor
from tutoring.accounts.hooks import Panel, account_panels, child_panels, sign_in_panels
from tutoring.accounts.models import User
from tutoring.accounts.queries import is_guardian
from tutoring.accounts.sign_ins.flow import (
    client_address,
    enter,
    enter_half,
    half,
    onward,
    render_form,
)
from tutoring.kernel import logs, rate_limits
from tutoring.kernel.errors import DomainError
from tutoring.openid import commands, logout_tokens, proofs, queries
from tutoring.openid.blueprint import blueprint, return_address
from tutoring.openid.errors import ProviderFault
from tutoring.openid.forms import InvitationForm, PlainForm
from tutoring.openid.models import IdentityLink, IdentityProvider
from tutoring.openid.proofs import Proof
from tutoring.web.auth import require_user
from tutoring.web.form_actions import run_action
from tutoring.web.i18n import translate_error
from tutoring.web.security import without_token
from tutoring.web.urls import safe_redirect_target

ATTEMPT, PROOF = "openid_attempt", "openid_proof"  # keys of the session
SHOWN_AT_ONCE = 4  # buttons of the sign-in page; further schools stand in a list that opens


def _failed(fault: DomainError, then: str) -> Response:
    logs.event("openid_refused", current_user.id if current_user.is_authenticated else None, check=fault.code)
    flash(translate_error(fault), "bad")
    return redirect(then)


# ---- the way there and back ------------------------------------------------------------------------------------------


def _go(provider: IdentityProvider, target: str, failed: str, *, user_id: int | None = None) -> Response:
    session.pop(PROOF, None)
    try:
        attempt, address = proofs.begin(
            provider, return_address(provider), target, shared="shared" in request.args, user_id=user_id
        )
    except ProviderFault as fault:
        return _failed(fault, failed)
    session[ATTEMPT] = attempt.stored()
    return redirect(address)


@blueprint.get("/sign-in/openid/<code>")
def begin(code: str) -> Response:
    target = safe_redirect_target(request.args.get("next"))
    return _go(queries.enabled_provider(code), target, url_for("accounts.sign_in"))


@blueprint.get("/account/school-accounts/<code>/link")
def begin_link(code: str) -> Response:
    provider, person = queries.enabled_provider(code), require_user()
    account = url_for("accounts.account")
    try:
        commands.check_user(person, provider)
    except DomainError as refusal:
        return _failed(refusal, account)
    return _go(provider, account, account, user_id=person.id)


@blueprint.get("/sign-in/openid/<code>/callback")
def callback(code: str) -> Response:
    provider, stored = queries.enabled_provider(code), session.pop(ATTEMPT, None)
    try:
        rate_limits.hit("openid_address", client_address())  # each return can hold a thread while the provider answers
        attempt = proofs.attempt_of(stored, provider.id, request.args.get("state", ""))
        proof = proofs.finish(provider, attempt, request.args.to_dict(), return_address(provider))
    except DomainError as fault:
        linking = isinstance(stored, dict) and stored.get("user_id") and current_user.is_authenticated
        return _failed(fault, url_for("accounts.account" if linking else "accounts.sign_in"))
    if attempt.user_id is not None:
        session[PROOF] = proof.sealed()
        return redirect(url_for("openid.confirm_link"))
    try:
        found = commands.user_to_sign_in(proof)
    except DomainError as refusal:
        return _failed(refusal, url_for("accounts.sign_in"))
    if found is None:
        session[PROOF] = proof.sealed()
        return redirect(url_for("openid.not_linked"))
    return _enter(*found, proof, attempt.target)


def _enter(user: User, link: IdentityLink, proof: Proof, target: str) -> Response:
    """Begins a sign-in through a link. A second factor is asked for as after a passphrase."""
    link_id = link.id
    if second_factor.find_factor(user.id) is not None:
        enter_half(user, proof.shared, target, short=False)
        waiting = half()
        assert waiting is not None
        commands.note_sign_in(waiting.id, link_id, proof.session)
        return redirect(url_for("accounts.sign_in_code"))
    enter(user, shared=proof.shared, elsewhere=True)
    assert user.sign_in is not None
    commands.note_sign_in(user.sign_in.id, link_id, proof.session)
    return redirect(onward(target))


# ---- links -----------------------------------------------------------------------------------------------------------


@blueprint.route("/sign-in/openid/not-linked", methods=["GET", "POST"])
def not_linked() -> Response:
    proof, form = proofs.opened(session.get(PROOF)), InvitationForm()
    if proof is None or proof.user_id is not None:
        return redirect(url_for("accounts.sign_in"))
    provider = queries.enabled_provider(proof.provider_id)
    refusal: DomainError | None = None
    if form.validate_on_submit():
        try:
            user = commands.link_by_code(form.handle.data or "", form.code.data or "", client_address(), proof)
            session.pop(PROOF, None)
            found = commands.user_to_sign_in(proof)
            assert found is not None and found[0].id == user.id
            return _enter(*found, proof, "/")
        except DomainError as caught:
            refusal = caught
    return render_form("openid/not_linked.html", form, refusal, provider=provider, proof=proof)


@blueprint.route("/account/school-accounts/confirm", methods=["GET", "POST"])
def confirm_link() -> Response:
    proof, form, person = proofs.opened(session.get(PROOF)), PlainForm(), require_user()
    account = url_for("accounts.account", _anchor="school-accounts")
    if proof is None or proof.user_id != person.id:
        return redirect(account)
    provider = queries.enabled_provider(proof.provider_id)
    if form.validate_on_submit():
        session.pop(PROOF, None)
        words = gettext("Đã nối. Lần sau bấm nút %(name)s là vào.", name=provider.label)
        return run_action(lambda: commands.link(person, proof), words, account)
    return render_form("openid/confirm_link.html", form, provider=provider, proof=proof)


@blueprint.post("/account/school-accounts/<int:link_id>/remove")
def unlink(link_id: int) -> Response:
    return run_action(
        lambda: commands.unlink(require_user(), link_id),
        gettext("Đã bỏ nối. Bạn vẫn đăng nhập bằng mật khẩu như trước; muốn nối lại thì bấm Nối."),
        url_for("accounts.account", _anchor="school-accounts"),
    )


@blueprint.post("/account/children/<int:child_id>/school-account")
def child(child_id: int) -> Response:
    allowed, person = request.form.get("allowed") == "yes", require_user()
    return run_action(
        lambda: (commands.allow_child if allowed else commands.disallow_child)(person, child_id),
        gettext("Đã đồng ý. Con nối được tài khoản trường ở trang Tài khoản của con.") if allowed
        else gettext("Đã thôi. Con không đăng nhập bằng tài khoản trường nữa."),
        url_for("accounts.child", child_id=child_id, _anchor="school-account"),
    )  # fmt: skip


# ---- logout at the provider ------------------------------------------------------------------------------------------


@blueprint.post("/sign-in/openid/<code>/logout")
@without_token
def logout(code: str) -> Response:
    """The provider's server calls it, so it has no session; the signed token is all that counts."""
    provider = queries.provider_of_code(code)
    try:
        claims = logout_tokens.verified(provider, request.form.get("logout_token", ""))
        commands.end_at_logout(provider, claims["jti"], str(claims.get("sub", "")), str(claims.get("sid", "")))
        answer = Response("", 200)
    except DomainError as fault:
        logs.event("openid_logout_refused", None, check=fault.code)
        answer = Response('{"error": "invalid_request"}', 400, content_type="application/json")
    answer.headers["Cache-Control"] = "no-store"
    return answer


# ---- on other pages --------------------------------------------------------------------------------------------------


@sign_in_panels.register
def _buttons() -> Panel | None:
    found = queries.enabled_providers()
    facts = {"first": found[:SHOWN_AT_ONCE], "rest": found[SHOWN_AT_ONCE:]}
    return Panel("openid/_buttons.html", facts) if found else None


@account_panels.register
def _own_links(person: User) -> Panel | None:
    links, offered = queries.links_and_offers(person)
    if not offered and not links:
        return None
    waits = person.kind == "child" and queries.child_permission(person.id) is None
    return Panel("openid/_links.html", {"links": links, "offered": offered, "waits": waits})


@child_panels.register
def _of_child(person: User) -> Panel | None:
    if not is_guardian(require_user().id, person.id) or not queries.has_provider(person):
        return None
    return Panel("openid/_child.html", {"child": person, "permission": queries.child_permission(person.id)})
