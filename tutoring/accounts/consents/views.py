"""A child's page for its guardian: consent, the child's assent, the card."""

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from tutoring.accounts import queries
from tutoring.accounts.blueprint import blueprint
from tutoring.accounts.consents.commands import give_consent, take_back, withdraw
from tutoring.accounts.consents.expiry import say_yes_anew
from tutoring.accounts.consents.texts import BY_KEY
from tutoring.accounts.forms import ConsentForm, FullNameForm, assent_form, renewal_form
from tutoring.accounts.hooks import child_panels
from tutoring.accounts.models import User
from tutoring.accounts.names.commands import may_have_full_name, set_child_full_name
from tutoring.accounts.registration import issue_card, record_assent
from tutoring.accounts.sign_ins.flow import absolute_url, render_form, svg
from tutoring.kernel.errors import DomainError, NotFound
from tutoring.policy.accounts import HELP_PURPOSES, may_consent_alone, needs_assent
from tutoring.web.auth import require_user

WORDS = {"give", "withdraw", "take_back"}


def _child(child_id: int) -> User:
    """Returns the current guardian's child, or the current user."""
    person: User = require_user()
    return person if person.id == child_id else queries.child_of(person.id, child_id).child


def _back(child: User) -> Response:
    if child.id == require_user().id:
        return redirect(url_for("accounts.account"))
    return redirect(url_for("accounts.child", child_id=child.id))


def unanswered(child: User) -> list[str]:
    """Returns purposes with the guardian's consent that lack the child's current assent."""
    if child.kind != "child" or not needs_assent(child.oldest_age or 0):
        return []
    return [s.purpose.key for s in queries.consent_statuses(child.id) if s.assent_missing]


@blueprint.get("/children/<int:child_id>")
def child(child_id: int) -> Response:
    return _child_page(child_id)


@blueprint.post("/children/<int:child_id>/full-name")
def child_full_name(child_id: int) -> Response:
    form, refusal = FullNameForm(), None
    if form.validate_on_submit():
        try:
            set_child_full_name(require_user(), child_id, form.full_name.data or "")
            flash(gettext("Đã lưu họ tên của con."), "ok")
            return redirect(url_for("accounts.child", child_id=child_id))
        except NotFound:
            raise
        except DomainError as caught:
            refusal = caught
    return _child_page(child_id, form, refusal)


def _child_page(child_id: int, form: FullNameForm | None = None, refusal: DomainError | None = None) -> Response:
    link = queries.child_of(require_user().id, child_id)
    return render_form(
        "accounts/consents/child.html",
        form or FullNameForm(formdata=None, full_name=link.child.full_name),
        refusal,
        names=link.confirmed_at is not None and may_have_full_name(link.child),
        child=link.child,
        link=link,
        standings=queries.consent_statuses(child_id),
        asked=needs_assent(link.child.oldest_age or 0),
        unanswered=(lacking := unanswered(link.child)),
        for_help=not HELP_PURPOSES.isdisjoint(lacking),
        panels=list(child_panels.collect(link.child)),
    )


@blueprint.route("/children/<int:child_id>/assent", methods=["GET", "POST"])
def assent(child_id: int) -> Response:
    child = _child(child_id)
    keys = unanswered(child)
    if not keys:
        return _back(child)
    form = assent_form(keys)
    if form.validate_on_submit():
        agreed = [key for key in keys if form[f"answer_{key}"].data == "yes"]
        record_assent(require_user(), child.id, agreed)
        if len(agreed) == len(keys):
            flash(gettext("Cảm ơn em. Câu trả lời của em đã được ghi lại."), "ok")
        else:
            flash(gettext("Đã ghi lại. Việc em chưa đồng ý thì chưa làm. Em đổi ý lúc nào cũng được."), "ok")
        return _back(child)
    return render_form("accounts/consents/assent.html", form, child=child, purposes=[BY_KEY[key] for key in keys])


@blueprint.route("/children/<int:child_id>/consents/<purpose>", methods=["GET", "POST"])
def consent(child_id: int, purpose: str) -> Response:
    child = _child(child_id)
    standing = next((s for s in queries.consent_statuses(child.id) if s.purpose.key == purpose), None)
    own = child.id == require_user().id
    undo = queries.own_withdrawal(require_user().id, child.id, purpose)
    if standing is None or (own and not standing.given and not undo and not may_consent_alone(child.kind == "child")):
        raise NotFound
    form = ConsentForm()
    sure = bool(form.sure.data) or not standing.purpose.needed
    if form.validate_on_submit() and form.word.data in WORDS and (sure or form.word.data != "withdraw"):
        try:
            _answer(form.word.data, child, purpose)
        except DomainError as refusal:
            return render_form(
                "accounts/consents/consent.html", form, refusal, child=child, standing=standing, own=own, undo=undo
            )
        return _back(child)
    asked = form.is_submitted() and form.word.data == "withdraw"
    return render_form(
        "accounts/consents/consent.html", form, child=child, standing=standing, own=own, undo=undo, asked=asked
    )


def _answer(word: str, child: User, purpose: str) -> None:
    if word == "withdraw":
        withdraw(require_user(), child.id, purpose)
        flash(gettext("Đã rút lại lời đồng ý. Việc dựa vào đó đã dừng. Trong 24 giờ còn lấy lại được."), "ok")
    elif word == "take_back":
        take_back(require_user(), child.id, purpose)
        flash(gettext("Đã lấy lại: đồng ý còn nguyên như trước. Phòng đã đóng thì nhờ giúp lại."), "ok")
    elif child.id == require_user().id and not may_consent_alone(child.kind == "child"):
        raise NotFound
    else:
        give_consent(require_user(), child, purpose)
        flash(gettext("Đã ghi lại đồng ý."), "ok")


@blueprint.route("/children/<int:child_id>/renewal", methods=["GET", "POST"])
def renewal(child_id: int) -> Response:
    """Asks to renew every consent for the coming school year; no box is ticked beforehand."""
    child = _child(child_id)
    own = child.id == require_user().id
    if own and child.kind == "child":  # the guardian answers on this page, the child on its own
        return redirect(url_for("accounts.assent", child_id=child.id))
    asked = [s for s in queries.consent_statuses(child.id) if s.asked_anew]
    if not asked:
        return _back(child)
    form = renewal_form([s.purpose for s in asked])
    if form.validate_on_submit():
        say_yes_anew(require_user(), child.id, set(form.purposes.data or []))
        flash(gettext("Đã ghi lại câu trả lời cho năm học tới."), "ok")
        return redirect(url_for("accounts.assent", child_id=child.id)) if unanswered(child) else _back(child)
    purposes, until = [s.purpose for s in asked], asked[0].until
    return render_form("accounts/consents/renewal.html", form, child=child, own=own, purposes=purposes, until=until)


@blueprint.post("/children/<int:child_id>/card")
def card(child_id: int) -> str:
    child, phrase = issue_card(require_user(), child_id)
    place = absolute_url(url_for("accounts.sign_in", u=child.username))
    return render_template("accounts/consents/card.html", child=child, phrase=phrase, place=place, code=svg(place))
