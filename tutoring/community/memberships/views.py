"""Pages of one member for staff, and of a family's own memberships.

Staff confirm a member, nominate a helper or end a membership. They also issue reset codes, remove lost second factors
and suspend accounts. Each action is audited with its actor. Families add a child, see their memberships and leave.
"""

from collections.abc import Callable
from typing import Any

from flask import current_app, flash, redirect, render_template, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from tutoring.accounts.consents.texts import SIGN_UP
from tutoring.accounts.credentials import second_factor
from tutoring.accounts.hooks import Panel, account_panels, child_panels
from tutoring.accounts.models import User
from tutoring.accounts.queries import guardian_links
from tutoring.accounts.sign_ins.flow import absolute_url, render_form
from tutoring.accounts.validators import choice
from tutoring.community import commands, queries
from tutoring.community.alarm_tests.readiness import units_setting_up
from tutoring.community.alarm_tests.readiness_panel import unready
from tutoring.community.blueprint import blueprint
from tutoring.community.duty import commands as duty_commands
from tutoring.community.forms import ChildForm, ConfirmYouthForm, FactorResetForm, PlainForm, ReasonForm
from tutoring.community.hooks import member_panels
from tutoring.community.labels import NOMINATION_WORDS
from tutoring.community.memberships import nominations, second_factor_resets, suspensions
from tutoring.community.memberships import queries as memberships_queries
from tutoring.community.models import Membership
from tutoring.community.units import staff_queries
from tutoring.kernel import clock
from tutoring.kernel.errors import DomainError, NotFound
from tutoring.policy import community as policy
from tutoring.policy.access import STAFF
from tutoring.policy.accounts import needs_assent
from tutoring.policy.pairing.vetting import may_be_renewed
from tutoring.web.auth import require_user, step_up


@blueprint.get("/members/<int:membership_id>")
def member(membership_id: int) -> str:
    return _page(membership_id)


def _page(membership_id: int, **more: object) -> str:
    found, held = staff_queries.member(require_user(), membership_id)
    own = found.user_id == require_user().id
    links = guardian_links(found.user_id)
    child_of_mine = any(link.guardian_id == require_user().id for link in links)
    vouch = queries.nomination(found.user_id)
    return render_template(
        "community/memberships/member.html",
        member=found,
        user=found.user,
        unit=found.unit,
        own=own,
        links=links,
        vouch=vouch,
        nomination_words=NOMINATION_WORDS,
        may_let_help=vouch is not None and policy.may_let_help(held, found.user.is_minor, vouch.barred_at),
        may_renew=vouch is not None and vouch.state == "active" and may_be_renewed(vouch.confirmed_at, clock.now()),
        panels=list(member_panels.collect(found.user)),
        unready=unready(require_user(), found.unit) if found.state == "waiting" and found.user.is_minor else None,
        may_confirm=policy.may_confirm_member(held, found.role, own, child_of_mine),
        may_end=not own and policy.may_end_member(held, found.role),
        may_vouch=policy.may_nominate(held, own) and not nominations.is_beyond(found.user_id),
        may_power=policy.may_issue_reset_code(held, own),
        has_factor=second_factor.find_factor(found.user_id) is not None,
        seconds=[
            u
            for u in memberships_queries.second_approvers(found.unit_id, ("teacher", "coordinator"))
            if u.id != require_user().id
        ],
        may_grant="lessons.grant" in current_app.view_functions and STAFF & held,
        person=require_user(),
        **more,
    )


@blueprint.post("/members/<int:membership_id>/guardian")
def guardian_contact(membership_id: int) -> str:
    link = commands.read_guardian_contact(require_user(), membership_id)
    return _page(membership_id, contact=link.contact or "")


@blueprint.route("/members/<int:membership_id>/confirm", methods=["GET", "POST"])
def confirm_member(membership_id: int) -> Response:
    found, _held = staff_queries.member(require_user(), membership_id)
    # A guardian must be informed first about a pupil aged 16–17; one with an account here is notified automatically.
    must_tell = found.user.kind == "youth" and not any(link.guardian_id for link in guardian_links(found.user_id))
    form = ConfirmYouthForm() if must_tell else PlainForm()
    facts: dict[str, Any] = {"member": found, "must_tell": must_tell}
    facts["unready"] = unready(require_user(), found.unit) if found.user.is_minor else None
    if policy.gives_power(found.role):
        step_up()
    if form.validate_on_submit():
        name, unit_id = found.user.called_name, found.unit_id
        try:
            commands.confirm_member(require_user(), membership_id)
        except DomainError as refusal:
            return render_form("community/memberships/confirm_member.html", form, refusal, **facts)
        flash(gettext("Đã xác nhận %(name)s.", name=name), "ok")
        return redirect(url_for("community.unit", unit_id=unit_id))
    return render_form("community/memberships/confirm_member.html", form, **facts)


