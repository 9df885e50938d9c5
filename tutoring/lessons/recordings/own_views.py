"""The page on which a user hears and deletes the own recordings, also after the role has ended."""

from flask import render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from tutoring.accounts.hooks import Panel, account_panels
from tutoring.accounts.models import User
from tutoring.lessons.blueprint import blueprint
from tutoring.lessons.recordings import commands as recordings_commands
from tutoring.lessons.recordings import queries as recordings_queries
from tutoring.web import visitor_cache
from tutoring.web.auth import current_roles, require_user
from tutoring.web.form_actions import run_action
from tutoring.web.i18n import language
from tutoring.web.urls import parse_int


@blueprint.get("/account/recordings")
def own_recordings() -> str:
    found = recordings_queries.own_recordings(require_user().id)
    return render_template("lessons/recordings/own.html", found=found, shown=language())


@blueprint.post("/account/recordings")
def withdraw_own_recordings() -> Response:
    then = url_for("lessons.own_recordings")
    if request.form.get("all"):
        return run_action(_withdraw_all, gettext("Đã xoá mọi bản thu của bạn."), then)
    recording_id = request.form.get("recording", 0, type=parse_int)
    return run_action(lambda: _withdraw(recording_id), gettext("Đã xoá bản thu."), then)


def _withdraw(recording_id: int) -> None:
    recordings_commands.withdraw_recording(require_user(), current_roles(), recording_id)
    visitor_cache.forget()


def _withdraw_all() -> None:
    recordings_commands.withdraw_own_recordings(require_user())
    visitor_cache.forget()


@account_panels.register
def _own_recordings(user: User) -> Panel | None:
    if user.is_minor or not recordings_queries.has_recordings(user.id):
        return None
    return Panel("lessons/recordings/_own_panel.html")
