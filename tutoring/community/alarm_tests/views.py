"""Pages of test alarms: starting one, and answering one with a single tap."""

from datetime import datetime

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext, ngettext
from werkzeug.wrappers import Response

from tutoring.community.alarm_tests.commands import answer_test, call_of, start_test
from tutoring.community.alarm_tests.readiness import tried_lately
from tutoring.community.blueprint import blueprint
from tutoring.kernel import clock
from tutoring.kernel.errors import DomainError
from tutoring.policy.alarm_tests import ANSWER_WITHIN
from tutoring.web.auth import require_user
from tutoring.web.i18n import translate_error


def took(answered: datetime, called: datetime) -> str:
    """Formats how long an answer took."""
    seconds = max(0, int((answered - called).total_seconds()))
    if seconds < 60:
        return str(ngettext("%(num)d giây", "%(num)d giây", seconds))
    if seconds < 3600:
        return str(ngettext("%(num)d phút", "%(num)d phút", seconds // 60))
    return str(ngettext("%(num)d giờ", "%(num)d giờ", seconds // 3600))


blueprint.add_app_template_filter(took, "took")


@blueprint.post("/units/<int:unit_id>/alarm-tests")
def start_alarm_test(unit_id: int) -> Response:
    page = url_for("community.duty", unit_id=unit_id, _anchor="alarm-tests")
    try:
        made = start_test(require_user(), unit_id)
    except DomainError as refusal:
        if refusal.status != 409:
            raise
        flash(translate_error(refusal), "warn")
        return redirect(page)
    num = len(tried_lately(made.unit_id)[0].calls)
    flash(
        ngettext("Đã gửi báo động thử cho %(num)d người.", "Đã gửi báo động thử cho %(num)d người.", num)
        + " " + gettext("Ai trả lời sẽ hiện ở dưới."), "ok",
    )  # fmt: skip
    return redirect(page)


@blueprint.get("/alarm-tests/<int:alarm_test_id>")
def alarm_test(alarm_test_id: int) -> str:
    call = call_of(require_user().id, alarm_test_id)
    return render_template(
        "community/alarm_tests/alarm_test.html", call=call, place=call.test.unit,
        over=call.answered_at is None and clock.now() > call.called_at + ANSWER_WITHIN,
    )  # fmt: skip


@blueprint.post("/alarm-tests/<int:alarm_test_id>/answer")
def answer_alarm_test(alarm_test_id: int) -> Response:
    try:
        answer_test(require_user(), alarm_test_id)
    except DomainError as refusal:
        if refusal.status != 409:
            raise
        flash(translate_error(refusal), "warn")
    return redirect(url_for("community.alarm_test", alarm_test_id=alarm_test_id))