def _end(membership_id: int, template: str, done: str) -> Response:
    found, held = staff_queries.member(require_user(), membership_id)
    if not policy.may_end_member(held, found.role) or found.user_id == require_user().id:
        raise NotFound
    if policy.gives_power(found.role):
        step_up()
    form = ReasonForm()
    if form.validate_on_submit():
        unit_id = found.unit_id
        commands.end_member(require_user(), membership_id, form.reason.data or "")
        flash(done, "ok")
        return redirect(url_for("community.unit", unit_id=unit_id))
    return render_form(template, form, member=found)


@blueprint.route("/members/<int:membership_id>/refuse", methods=["GET", "POST"])
def refuse_member(membership_id: int) -> Response:
    return _end(membership_id, "community/memberships/refuse_member.html", gettext("Đã từ chối."))


@blueprint.route("/members/<int:membership_id>/end", methods=["GET", "POST"])
def end_member(membership_id: int) -> Response:
    return _end(membership_id, "community/memberships/end_member.html", gettext("Đã kết thúc vai trò này."))


# ---- nominations ----------------------------------------------------------------------------------------------


@blueprint.route("/members/<int:membership_id>/nominate", methods=["GET", "POST"])
def nominate(membership_id: int) -> Response:
    found, held = staff_queries.member(require_user(), membership_id)
    form = PlainForm()
    if not policy.may_nominate(held, found.user_id == require_user().id):
        raise NotFound
    if form.validate_on_submit():
        try:
            nominations.nominate(require_user(), found.user_id, found.unit_id)
        except DomainError as refusal:
            return render_form("community/memberships/nominate.html", form, refusal, member=found)
        flash(gettext("Đã giới thiệu. Một người thứ hai của đơn vị sẽ xác nhận."), "ok")
        return redirect(url_for("community.member", membership_id=membership_id))
    return render_form("community/memberships/nominate.html", form, member=found)


@blueprint.route("/members/<int:membership_id>/nomination/<to>", methods=["GET", "POST"])
def nomination(membership_id: int, to: str) -> Response:
    found, _held = staff_queries.member(require_user(), membership_id)
    vouch = queries.nomination(found.user_id)
    if vouch is None or to not in {"active", "paused", "barred"}:
        raise NotFound
    form = PlainForm() if to == "active" else ReasonForm()
    facts: dict[str, Any] = {"member": found, "vouch": vouch, "to": to}
    if form.validate_on_submit():
        reason = form["reason"].data or "" if to != "active" else ""
        try:
            nominations.set_nomination(require_user(), found.user_id, to, reason)
        except DomainError as refusal:
            return render_form("community/memberships/nomination.html", form, refusal, **facts)
        flash(gettext("Đã ghi lại: %(state)s.", state=gettext(NOMINATION_WORDS[to])), "ok")
        return redirect(url_for("community.member", membership_id=membership_id))
    return render_form("community/memberships/nomination.html", form, **facts)


@blueprint.route("/members/<int:membership_id>/renew", methods=["GET", "POST"])
def renew(membership_id: int) -> Response:
    found, _held = staff_queries.member(require_user(), membership_id)
    vouch = queries.nomination(found.user_id)
    if vouch is None:
        raise NotFound
    form = PlainForm()
    if form.validate_on_submit():
        try:
            nominations.renew(require_user(), found.user_id)
        except DomainError as refusal:
            return render_form("community/memberships/renew.html", form, refusal, member=found, vouch=vouch)
        flash(gettext("Đã gia hạn thêm một năm."), "ok")
        return redirect(url_for("community.member", membership_id=membership_id))
    return render_form("community/memberships/renew.html", form, member=found, vouch=vouch)


def _member(membership_id: int) -> Membership:
    found, held = staff_queries.member(require_user(), membership_id)
    if not policy.may_issue_reset_code(held, found.user_id == require_user().id):
        raise NotFound
    return found


@blueprint.route("/members/<int:membership_id>/reset-code", methods=["GET", "POST"])
def reset_code(membership_id: int) -> Response | str:
    member = _member(membership_id)
    form = PlainForm()
    if form.validate_on_submit():
        try:
            code = duty_commands.issue_reset_code(require_user(), member.user_id)
        except DomainError as refusal:
            return render_form("community/memberships/reset_code.html", form, refusal, member=member)
        place = absolute_url(url_for("accounts.reset"))
        return render_template("community/memberships/reset_code_shown.html", member=member, code=code, place=place)
    return render_form("community/memberships/reset_code.html", form, member=member)


def _with_reason(membership_id: int, act: Callable[[User, int, str], None], template: str, done: str) -> Response:
    """Handles a form that asks for a reason and then acts on the member's account."""
    member = _member(membership_id)
    form = ReasonForm()
    if form.validate_on_submit():
        try:
            act(require_user(), member.user_id, form.reason.data or "")
        except DomainError as refusal:
            return render_form(template, form, refusal, member=member)
        flash(done, "ok")
        return redirect(url_for("community.member", membership_id=membership_id))
    return render_form(template, form, member=member)


