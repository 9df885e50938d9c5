"""The preferences page, and the unsubscribe page of letters."""

from dataclasses import dataclass
from datetime import timedelta

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from tutoring.accounts.models import User
from tutoring.accounts.queries import user
from tutoring.accounts.sign_ins.flow import render_form
from tutoring.community.queries import roles_of
from tutoring.kernel import clock
from tutoring.kernel.errors import DomainError, NotFound
from tutoring.notifications.blueprint import blueprint
from tutoring.notifications.channels.mail import read_off_token
from tutoring.notifications.channels.registry import CHANNELS
from tutoring.notifications.delivery import failures
from tutoring.notifications.inbox.queries import topics_told
from tutoring.notifications.preferences.commands import choose, switch_off
from tutoring.notifications.preferences.forms import ChoicesForm
from tutoring.notifications.preferences.queries import EffectivePreferences, chosen_of
from tutoring.notifications.preferences.topics import TOPICS, WAYS, Topic
from tutoring.policy.notifications import may_be_woken
from tutoring.web.auth import require_user
from tutoring.web.form_actions import run_action
from tutoring.web.security import without_token

LABELS = {"mail": _l("Email"), "push": _l("Trên máy"), "sms": _l("Tin nhắn")}
_USUAL = ("answers", "sessions", "rooms", "meetings", "safety", "account")  # the first rows for all users


@dataclass(frozen=True)
class Row:
    """One topic on the page, with its ticked channels."""

    name: str
    topic: Topic
    ticked: frozenset[str]


def _ways(person: User) -> list[str]:
    """Returns the channels that are configured and reach this user, in page order."""
    return [name for name in WAYS if (way := CHANNELS.get(name)) and way.ready() and way.reaches(person)]


def _rows(chosen: EffectivePreferences, ways: list[str], picked: dict[str, dict[str, bool]] | None) -> list[Row]:
    def ticked(name: str, way: str) -> bool:
        return picked[name][way] if picked and way not in TOPICS[name].fixed else chosen.goes(name, way)

    return [
        Row(name, topic, frozenset(way for way in ways if ticked(name, way)))
        for name, topic in TOPICS.items() if not topic.like
    ]  # fmt: skip


def _page(
    form: ChoicesForm, refusal: DomainError | None = None, picked: dict[str, dict[str, bool]] | None = None
) -> Response:
    person = require_user()
    ways, chosen = _ways(person), chosen_of(person)
    near = topics_told(person.id) | set(_USUAL)
    rows = _rows(chosen, ways, picked)
    wakes = may_be_woken(roles_of(person.id), person.is_minor)
    return render_form(
        "notifications/preferences/choices.html", form, refusal, ways=ways, labels=LABELS, wakes=wakes,
        near=[row for row in rows if row.name in near], far=[row for row in rows if row.name not in near],
        any_way=any(way.ready() for way in CHANNELS.values()), no_mail="mail" not in ways and CHANNELS["mail"].ready(),
        troubles=failures.troubles_of(person),
        counts=failures.counts(clock.now() - timedelta(days=7)) if person.site_admin else None,
    )  # fmt: skip


@blueprint.get("/notices/choices")
def choices() -> Response:
    form = ChoicesForm()
    form.show(chosen_of(require_user()))
    return _page(form)


@blueprint.post("/notices/choices")
def save_choices() -> Response:
    form, shown = ChoicesForm(), [way for way in request.form.getlist("way") if way in WAYS]
    go = set(request.form.getlist("go"))
    picked = {name: {way: f"{name}:{way}" in go for way in WAYS if way in shown} for name in TOPICS}
    kept = {name: {way: ways.get(way, False) for way in WAYS} for name, ways in picked.items()}
    if not form.validate():
        return _page(form, picked=kept)
    try:
        choose(require_user(), form.typed(picked))
    except DomainError as refusal:
        return _page(form, refusal, kept)
    flash(gettext("Đã lưu cách nhận thông báo."), "ok")
    return redirect(url_for("notifications.choices"))


@blueprint.post("/notices/choices/<channel>/again")
def try_again(channel: str) -> Response:
    if channel not in WAYS:
        raise NotFound
    words = gettext("Được rồi. Thông báo mới sẽ lại được gửi tới đây.")
    return run_action(lambda: failures.try_again(require_user(), channel), words, url_for("notifications.choices"))


@blueprint.get("/notices/off/<token>")
def off(token: str) -> str:
    """Asks for confirmation: a mail scanner opens links, and a GET must change nothing."""
    _person, topics = _of_token(token)
    return render_template("notifications/preferences/off.html", topics=[TOPICS[name] for name in topics], done=False)


@blueprint.post("/notices/off/<token>")
@without_token  # mail programs post this without a sign-in; the signed token identifies user and topics
def switch_it_off(token: str) -> str:
    person, topics = _of_token(token)
    if "all" in request.form:
        topics = [name for name, topic in TOPICS.items() if "mail" not in topic.fixed]
    switch_off(person, topics, "mail")
    return render_template("notifications/preferences/off.html", topics=[TOPICS[name] for name in topics], done=True)


def _of_token(token: str) -> tuple[User, list[str]]:
    if (found := read_off_token(token)) is None:
        raise NotFound
    person = user(found[0])
    if person.erased_at is not None:
        raise NotFound
    return person, found[1]
