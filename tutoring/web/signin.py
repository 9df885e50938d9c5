"""Who is asking: Flask-Login over sign-in rows, and the gate that lets a person through to a route."""

from collections.abc import Callable
from typing import Any, cast

import flask_login
from flask import Flask, g, redirect, request, url_for
from flask_login import LoginManager, current_user
from werkzeug.wrappers import Response

from tutoring.kernel.errors import Missing, NotAllowed
from tutoring.kernel.text import N_
from tutoring.policy import tables as policy
from tutoring.web.errors import wants_json

manager = LoginManager()
manager.session_protection = None  # phones change their address all the time; the token itself can be ended

Loader = Callable[[str], Any]
RolesOf = Callable[[int], frozenset[str]]

_roles_of: RolesOf = lambda user_id: frozenset()  # noqa: E731


class SignedOut(NotAllowed):
    """Nobody is signed in where somebody must be."""

    status = 401
    default_code = "signed_out"
    default_say = N_("Bạn cần đăng nhập trước.")


def me() -> Any:
    """The signed-in person of this request; raises SignedOut when there is none."""
    if not current_user.is_authenticated:
        raise SignedOut
    return current_user._get_current_object()


def held_roles() -> frozenset[str]:
    """Roles that the present person holds anywhere, asked for once a request."""
    if not current_user.is_authenticated:
        return frozenset()
    if "roles" not in g:
        g.roles = _roles_of(current_user.id)
    return cast(frozenset[str], g.roles)


def enter(user: Any) -> None:
    """Begin this browser's session with a fresh sign-in."""
    flask_login.login_user(user)


def _gate() -> Response | None:
    endpoint = request.endpoint
    if endpoint is None:
        return None
    access = policy.ROUTES.get(endpoint)
    if access == policy.ANYONE:
        return None
    signed_in = current_user.is_authenticated
    if policy.admits(access, signed_in, held_roles() if isinstance(access, frozenset) else ()):
        return None
    if access is not None and not signed_in:
        if wants_json():
            raise SignedOut
        target = request.full_path.rstrip("?") if request.method == "GET" else None
        return redirect(url_for("accounts.sign_in", next=target))
    raise Missing


def init(app: Flask, loader: Loader, roles_of: RolesOf) -> None:
    """Attach sign-in; who a token belongs to and which roles a person holds is told by the features above."""
    global _roles_of
    _roles_of = roles_of
    manager.init_app(app)
    manager.user_loader(loader)
    app.before_request(_gate)
    app.jinja_env.globals["held_roles"] = held_roles
