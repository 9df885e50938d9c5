"""Pages of webhooks: those of a unit, a new one, its secret, the log."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from tutoring.accounts.models import User
from tutoring.accounts.sign_ins.flow import render_form
from tutoring.community.hooks import UnitLink, unit_links
from tutoring.community.models import Unit
from tutoring.community.queries import acting_roles_at
from tutoring.kernel import clock
from tutoring.kernel.errors import Conflict, DomainError, NotFound
from tutoring.policy import webhooks as policy
from tutoring.web import shown_once
from tutoring.web.auth import require_user
from tutoring.web.form_actions import run_action
from tutoring.web.i18n import translate_error
from tutoring.webhooks import commands as webhook_commands
from tutoring.webhooks import queries as webhook_queries
from tutoring.webhooks.blueprint import blueprint
from tutoring.webhooks.commands import WebhookInput
from tutoring.webhooks.forms import WebhookForm
from tutoring.webhooks.labels import ENDED_WORDS, KIND_WORDS, STATE_WORDS

WORDS = {"kind_words": KIND_WORDS, "state_words": STATE_WORDS, "ended_words": ENDED_WORDS}


@unit_links.register
def _unit_webhooks(tab: str, _person: User, unit: Unit, held: frozenset[str]) -> UnitLink | None:
    if tab != "settings" or not policy.may_see(held, unit.kind):
        return None
    return UnitLink(
        gettext("Báo tin cho chương trình khác"), url_for("webhooks.unit_webhooks", unit_id=unit.id), "send"
    )


def _may_manage(person: User, place: Unit) -> bool:
    return policy.may_manage(acting_roles_at(person, place.id), place.kind, place.effective_to is not None)


@blueprint.get("/units/<int:unit_id>/webhooks")
def unit_webhooks(unit_id: int) -> str:
    place = webhook_queries.unit_with_webhooks(require_user(), unit_id)
    return render_template(
        "webhooks/webhooks.html",
        unit=place,
        webhooks=webhook_queries.webhooks_of(unit_id),
        ended=webhook_queries.webhooks_of(unit_id, ended=True),
        may_manage=_may_manage(require_user(), place),
        **WORDS,
    )


@blueprint.route("/units/<int:unit_id>/webhooks/new", methods=["GET", "POST"])
def make_webhook(unit_id: int) -> Response | str:
    person = require_user()
    place = webhook_queries.unit_with_webhooks(person, unit_id)
    if not _may_manage(person, place):
        raise NotFound
    form, refusal = WebhookForm(), None
    form.offer(policy.offered_kinds(acting_roles_at(person, unit_id), place.kind))
    if form.validate_on_submit():
        written = WebhookInput(form.url.data or "", form.kinds.data or ())
        try:
            webhook_id, secret = webhook_commands.make_webhook(person, unit_id, written)
        except NotFound:
            raise
        except DomainError as caught:
            refusal = caught
        else:
            return _to_secret(webhook_id, secret, "first")
    return render_form("webhooks/new_webhook.html", form, refusal, unit=place)


@blueprint.get("/webhooks/<int:webhook_id>")
def webhook(webhook_id: int) -> str:
    row = webhook_queries.webhook_of(require_user(), webhook_id)
    return render_template(
        "webhooks/webhook.html",
        webhook=row,
        unit=row.unit,
        log=webhook_queries.log_of(webhook_id),
        given_up=webhook_queries.given_up(webhook_id),
        mark=webhook_queries.mark_of_secret(row),
        may_manage=row.ended_at is None and _may_manage(require_user(), row.unit),
        old_until=row.old_until if row.old_until is not None and row.old_until > clock.now() else None,
        **WORDS,
    )


@blueprint.post("/webhooks/<int:webhook_id>/secret")
def change_secret(webhook_id: int) -> Response:
    try:
        secret = webhook_commands.change_secret(require_user(), webhook_id, request.form.get("mark", ""))
    except Conflict as refusal:
        flash(translate_error(refusal), "bad")
        return redirect(_page(webhook_id))
    return _to_secret(webhook_id, secret, "next")


def _to_secret(webhook_id: int, secret: str, which: str) -> Response:
    shown_once.keep(f"webhook-{webhook_id}", require_user().id, f"{which} {secret}")
    return redirect(url_for("webhooks.show_secret", webhook_id=webhook_id))


@blueprint.get("/webhooks/<int:webhook_id>/secret")
def show_secret(webhook_id: int) -> Response | str:
    """Shows a new secret once. The second time leads to the webhook, because the secret cannot be read any more."""
    row = webhook_queries.webhook_of(require_user(), webhook_id)
    if not _may_manage(require_user(), row.unit):
        raise NotFound
    kept = shown_once.take(f"webhook-{webhook_id}", require_user().id)
    if kept is None:
        flash(gettext("Mã ký chỉ hiện một lần. Nếu chưa kịp cất, hãy đổi mã ký."), "bad")
        return redirect(_page(webhook_id))
    which, _, secret = kept.partition(" ")
    return render_template(
        "webhooks/secret.html", unit=row.unit, webhook_id=webhook_id, secret=secret, first=which == "first"
    )


@blueprint.post("/webhooks/<int:webhook_id>/test")
def send_test(webhook_id: int) -> Response:
    words = gettext("Đã xếp gửi một tin thử. Tải lại trang sau ít giây để xem bên nhận trả lời.")
    return run_action(lambda: webhook_commands.send_test(require_user(), webhook_id), words, _page(webhook_id))


@blueprint.post("/webhooks/<int:webhook_id>/deliveries/<int:delivery_id>/again")
def send_again(webhook_id: int, delivery_id: int) -> Response:
    return run_action(
        lambda: webhook_commands.send_again(require_user(), webhook_id, delivery_id),
        gettext("Đã xếp gửi lại tin này."), _page(webhook_id),
    )  # fmt: skip


@blueprint.post("/webhooks/<int:webhook_id>/end")
def end_webhook(webhook_id: int) -> Response:
    words = gettext("Đã dừng. Không tin nào được gửi tới địa chỉ này nữa.")
    return run_action(lambda: webhook_commands.end_webhook(require_user(), webhook_id), words, _page(webhook_id))


def _page(webhook_id: int) -> str:
    return url_for("webhooks.webhook", webhook_id=webhook_id)
