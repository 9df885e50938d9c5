"""What the pages of people and places share: forms shown again, fresh sessions, full addresses, QR codes.

A short name for the device and browser that sign in, so that people know their own in the list.
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
from tutoring.web.system_views import safe_redirect_target

_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("CrOS", "Chromebook"),
    ("Windows", "Windows"),
    ("Macintosh", "Mac"),
    ("Linux", "Linux"),
)
# In this order: the later names stand in the strings of the earlier ones too.
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
    """Such as "Android, Chrome"; empty when the string tells nothing."""
    system = next((name for mark, name in _SYSTEMS if mark in user_agent), "")
    browser = next((name for mark, name in _BROWSERS if mark in user_agent), "")
    return ", ".join(filter(None, (system, browser)))


KNOWN = "known"  # a cookie: marks of the accounts that have signed in with this browser (tries.py)
MOST_KNOWN = 6
YEAR = 365 * 86400
HALF = "half"  # where the session keeps the token of a sign-in that waits for its code


def render_form(template: str, form: Form, refusal: DomainError | None = None, **facts: Any) -> Response:
    """The page of a form as it was typed, with what is wrong beside the fields, under the fitting status."""
    if refusal is not None:
        form.refuse(refusal)
    status = refusal.status if refusal is not None else 422 if form.errors else 200
    response = make_response(render_template(template, form=form, **facts), status)
    if refusal is not None and refusal.retry_after is not None:
        response.headers["Retry-After"] = str(refusal.retry_after)
    return response


def client_address() -> str:
    """Where the request comes from, for counting tries."""
    return request.remote_addr or ""


def marks() -> list[str]:
    """Which accounts this browser is known to."""
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
    """End the sign-in before; nothing of its session is taken over."""
    before = current_user._get_current_object() if current_user.is_authenticated else None
    if before is not None:
        end_sign_in(before, before.sign_in.id)
    session.clear()


def enter(user: User, shared: bool = False) -> None:
    """Begin a fresh session for this person, who has just given the passphrase and has no second factor."""
    _leave()
    begin_sign_in(user, device_of(request.user_agent.string), shared)
    # On a shared device the cookie goes with the browser window.
    session.permanent = not shared
    auth.enter(user)
    if not shared:
        _remember(user)


def enter_half(user: User, shared: bool, target: str, short: bool) -> None:
    """The passphrase was right: this browser may try codes for ten minutes, and is nobody until one is right."""
    _leave()
    session[HALF] = begin_half(user, device_of(request.user_agent.string), shared)
    session.update(next=target, short=short)


def half() -> SignIn | None:
    """The half sign-in of this browser."""
    return half_of_token(str(session.get(HALF, "")))


def enter_whole(half_id: int) -> str:
    """The code was right, too: a fresh session under a new token. Returns where to go on to."""
    target, short = safe_redirect_target(session.get("next")), bool(session.get("short"))
    user = complete(half_id)
    session.clear()
    session.permanent = not user.sign_in.shared_device if user.sign_in else False
    auth.enter(user)
    if session.permanent:
        _remember(user)
    say_short(short)
    return target


def say_short(short: bool) -> None:
    """Tell somebody who has come in that the password has become too short for the role."""
    if short:
        flash(gettext("Mật khẩu của bạn ngắn so với vai trò. Hãy đổi ở mục Tài khoản: bốn từ, hoặc 15 ký tự."), "warn")


def onward(target: str) -> str:
    """Where somebody goes who has just come in: first to the second factor, if the role asks for one."""
    return url_for("accounts.set_up_second_factor", next=target) if auth.lacks_factor() else target


def absolute_url(path: str) -> str:
    """A path with the site's own address before it, for print and mail; never one that a caller sent."""
    settings = current_app.config["SETTINGS"]
    here = request.host_url.rstrip("/") if request else ""
    origin = here if here in settings.origins else settings.origins[0]
    return f"{origin}{path}"


def svg(text: str) -> Markup:
    """A QR code as an inline drawing."""
    out = io.BytesIO()
    segno.make(text, error="m", micro=False).save(
        out, kind="svg", xmldecl=False, svgns=True, omitsize=True, border=4, lineclass=None, svgclass="qr", nl=False
    )
    return Markup(out.getvalue().decode())
