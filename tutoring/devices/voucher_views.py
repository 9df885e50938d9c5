"""Pages of a family's vouchers: the list, one of them, its code once it is opened, and whether it worked."""

from flask import flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from tutoring.devices import internet_queries as queries
from tutoring.devices import vouching_internet as commands
from tutoring.devices.internet_words import NETWORK_WORDS, VOUCHER_KINDS, VOUCHER_WORDS
from tutoring.devices.routes import blueprint
from tutoring.kernel import clock
from tutoring.kernel.errors import Conflict, TooMany
from tutoring.web.i18n import said
from tutoring.web.numbers import whole
from tutoring.web.signin import me

_WORDS = {"networks": NETWORK_WORDS, "states": VOUCHER_WORDS, "kinds": VOUCHER_KINDS}


@blueprint.get("/devices/internet")
def my_vouchers() -> str:
    person = me()
    page = queries.vouchers_of(person, request.args.get("before", type=whole))
    return render_template("devices/my_vouchers.html", page=page, minor=person.is_minor, **_WORDS)


@blueprint.get("/devices/internet/<int:voucher_id>")
def voucher(voucher_id: int) -> Response:
    return _page(voucher_id)


def _page(voucher_id: int, code: str = "") -> Response:
    row = queries.voucher_of(me(), voucher_id)
    page = render_template("devices/voucher.html", row=row, code=code, today=clock.today(), **_WORDS)
    response = make_response(page)
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.post("/devices/internet/<int:voucher_id>/open")
def open_voucher(voucher_id: int) -> Response:
    try:
        return _page(voucher_id, commands.open_voucher(me(), voucher_id))
    except (Conflict, TooMany) as refusal:
        flash(said(refusal), "bad")
        return redirect(url_for("devices.voucher", voucher_id=voucher_id))


@blueprint.post("/devices/internet/<int:voucher_id>/used")
def voucher_used(voucher_id: int) -> Response:
    try:
        commands.confirm_use(me(), voucher_id)
        flash(gettext("Cảm ơn bạn đã cho biết. Mã đã được xoá khỏi Cùng Học."), "ok")
    except Conflict as refusal:
        flash(said(refusal), "bad")
    return redirect(url_for("devices.voucher", voucher_id=voucher_id))


@blueprint.post("/devices/internet/<int:voucher_id>/failed")
def voucher_failed(voucher_id: int) -> Response:
    try:
        commands.tell_failed(me(), voucher_id)
        flash(gettext("Đã báo người phụ trách. Khi có gói khác, bạn được báo ở đây."), "ok")
    except Conflict as refusal:
        flash(said(refusal), "bad")
    return redirect(url_for("devices.voucher", voucher_id=voucher_id))
