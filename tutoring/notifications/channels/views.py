"""Parts of the preferences page for push and SMS."""

import secrets
import uuid
from typing import Any

from flask import flash, redirect, request, url_for
from flask_babel import gettext
from flask_login import user_logged_in
from werkzeug.wrappers import Response

from tutoring.kernel import rate_limits
from tutoring.kernel.errors import DomainError, InvalidInput
from tutoring.kernel.text import N_
from tutoring.notifications.blueprint import blueprint
from tutoring.notifications.channels.push import channel
from tutoring.notifications.channels.push import commands as push_commands
from tutoring.notifications.channels.push.jobs import put_down_trial
from tutoring.notifications.channels.sms import commands as sms_commands
from tutoring.web.auth import require_user
from tutoring.web.form_actions import run_action
from tutoring.web.i18n import translate_error
from tutoring.web.security import takes_json

BROWSER = "push"  # a cookie that stays in a browser with push enabled; it reveals a change of user there
YEAR = 365 * 86400


def _back() -> str:
    return url_for("notifications.choices")


@blueprint.post("/notices/push")
@takes_json
def push_on() -> Response:
    """Enables push; called by static/app/push.js with the browser's subscription."""
    rate_limits.hit("push_on", require_user().id)
    told = request.get_json(silent=True)
    endpoint, keys = (told.get("endpoint"), told.get("keys")) if isinstance(told, dict) else (None, None)
    if not isinstance(endpoint, str) or not isinstance(keys, dict) or not channel.public_key():
        raise InvalidInput
    if not channel.may_post_to(endpoint):
        raise InvalidInput(N_("Trang không gửi được thông báo tới trình duyệt này."))
    browser = request.cookies.get(BROWSER) or secrets.token_urlsafe(24)
    push_commands.switch_on(require_user(), require_user().sign_in, browser, endpoint, keys)
    response = Response('{"ok":true}', mimetype="application/json")
    response.set_cookie(
        BROWSER, browser, max_age=YEAR, httponly=True, samesite="Lax", secure=request.is_secure, path="/"
    )
    return response


@blueprint.post("/notices/push/off")
def push_off() -> Response:
    return run_action(
        lambda: push_commands.switch_off(require_user(), require_user().sign_in),
        gettext("Máy này không nhận thông báo nữa."),
        _back(),
    )


@blueprint.post("/notices/push/try")
def push_try() -> Response:
    return run_action(lambda: _try(), gettext("Đã gửi một thông báo thử. Vài giây nữa máy sẽ hiện."), _back())


def _try() -> None:
    rate_limits.hit("push_on", require_user().id)
    put_down_trial(require_user(), uuid.uuid4().hex)


@blueprint.post("/notices/texts")
def text_code() -> Response:
    return run_action(
        lambda: sms_commands.ask_code(require_user()),
        gettext("Đã gửi mã tới điện thoại. Tin nhắn đến trong vài phút."),
        _back(),
    )


@blueprint.post("/notices/texts/number")
def text_number() -> Response:
    try:
        sms_commands.confirm_number(require_user(), request.form.get("code", "")[:40])
        flash(gettext("Đã xác nhận số điện thoại. Bạn chọn loại thông báo gửi bằng tin nhắn ở trang này."), "ok")
    except DomainError as refusal:
        flash(translate_error(refusal), "bad")
    return redirect(_back())


@blueprint.post("/notices/texts/off")
def text_off() -> Response:
    return run_action(
        lambda: sms_commands.forget_number(require_user()), gettext("Đã tắt tin nhắn điện thoại."), _back()
    )


def _somebody_comes(_app: object, user: Any, **_more: object) -> None:
    browser = request.cookies.get(BROWSER)
    if browser and user.sign_in is not None:
        push_commands.handle_browser_sign_in(browser, user.id, user.sign_in)


user_logged_in.connect(_somebody_comes)
