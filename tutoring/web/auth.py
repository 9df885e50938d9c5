"""Access to every route: who is signed in (Flask-Login over sign-in rows), and whether policy admits that user."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import flask_login
from flask import Flask, redirect, request, url_for
from flask_login import LoginManager, current_user
from werkzeug.wrappers import Response

from tutoring.kernel import clock, logs
from tutoring.kernel.database import request_memo
from tutoring.kernel.errors import Forbidden, NotFound
from tutoring.kernel.held_roles import held_roles
from tutoring.kernel.text import N_, address_parts
from tutoring.policy import access_tables
from tutoring.policy import accounts as rules
from tutoring.policy.access import ANYONE, admits, scope_of_access
from tutoring.web.api import bearer_tokens
from tutoring.web.error_handlers import as_json, wants_json
from tutoring.web.site_settings import STEP_UP_MINUTES
from tutoring.web.urls import safe_redirect_target

manager = LoginManager()
manager.session_protection = None  # phones change their address all the time; the token itself can be revoked

Loader = Callable[[str], Any]


class SignInRequired(Forbidden):
    """The request needs a signed-in user and has none."""

    status = 401
    default_code = "signed_out"
    default_say = N_("Bạn cần đăng nhập trước.")


class SecondFactorRequired(Forbidden):
    """The role requires a second factor, and this sign-in has not shown one."""

    default_code = "second_factor"
    default_say = N_("Vai trò của bạn cần mã trên điện thoại khi đăng nhập. Hãy bật mã trước.")


class StepUpRequired(Forbidden):
    """The user's identity was confirmed too long ago for this action."""

    default_code = "step_up"
    default_say = N_("Trước việc này, hãy xác nhận lại đúng là bạn.")


def require_user() -> Any:
    """Returns the signed-in user of this request; raises SignInRequired when there is none."""
    if not current_user.is_authenticated:
        raise SignInRequired
    return current_user._get_current_object()


def _all_roles() -> frozenset[str]:
    return held_roles(current_user.id)


def lacks_factor() -> bool:
    """Whether the current user holds privileged roles that need a second factor."""
    return bool(current_user.is_authenticated and current_roles() != _all_roles())


def current_roles() -> frozenset[str]:
    """Returns the roles that count for the current user.

    Privileged roles count only with a second factor.
    """
    if not current_user.is_authenticated:
        return frozenset()
    return rules.roles_that_count(_all_roles(), current_user.lacks_factor)


def enter(user: Any) -> None:
    """Starts this browser's session with a new sign-in, or continues one under its new token."""
    flask_login.login_user(user)


def step_up() -> None:
    """Raises StepUpRequired unless the user's identity was confirmed a short while ago."""
    if not rules.stepped_up(require_user().sign_in.stepped_up_at, clock.now(), timedelta(minutes=STEP_UP_MINUTES())):
        raise StepUpRequired


def _here() -> str:
    """Returns the page to come back to: this one, or the form's page for an action without one."""
    rule = request.url_rule
    if request.method == "GET" or (rule is not None and rule.methods and "GET" in rule.methods):
        return safe_redirect_target(request.full_path.rstrip("?"))
    sent_from = address_parts(request.referrer or "")
    if sent_from.netloc != request.host:
        return "/"
    return safe_redirect_target(sent_from.path + (f"?{sent_from.query}" if sent_from.query else ""))


def _ask_again(refusal: StepUpRequired) -> Any:
    if wants_json():
        return as_json(refusal), refusal.status
    undone = None if request.method == "GET" else 1
    return redirect(url_for("accounts.confirm_it_is_you", next=_here(), undone=undone))


def _gate() -> Response | None:
    endpoint = request.endpoint
    if endpoint is None:
        return None
    access = access_tables.ROUTES.get(endpoint)
    if access == ANYONE:
        return None
    scope = scope_of_access(access)
    if scope is not None:
        bearer_tokens.require(scope)
        return None
    signed_in = current_user.is_authenticated
    by_role = isinstance(access, frozenset)
    if admits(access, signed_in, current_roles() if by_role else ()):
        if endpoint in access_tables.STEP_UP:
            step_up()
        return None
    if access is not None and signed_in:
        logs.event("no_access", current_user.id)
    if access is not None and not signed_in:
        if wants_json():
            raise SignInRequired
        target = request.full_path.rstrip("?") if request.method == "GET" else None
        return redirect(url_for("accounts.sign_in", next=target))
    if by_role and lacks_factor() and admits(access, signed_in, _all_roles()):
        if wants_json():
            raise SecondFactorRequired
        return redirect(url_for("accounts.set_up_second_factor", next=_here()))
    raise NotFound


def init(app: Flask, loader: Loader, find_bearer: bearer_tokens.Finder) -> None:
    """Attaches sign-in; the application passes how tokens of sign-ins, and of the API, are looked up."""
    bearer_tokens.init(app, find_bearer)
    manager.init_app(app)
    manager.user_loader(loader)
    app.before_request(request_memo.begin)
    app.teardown_request(request_memo.end)
    app.before_request(_gate)
    app.register_error_handler(StepUpRequired, _ask_again)
    app.jinja_env.globals["held_roles"] = current_roles
    app.jinja_env.globals["lacks_factor"] = lacks_factor
