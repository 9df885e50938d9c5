"""What tells somebody outside the site: notices on this device, and short messages. Parts of the page of choices."""

import secrets
import uuid
from typing import Any

from flask import current_app, flash, redirect, request, url_for
from flask_babel import gettext
from flask_login import user_logged_in
from werkzeug.wrappers import Response

from tutoring.kernel import limits
from tutoring.kernel.errors import Invalid, Refusal
from tutoring.kernel.text import N_
from tutoring.notifications import push, push_commands, push_queries, sms_commands, sms_queries
from tutoring.notifications.push_trying import put_down_trial
from tutoring.notifications.routes import blueprint
from tutoring.policy.notifications import may_get_texts
from tutoring.web.acting import acted
from tutoring.web.i18n import said
from tutoring.web.security import takes_json
from tutoring.web.signin import me

BROWSER = "push"  # a cookie that stays in a browser where pushes were switched on: who comes there next is seen by it
YEAR = 365 * 86400


def part() -> dict[str, Any]:
    """What templates/notifications/_push.html shows."""
    sign_in = me().sign_in
    return {
        "ready": bool(push.public_key()),
        "key": push.public_key(),
        "shared": sign_in.shared_device,
        "on": push_queries.is_on(sign_in.id),
        "others": len([one for one in push_queries.places_of(me().id) if one.sign_in_id != sign_in.id]),
    }


def sms_part() -> dict[str, Any]:
    """What templates/notifications/_sms.html shows."""
    person = me()
    number = sms_queries.number_of(person.id)
    return {
        "ready": bool(current_app.config["SETTINGS"].sms_url) and may_get_texts(person.is_minor),
        "phone": person.phone,
        "on": sms_queries.is_confirmed(person),
        "asked": bool(number and number.nonce and number.number_mark == person.phone_mark),
        "most": current_app.config["SETTINGS"].sms_per_person,
    }


def _back() -> str:
    return url_for("notifications.choices")


@blueprint.post("/notices/push")
@takes_json
def push_on() -> Response:
    """From static/app/push.js, with what the browser's push service gave it."""
    limits.hit("push_on", me().id)
    told = request.get_json(silent=True)
    endpoint, keys = (told.get("endpoint"), told.get("keys")) if isinstance(told, dict) else (None, None)
    if not isinstance(endpoint, str) or not isinstance(keys, dict) or not push.public_key():
        raise Invalid
    if not push.may_post_to(endpoint):
        raise Invalid(N_("Trình duyệt này dùng một nơi gửi thông báo mà trang không gửi tới được."))
    browser = request.cookies.get(BROWSER) or secrets.token_urlsafe(24)
    push_commands.switch_on(me(), me().sign_in, browser, endpoint, keys)
    response = Response('{"ok":true}', mimetype="application/json")
    response.set_cookie(
        BROWSER, browser, max_age=YEAR, httponly=True, samesite="Lax", secure=request.is_secure, path="/"
    )
    return response


@blueprint.post("/notices/push/off")
def push_off() -> Response:
    return acted(
        lambda: push_commands.switch_off(me(), me().sign_in), gettext("Máy này không nhận thông báo nữa."), _back()
    )


@blueprint.post("/notices/push/try")
def push_try() -> Response:
    return acted(lambda: _try(), gettext("Đã gửi một thông báo thử. Vài giây nữa máy sẽ hiện."), _back())


def _try() -> None:
    limits.hit("push_on", me().id)
    put_down_trial(me(), uuid.uuid4().hex)


@blueprint.post("/notices/texts")
def text_code() -> Response:
    return acted(
        lambda: sms_commands.ask_code(me()), gettext("Đã gửi mã tới điện thoại. Tin nhắn đến trong vài phút."), _back()
    )


@blueprint.post("/notices/texts/number")
def text_number() -> Response:
    try:
        sms_commands.confirm_number(me(), request.form.get("code", "")[:40])
        flash(gettext("Đã xác nhận số điện thoại. Bạn chọn loại thông báo gửi bằng tin nhắn ở trang này."), "ok")
    except Refusal as refusal:
        flash(said(refusal), "bad")
    return redirect(_back())


@blueprint.post("/notices/texts/off")
def text_off() -> Response:
    return acted(lambda: sms_commands.forget_number(me()), gettext("Đã tắt tin nhắn điện thoại."), _back())


def _somebody_comes(_app: object, user: Any, **_more: object) -> None:
    browser = request.cookies.get(BROWSER)
    if browser and user.sign_in is not None:
        push_commands.somebody_signed_in(browser, user.id, user.sign_in)


user_logged_in.connect(_somebody_comes)
