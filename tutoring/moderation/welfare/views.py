"""The page of a welfare case: what was written, what to do, what was done; and its buttons."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

from flask import flash, redirect, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from tutoring.kernel import clock, rate_limits
from tutoring.kernel.errors import DomainError, NotFound
from tutoring.moderation.blueprint import blueprint
from tutoring.moderation.welfare import acts, talks
from tutoring.web.auth import require_user
from tutoring.web.i18n import translate_error


def _moment(typed: str) -> datetime | None:
    """Returns the time of today from input such as 19:42.

    Just after midnight it may be yesterday's.
    """
    try:
        time = datetime.strptime(typed.strip(), "%H:%M").time()
    except ValueError:
        return None
    here = clock.local(clock.now())
    at = here.replace(hour=time.hour, minute=time.minute, second=0, microsecond=0)
    return at - timedelta(days=1) if at > here + timedelta(minutes=1) else at


def _back(case_id: int) -> Response:
    return redirect(url_for("moderation.case", case_id=case_id), 303)


def _tried(case_id: int, act: Callable[[], object], done: str) -> Response:
    """Runs an act and redirects to the case's page, with what was done or why it failed."""
    try:
        act()
        flash(done, "ok")
    except NotFound:
        raise
    except DomainError as refusal:
        flash(translate_error(refusal), "bad")
    return _back(case_id)


@blueprint.post("/desk/cases/<int:case_id>/did")
def welfare_act(case_id: int) -> Response:
    form = request.form
    act = partial(
        acts.record_act, require_user(), case_id, form.get("kind", ""), form.get("who", ""), _moment(form.get("at", ""))
    )
    return _tried(case_id, act, gettext("Đã ghi việc đã làm."))


@blueprint.post("/desk/cases/<int:case_id>/talk")
def welfare_talk(case_id: int) -> Response:
    rate_limits.hit("act", require_user().id)
    try:
        room = talks.open_talk(require_user(), case_id)
    except NotFound:
        raise
    except DomainError as refusal:
        flash(translate_error(refusal), "bad")
        return _back(case_id)
    return redirect(url_for("rooms.show", room_id=room.id), 303)


@blueprint.post("/rooms/<int:room_id>/talk")
def ask_to_talk(room_id: int) -> Response:
    """Opens a talk with staff by the wish of a child, from the end of its session."""
    rate_limits.hit("act", require_user().id)
    try:
        room = talks.ask_to_talk(require_user(), room_id)
    except NotFound:
        raise
    except DomainError as refusal:
        flash(translate_error(refusal), "bad")
        return redirect(url_for("rooms.end", room_id=room_id), 303)
    return redirect(url_for("rooms.show", room_id=room.id), 303)


@blueprint.post("/desk/cases/<int:case_id>/calm")
def welfare_calm(case_id: int) -> Response:
    done = gettext("Đã ghi là không có nguy hiểm. Việc này đã đóng.")
    return _tried(case_id, partial(acts.calm, require_user(), case_id), done)


@blueprint.post("/desk/cases/<int:case_id>/home")
def welfare_home(case_id: int) -> Response:
    rate_limits.hit("act", require_user().id)
    form = request.form
    act = partial(acts.set_home, require_user(), case_id, form.get("home", ""), form.get("protects", ""))
    return _tried(case_id, act, gettext("Đã ghi."))


@blueprint.post("/desk/cases/<int:case_id>/close")
def welfare_close(case_id: int) -> Response:
    rate_limits.hit("act", require_user().id)
    done = gettext("Đã đóng việc này. Nội dung vẫn được niêm phong.")
    return _tried(case_id, partial(acts.close, require_user(), case_id), done)


@blueprint.post("/desk/cases/<int:case_id>/keep")
def welfare_hold(case_id: int) -> Response:
    rate_limits.hit("act", require_user().id)
    acts.keep_words(require_user(), case_id, request.form.get("on") == "1")
    flash(gettext("Đã ghi."), "ok")
    return _back(case_id)
