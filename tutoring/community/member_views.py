"""Pages of one member for staff: the second person's yes, vouching, the end of a membership."""

from typing import Any

from flask import current_app, flash, redirect, render_template, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from tutoring.accounts import second_factor
from tutoring.accounts.pages import form_page
from tutoring.accounts.queries import guardian_links
from tutoring.community import commands, desk, queries, roster, trust
from tutoring.community.alarm_tests.views import unready
from tutoring.community.forms import ConfirmYouthForm, PlainForm, ReasonForm
from tutoring.community.panels import member_panels
from tutoring.community.routes import blueprint
from tutoring.community.vouching import is_beyond
from tutoring.community.words import NOMINATION_WORDS
from tutoring.kernel import clock
from tutoring.kernel.errors import Missing, Refusal
from tutoring.policy import community as policy
from tutoring.policy.access import STAFF
from tutoring.policy.vetting import may_be_renewed
from tutoring.web.signin import me, step_up


@blueprint.get("/members/<int:membership_id>")
def member(membership_id: int) -> str:
    return _page(membership_id)


def _page(membership_id: int, **more: object) -> str:
    found, held = desk.member(me(), membership_id)
    own = found.user_id == me().id
    links = guardian_links(found.user_id)
    child_of_mine = any(link.guardian_id == me().id for link in links)
    vouch = queries.nomination(found.user_id)
    return render_template(
        "community/member.html",
        member=found,
        user=found.user,
        unit=found.unit,
        own=own,
        links=links,
        vouch=vouch,
        nomination_words=NOMINATION_WORDS,
        may_let_help=vouch is not None and policy.may_let_help(held, found.user.is_minor, vouch.barred_at),
        may_renew=vouch is not None and vouch.state == "active" and may_be_renewed(vouch.confirmed_at, clock.now()),
        panels=member_panels(found.user),
        unready=unready(me(), found.unit) if found.state == "waiting" and found.user.is_minor else None,
        may_confirm=policy.may_confirm_member(held, found.role, own, child_of_mine),
        may_end=not own and policy.may_end_member(held, found.role),
        may_vouch=policy.may_nominate(held, own) and not is_beyond(found.user_id),
        may_power=policy.may_issue_reset_code(held, own),
        has_factor=second_factor.of(found.user_id) is not None,
        seconds=[u for u in roster.seconds(found.unit_id, ("teacher", "coordinator")) if u.id != me().id],
        may_grant="lessons.grant" in current_app.view_functions and STAFF & held,
        person=me(),
        **more,
    )


@blueprint.post("/members/<int:membership_id>/guardian")
def guardian_contact(membership_id: int) -> str:
    link = commands.read_guardian_contact(me(), membership_id)
    return _page(membership_id, contact=link.contact or "")


@blueprint.route("/members/<int:membership_id>/confirm", methods=["GET", "POST"])
def confirm_member(membership_id: int) -> Response:
    found, _held = desk.member(me(), membership_id)
    # Of 16–17 a guardian is told first; one who has an account here hears of it by itself.
    must_tell = found.user.kind == "youth" and not any(link.guardian_id for link in guardian_links(found.user_id))
    form = ConfirmYouthForm() if must_tell else PlainForm()
    facts: dict[str, Any] = {"member": found, "must_tell": must_tell}
    facts["unready"] = unready(me(), found.unit) if found.user.is_minor else None
    if policy.gives_power(found.role):
        step_up()
    if form.validate_on_submit():
        name, unit_id = found.user.called_name, found.unit_id
        try:
            commands.confirm_member(me(), membership_id)
        except Refusal as refusal:
            return form_page("community/confirm_member.html", form, refusal, **facts)
        flash(gettext("Đã xác nhận %(name)s.", name=name), "ok")
        return redirect(url_for("community.unit", unit_id=unit_id))
    return form_page("community/confirm_member.html", form, **facts)


def _end(membership_id: int, template: str, done: str) -> Response:
    found, held = desk.member(me(), membership_id)
    if not policy.may_end_member(held, found.role) or found.user_id == me().id:
        raise Missing
    if policy.gives_power(found.role):
        step_up()
    form = ReasonForm()
    if form.validate_on_submit():
        unit_id = found.unit_id
        commands.end_member(me(), membership_id, form.reason.data or "")
        flash(done, "ok")
        return redirect(url_for("community.unit", unit_id=unit_id))
    return form_page(template, form, member=found)


@blueprint.route("/members/<int:membership_id>/refuse", methods=["GET", "POST"])
def refuse_member(membership_id: int) -> Response:
    return _end(membership_id, "community/refuse_member.html", gettext("Đã từ chối."))


@blueprint.route("/members/<int:membership_id>/end", methods=["GET", "POST"])
def end_member(membership_id: int) -> Response:
    return _end(membership_id, "community/end_member.html", gettext("Đã kết thúc vai trò này."))


# ---- vouching -------------------------------------------------------------------------------------------------


@blueprint.route("/members/<int:membership_id>/nominate", methods=["GET", "POST"])
def nominate(membership_id: int) -> Response:
    found, held = desk.member(me(), membership_id)
    form = PlainForm()
    if not policy.may_nominate(held, found.user_id == me().id):
        raise Missing
    if form.validate_on_submit():
        try:
            trust.nominate(me(), found.user_id, found.unit_id)
        except Refusal as refusal:
            return form_page("community/nominate.html", form, refusal, member=found)
        flash(gettext("Đã giới thiệu. Một người thứ hai của đơn vị sẽ xác nhận."), "ok")
        return redirect(url_for("community.member", membership_id=membership_id))
    return form_page("community/nominate.html", form, member=found)


@blueprint.route("/members/<int:membership_id>/nomination/<to>", methods=["GET", "POST"])
def nomination(membership_id: int, to: str) -> Response:
    found, _held = desk.member(me(), membership_id)
    vouch = queries.nomination(found.user_id)
    if vouch is None or to not in {"active", "paused", "barred"}:
        raise Missing
    form = PlainForm() if to == "active" else ReasonForm()
    facts: dict[str, Any] = {"member": found, "vouch": vouch, "to": to}
    if form.validate_on_submit():
        reason = form["reason"].data or "" if to != "active" else ""
        try:
            trust.set_nomination(me(), found.user_id, to, reason)
        except Refusal as refusal:
            return form_page("community/nomination.html", form, refusal, **facts)
        flash(gettext("Đã ghi lại: %(state)s.", state=gettext(NOMINATION_WORDS[to])), "ok")
        return redirect(url_for("community.member", membership_id=membership_id))
    return form_page("community/nomination.html", form, **facts)


@blueprint.route("/members/<int:membership_id>/renew", methods=["GET", "POST"])
def renew(membership_id: int) -> Response:
    found, _held = desk.member(me(), membership_id)
    vouch = queries.nomination(found.user_id)
    if vouch is None:
        raise Missing
    form = PlainForm()
    if form.validate_on_submit():
        try:
            trust.renew(me(), found.user_id)
        except Refusal as refusal:
            return form_page("community/renew.html", form, refusal, member=found, vouch=vouch)
        flash(gettext("Đã gia hạn thêm một năm."), "ok")
        return redirect(url_for("community.member", membership_id=membership_id))
    return form_page("community/renew.html", form, member=found, vouch=vouch)
