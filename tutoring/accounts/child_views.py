"""A child's page for its guardian: consent, the child's own yes, the card."""

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from tutoring.accounts import commands, queries
from tutoring.accounts.consent_texts import BY_KEY
from tutoring.accounts.forms import ConsentForm, assent_form
from tutoring.accounts.models import User
from tutoring.accounts.pages import form_page, full_url, qr
from tutoring.accounts.panels import child_panels
from tutoring.accounts.routes import blueprint
from tutoring.kernel.errors import Missing
from tutoring.policy.accounts import may_consent_alone, needs_assent
from tutoring.web.signin import me


def _child(child_id: int) -> User:
    """The child of the present guardian, or the present person itself."""
    person: User = me()
    return person if person.id == child_id else queries.child_of(person.id, child_id).child


def _back(child: User) -> Response:
    if child.id == me().id:
        return redirect(url_for("accounts.account"))
    return redirect(url_for("accounts.child", child_id=child.id))


def unanswered(child: User) -> list[str]:
    """Purposes that the guardian agreed to and the child has not yet."""
    if child.kind != "child" or not needs_assent(child.oldest_age or 0):
        return []
    return [s.purpose.key for s in queries.standings(child.id) if s.given and not s.assent]


@blueprint.get("/children/<int:child_id>")
def child(child_id: int) -> str:
    link = queries.child_of(me().id, child_id)
    return render_template(
        "accounts/child.html",
        child=link.child,
        link=link,
        standings=queries.standings(child_id),
        asked=needs_assent(link.child.oldest_age or 0),
        unanswered=unanswered(link.child),
        panels=child_panels(link.child),
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
        commands.record_assent(me(), child.id, agreed)
        if len(agreed) == len(keys):
            flash(gettext("Cảm ơn em. Câu trả lời của em đã được ghi lại."), "ok")
        else:
            flash(gettext("Đã ghi lại. Việc em chưa đồng ý thì chưa làm. Em đổi ý lúc nào cũng được."), "ok")
        return _back(child)
    return form_page("accounts/assent.html", form, child=child, purposes=[BY_KEY[key] for key in keys])


@blueprint.route("/children/<int:child_id>/consents/<purpose>", methods=["GET", "POST"])
def consent(child_id: int, purpose: str) -> Response:
    child = _child(child_id)
    standing = next((s for s in queries.standings(child.id) if s.purpose.key == purpose), None)
    own = child.id == me().id
    if standing is None or (own and not standing.given and not may_consent_alone(child.kind == "child")):
        raise Missing
    form = ConsentForm()
    if form.validate_on_submit() and form.word.data in {"give", "withdraw"}:
        if form.word.data == "withdraw":
            commands.withdraw(me(), child.id, purpose)
            flash(gettext("Đã rút lại đồng ý. Việc dựa vào đó đã dừng."), "ok")
        else:
            commands.agree(me(), child, purpose)
            flash(gettext("Đã ghi lại đồng ý."), "ok")
        return _back(child)
    return form_page("accounts/consent.html", form, child=child, standing=standing, own=own)


@blueprint.post("/children/<int:child_id>/card")
def card(child_id: int) -> str:
    child, phrase = commands.issue_card(me(), child_id)
    place = full_url(url_for("accounts.sign_in", u=child.username))
    return render_template("accounts/card.html", child=child, phrase=phrase, place=place, code=qr(place))