@blueprint.route("/members/<int:membership_id>/suspend", methods=["GET", "POST"])
def suspend(membership_id: int) -> Response:
    done = gettext("Đã tạm khoá tài khoản 7 ngày. Mọi máy đã bị đăng xuất.")
    return _with_reason(membership_id, suspensions.suspend, "community/memberships/suspend.html", done)


@blueprint.route("/members/<int:membership_id>/keep-suspended", methods=["GET", "POST"])
def keep_suspended(membership_id: int) -> Response:
    done = gettext("Tài khoản sẽ khoá cho đến khi có người mở lại.")
    return _with_reason(membership_id, suspensions.keep_suspended, "community/memberships/keep_suspended.html", done)


@blueprint.route("/members/<int:membership_id>/restore", methods=["GET", "POST"])
def restore(membership_id: int) -> Response:
    return _with_reason(
        membership_id, suspensions.restore, "community/memberships/restore.html", gettext("Đã mở khoá tài khoản.")
    )


@blueprint.route("/members/<int:membership_id>/factor-reset", methods=["GET", "POST"])
def factor_reset(membership_id: int) -> Response:
    member = _member(membership_id)
    asked = second_factor_resets.waiting(member.user_id)
    facts: dict[str, Any] = {
        "member": member,
        "asked": asked,
        "factor": second_factor.find_factor(member.user_id),
        "person": require_user(),
    }
    form = FactorResetForm()
    if form.validate_on_submit():
        try:
            done = _factor_act(form, member.user_id)
        except DomainError as refusal:
            return render_form("community/memberships/factor_reset.html", form, refusal, **facts)
        flash(done, "ok")
        return redirect(url_for("community.member", membership_id=membership_id))
    return render_form("community/memberships/factor_reset.html", form, **facts)


def _factor_act(form: FactorResetForm, user_id: int) -> str:
    """Requests, performs or declines the removal, as the pressed button says.

    Returns the message to show.
    """
    if form.word.data == "do":
        second_factor_resets.do(require_user(), user_id)
        return str(gettext("Đã gỡ mã. Người này đăng nhập bằng mật khẩu, rồi bật mã mới."))
    if form.word.data == "decline":
        second_factor_resets.decline(require_user(), user_id)
        return str(gettext("Đã bỏ đề nghị. Mã của người này vẫn giữ nguyên."))
    second_factor_resets.ask(require_user(), user_id, form.reason.data or "")
    return str(gettext("Đã gửi đề nghị. Một người thứ hai sẽ xác nhận."))


@blueprint.route("/children/new", methods=["GET", "POST"])
def add_child() -> Response:
    person = require_user()
    places = memberships_queries.places_for_child(person.id, commands.CHILD_PLACES)
    form = ChildForm()
    form.unit.choices = [choice(str(place.id), place.name) for place in places]
    facts: dict[str, Any] = {
        "places": places,
        "purposes": SIGN_UP,
        "adult": person.kind == "adult" and not person.is_minor,
    }
    if form.validate_on_submit():
        try:
            child = commands.add_child(
                person, int(form.unit.data), form.called.data or "", int(form.grade.data or 0),
                int(form.birth_year.data or 0), form.relation.data or "", form.purposes.data or [],
            )  # fmt: skip
        except DomainError as refusal:
            return render_form("community/memberships/add_child.html", form, refusal, **facts)
        if needs_assent(child.oldest_age or 0):
            return redirect(url_for("accounts.assent", child_id=child.id))
        flash(gettext("Đã lập hồ sơ của %(name)s.", name=child.called_name), "ok")
        return redirect(url_for("accounts.child", child_id=child.id))
    if len(places) == 1 and not form.is_submitted():
        form.unit.data = str(places[0].id)
    return render_form("community/memberships/add_child.html", form, **facts)


@blueprint.route("/memberships/<int:membership_id>/leave", methods=["GET", "POST"])
def leave(membership_id: int) -> Response | str:
    member = queries.own_membership(require_user().id, membership_id)
    if require_user().kind == "child":
        raise NotFound
    form = PlainForm()
    if form.validate_on_submit():
        name = member.unit.name
        commands.end_member(require_user(), membership_id)
        flash(gettext("Bạn đã rời %(unit)s.", unit=name), "ok")
        return redirect(url_for("accounts.account"))
    return render_template("community/memberships/leave.html", form=form, member=member)


@account_panels.register
def _own_places(user: User) -> Panel:
    found = queries.memberships(user.id, ("active", "waiting"))
    return Panel(
        "community/memberships/_own_places.html", {"memberships": found, "setting_up": units_setting_up(found)}
    )


@child_panels.register
def _child_places(user: User) -> Panel:
    found = queries.memberships(user.id, ("active", "waiting"))
    waiting = [m for m in found if m.state == "waiting"]
    seconds = {
        m.id: memberships_queries.second_approvers(m.unit_id, ("teacher", "coordinator", "lead"), admins=False)
        for m in waiting
    }
    return Panel(
        "community/memberships/_child_places.html",
        {"memberships": found, "seconds": seconds, "setting_up": units_setting_up(waiting)},
    )
