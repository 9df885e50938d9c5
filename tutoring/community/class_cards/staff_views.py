"""Pages of the teacher: print cards, look at the claims of a class, confirm, refuse, undo."""

import re
from collections.abc import Collection
from datetime import timedelta

from flask import Response as FlaskResponse
from flask import flash, make_response, redirect, request, url_for
from flask_babel import gettext, ngettext
from werkzeug.wrappers import Response

from tutoring.accounts.queries import guardian_links
from tutoring.accounts.sign_ins.flow import absolute_url, render_form
from tutoring.community.blueprint import blueprint
from tutoring.community.class_cards import card_sheet, commands, confirmation, queries
from tutoring.community.class_cards.forms import CheckedForm, RefusalForm
from tutoring.community.class_cards.models import ClassClaim
from tutoring.community.forms import PlainForm
from tutoring.community.models import Unit
from tutoring.kernel import clock, rate_limits
from tutoring.kernel.errors import DomainError, NotFound
from tutoring.policy import class_lists as policy
from tutoring.web.auth import require_user, step_up
from tutoring.web.form_actions import run_action
from tutoring.web.i18n import translate_error
from tutoring.web.urls import parse_int


@blueprint.post("/units/<int:unit_id>/class-list/cards")
def print_cards(unit_id: int) -> Response:
    """Makes new cards and returns their sheets: of one pupil, or of all whom no claim covers."""
    line_id = request.form.get("line", type=parse_int)
    if "line" in request.form and line_id is None:
        raise NotFound  # what is no number never means all
    try:
        queries.class_for_cards(require_user(), unit_id)
        rate_limits.hit("paper", require_user().id)
        cards = commands.print_cards(require_user(), unit_id, None if line_id is None else [line_id])
    except DomainError as refusal:
        if refusal.status == 404:
            raise
        flash(translate_error(refusal), "warn")
        return redirect(url_for("community.class_list", unit_id=unit_id))
    return _sheet(cards)


def _sheet(cards: Collection[commands.PrintedCard]) -> FlaskResponse:
    site = absolute_url(url_for("community.join"))
    # The day of the earliest card of the sheet; a minute allows for the time since it was made.
    left = min(one.expires_at for one in cards) - clock.now() + timedelta(minutes=1)
    first = gettext("Quét mã này, hoặc mở %(site)s rồi gõ mã bên dưới.", site=re.sub("^https?://", "", site))
    of_staff = any(one.kind == "staff" for one in cards)
    words = card_sheet.CardWords(
        gettext("Thẻ của trường") if of_staff else gettext("Thẻ của lớp"),
        (
            first,
            gettext("Lập tài khoản, hoặc đăng nhập nếu đã có."),
            gettext("Một điều phối viên khác gặp và xác nhận, rồi vai trò mới có."),
        )
        if of_staff
        else (
            first,
            gettext("Ba mẹ ghi tên mình và đồng ý từng việc."),
            gettext("Đưa máy cho con tự trả lời."),
            gettext("Thầy cô gặp và xác nhận, rồi con mới vào học."),
        ),
        gettext("Dùng một lần, trong %(days)s ngày. Không ai thu tiền, không hỏi mã OTP.", days=max(left.days, 1)),
    )
    drawn = [
        card_sheet.Card(one.full_name or one.called, one.code, absolute_url(url_for("community.card", code=one.code)))
        for one in cards
    ]
    response = make_response(card_sheet.drawn(drawn, words))
    response.headers["Content-Type"] = "application/pdf"
    response.headers["Content-Disposition"] = 'attachment; filename="the.pdf"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


@blueprint.route("/units/<int:unit_id>/class-list/claims", methods=["GET", "POST"])
def class_claims(unit_id: int) -> Response:
    person = require_user()
    place = queries.class_for_cards(person, unit_id)
    form = PlainForm()
    if form.validate_on_submit():
        # "All" names the claims that the page showed: nobody confirms one that came meanwhile and was not seen.
        ids = _shown() if "all" in request.form else request.form.getlist("claim", type=parse_int)
        try:
            outcome = confirmation.confirm_claims(person, unit_id, ids[: queries.MOST])
        except DomainError as refusal:
            if refusal.status == 404:
                raise
            flash(translate_error(refusal), "bad")
        else:
            _say(outcome, place)
        return redirect(url_for("community.class_claims", unit_id=unit_id))
    return render_form("community/class_cards/class_claims.html", form, unit=place, groups=queries.claims_at(place))


