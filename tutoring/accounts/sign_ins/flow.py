"""Shared helpers of the sign-in pages: forms, new sessions, absolute addresses, QR codes.

It also names the device and browser of a sign-in, so that users recognize their own in the list.
"""

import io
from typing import Any

import segno
from flask import after_this_request, current_app, flash, make_response, render_template, request, session, url_for
from flask_babel import gettext
from flask_login import current_user
from markupsafe import Markup
from werkzeug.wrappers import Response

from tutoring.accounts.models import SignIn, User
from tutoring.accounts.sign_ins import attempts
from tutoring.accounts.sign_ins.lifecycle import begin_half, begin_sign_in, complete, end_sign_in, half_of_token
from tutoring.kernel.errors import DomainError
from tutoring.web import auth
from tutoring.web.forms import Form
from tutoring.web.urls import safe_redirect_target

_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("CrOS", "Chromebook"),
    ("Windows", "Windows"),
    ("Macintosh", "Mac"),
    ("Linux", "Linux"),
)
# The order matters: strings of earlier browsers contain later names too.
_BROWSERS = (
    ("Zalo", "Zalo"),
    ("FBAN", "Facebook"),
    ("FBAV", "Facebook"),
    ("coc_coc", "Cốc Cốc"),
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)


def device_of(user_agent: str) -> str:
    """Returns a name such as "Android, Chrome"; empty when the user agent is unknown."""
    system = next((name for mark, name in _SYSTEMS if mark in user_agent), "")
    browser = next((name for mark, name in _BROWSERS if mark in user_agent), "")
    return ", ".join(filter(None, (system, browser)))


KNOWN = "known"  # a cookie: the accounts that have signed in with this browser (attempts.py)
MOST_KNOWN = 6
YEAR = 365 * 86400
HALF = "half"  # the session key of a sign-in that waits for its code
KEPT: set[str] = set()  # session keys of a visitor that a sign-in keeps: they name no person


def render_form(template: str, form: Form, refusal: DomainError | None = None, **facts: Any) -> Response:
    """Renders a form with its input and errors, under the fitting status."""
    if refusal is not None:
        form.refuse(refusal)
    status = refusal.status if refusal is not None else 422 if form.errors else 200
    response = make_response(render_template(template, form=form, **facts), status)
    if refusal is not None and refusal.retry_after is not None:
        response.headers["Retry-After"] = str(refusal.retry_after)
    return response


def client_address() -> str:
    """Returns the client's address, for counting attempts."""
    return request.remote_addr or ""


def marks() -> list[str]:
    """Returns the marks of the accounts that know this browser."""
    return request.cookies.get(KNOWN, "").split(".")[:MOST_KNOWN]


def _remember(user: User) -> None:
    own = attempts.mark(user)
    kept = [own, *(one for one in marks() if one not in ("", own))][:MOST_KNOWN]

    @after_this_request
    def keep(response: Response) -> Response:
        secure = bool(current_app.config["SESSION_COOKIE_SECURE"])
        response.set_cookie(KNOWN, ".".join(kept), max_age=YEAR, httponly=True, samesite="Lax", secure=secure)
        return response


def _leave() -> None:
    """Ends the previous sign-in; of its session nothing is kept, of a visitor's only `KEPT`."""
    before = current_user._get_current_object() if current_user.is_authenticated else None
    if before is not None:
        end_sign_in(before, before.sign_in.id)
        session.clear()
    _clear()


def _clear() -> None:
    kept = {key: session[key] for key in KEPT if key in session}
    session.clear()
    session.update(kept)


def enter(user: User, shared: bool = False, *, elsewhere: bool = False) -> None:
    """Starts a new session for a user without a second factor, after the right passphrase.

    `elsewhere`: an identity provider has checked who it is.
    """
    _leave()
    begin_sign_in(user, device_of(request.user_agent.string), shared, elsewhere=elsewhere)
    # On a shared device the cookie ends with the browser window.
    session.permanent = not shared
    auth.enter(user)
    if not shared and not elsewhere:  # a browser is known by the passphrase alone
        _remember(user)


def enter_half(user: User, shared: bool, target: str, short: bool) -> None:
    """Starts a half sign-in after the right passphrase: ten minutes to enter a code, no rights."""
    _leave()
    session[HALF] = begin_half(user, device_of(request.user_agent.string), shared)
    session.update(next=target, short=short)


def half() -> SignIn | None:
    """Returns the half sign-in of this browser, or None."""
    return half_of_token(str(session.get(HALF, "")))


def enter_whole(half_id: int) -> str:
    """Completes the sign-in after a right code: a new session under a new token.

    Returns the page to go on to.
    """
    target, short = safe_redirect_target(session.get("next")), bool(session.get("short"))
    user = complete(half_id)
    _clear()
    session.permanent = not user.sign_in.shared_device if user.sign_in else False
    auth.enter(user)
    if session.permanent:
        _remember(user)
    say_short(short)
    return target


def say_short(short: bool) -> None:
    """Warns a user after sign-in whose password is too short for the role."""
    if short:
        flash(gettext("Mật khẩu của bạn ngắn so với vai trò. Hãy đổi ở mục Tài khoản: bốn từ, hoặc 15 ký tự."), "warn")


def onward(target: str) -> str:
    """Returns the first page after sign-in: second factor set-up if the role needs it."""
    return url_for("accounts.set_up_second_factor", next=target) if auth.lacks_factor() else target


def absolute_url(path: str) -> str:
    """Returns an absolute address of this site for print and mail, never a host from a request."""
    settings = current_app.config["SETTINGS"]
    here = request.host_url.rstrip("/") if request else ""
    origin = here if here in settings.origins else settings.origins[0]
    return f"{origin}{path}"


def svg(text: str) -> Markup:
    """Returns a QR code as an inline SVG."""
    out = io.BytesIO()
    segno.make(text, error="m", micro=False).save(
        out, kind="svg", xmldecl=False, svgns=True, omitsize=True, border=4, lineclass=None, svgclass="qr", nl=False
    )
    return Markup(out.getvalue().decode())