def _shown() -> list[int]:
    try:
        return [parse_int(one) for one in request.form["all"].split(",")]
    except ValueError:
        raise NotFound from None


def _say(outcome: confirmation.Outcome, place: Unit) -> None:
    adults = place.kind == "school"
    if outcome.done and adults:
        flash(ngettext("Đã xác nhận %(num)d người.", "Đã xác nhận %(num)d người.", outcome.done), "ok")
    elif outcome.done:
        flash(ngettext("Đã xác nhận %(num)d em.", "Đã xác nhận %(num)d em.", outcome.done), "ok")
    for why, many in outcome.refused.items():
        if adults:
            flash(gettext("%(num)s người chưa được: %(why)s", num=many, why=gettext(why)), "warn")
        else:
            flash(gettext("%(num)s em chưa được: %(why)s", num=many, why=gettext(why)), "warn")
    if not outcome.done and not outcome.refused:
        flash(gettext("Chưa chọn ai đang chờ."), "warn")


@blueprint.route("/units/<int:unit_id>/class-list/claims/<int:claim_id>", methods=["GET", "POST"])
def class_claim(unit_id: int, claim_id: int) -> Response:
    person = require_user()
    found = queries.claim_at(person, unit_id, claim_id)
    if found.line.kind == "staff":
        step_up()
    form = CheckedForm()
    refusal: DomainError | None = None
    if form.validate_on_submit():
        try:
            _say(confirmation.confirm_claims(person, unit_id, [claim_id], checked=True), found.line.unit)
            return redirect(url_for("community.class_claims", unit_id=unit_id))
        except DomainError as caught:
            refusal = caught
        found = queries.claim_at(require_user(), unit_id, claim_id)
    return _claim_page(found, form, refusal)


def _claim_page(claim: ClassClaim, form: CheckedForm, refusal: DomainError | None, contact: str = "") -> Response:
    """Renders a claim that `claim_at` found for the viewer."""
    place = claim.line.unit
    same = queries.same_pupils(place, [claim]).get(claim.id)
    who = queries.kind_of(claim)
    return render_form(
        "community/class_cards/class_claim.html", form, refusal, claim=claim, unit_id=place.id,
        unit=place, who=who, same=same,
        links=guardian_links(claim.user_id) if who == "youth" else [], contact=contact,
        parents=policy.PARENTS, refusing=RefusalForm(formdata=None),
    )  # fmt: skip


@blueprint.post("/units/<int:unit_id>/class-list/claims/<int:claim_id>/guardian")
def claim_guardian(unit_id: int, claim_id: int) -> Response:
    contact = confirmation.read_guardian_contact(require_user(), unit_id, claim_id)
    found = queries.claim_at(require_user(), unit_id, claim_id)
    return _claim_page(found, CheckedForm(formdata=None), None, contact)


@blueprint.post("/units/<int:unit_id>/class-list/claims/<int:claim_id>/refuse")
def refuse_claim(unit_id: int, claim_id: int) -> Response:
    queries.claim_at(require_user(), unit_id, claim_id)
    form = RefusalForm()
    reason = form.reason.data or "" if form.validate_on_submit() else ""
    then = url_for("community.class_claims", unit_id=unit_id)
    act = confirmation.refuse_claim
    return run_action(lambda: act(require_user(), unit_id, claim_id, reason), gettext("Đã từ chối."), then)


@blueprint.post("/units/<int:unit_id>/class-list/claims/<int:claim_id>/undo")
def undo_claim(unit_id: int, claim_id: int) -> Response:
    then = url_for("community.class_claims", unit_id=unit_id)
    words = gettext("Đã hoàn tác. Thẻ lại chờ xác nhận.")
    return run_action(lambda: confirmation.undo_confirmation(require_user(), unit_id, claim_id), words, then)
