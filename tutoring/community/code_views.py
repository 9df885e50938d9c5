"""Pages of join codes for staff: new ones, the poster, the second person's yes."""

from datetime import timedelta
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from tutoring.accounts.fields import option
from tutoring.accounts.pages import form_page, full_url, qr
from tutoring.community import commands, desk, roster
from tutoring.community.forms import CodeForm, PlainForm
from tutoring.community.routes import blueprint
from tutoring.community.words import ROLE_MEANS, role_word
from tutoring.kernel import clock
from tutoring.kernel.errors import NotAllowed, Refusal
from tutoring.policy import community as policy
from tutoring.web.signin import me


@blueprint.route("/units/<int:unit_id>/codes/new", methods=["GET", "POST"])
def new_code(unit_id: int) -> Response:
    page = desk.unit_page(me(), unit_id)
    if not page.may_give:
        raise NotAllowed
    form = CodeForm()
    roles = [role for role in page.may_give if role in policy.ROLES_IN[page.unit.kind]]
    called = {role: gettext(role_word(role, page.unit.kind)) for role in roles}
    form.role.choices = [option(role, called[role], gettext(ROLE_MEANS[role])) for role in roles]
    power = [called[role] for role in roles if policy.gives_power(role)]
    facts: dict[str, Any] = {"page": page, "power": power}
    if form.validate_on_submit():
        try:
            uses, days = int(form.max_uses.data or 1), int(form.days.data or 1)
            made = commands.create_code(me(), unit_id, form.role.data, uses, days)
        except Refusal as refusal:
            return form_page("community/new_code.html", form, refusal, **facts)
        life = round((made.expires_at - clock.now()) / timedelta(days=1))
        if made.max_uses < uses or life < days:  # whoever prints a sheet for forty must know that it lets one in
            say = gettext("Mã này chỉ cho %(people)s người vào, trong %(days)s ngày.", people=made.max_uses, days=life)
            flash(say, "warn")
        return redirect(url_for("community.code", code_id=made.id))
    return form_page("community/new_code.html", form, **facts)


@blueprint.get("/codes/<int:code_id>")
def code(code_id: int) -> str:
    found, held = desk.code(me(), code_id)
    place = full_url(url_for("community.join_code", code=found.code))
    maker = found.created_by_id == me().id
    return render_template(
        "community/code.html",
        code=found,
        place=place,
        site=full_url(url_for("community.join")),
        drawing=qr(place),
        over=found.revoked_at is not None or found.expires_at <= clock.now() or found.uses >= found.max_uses,
        waits=found.confirmed_at is None,
        may_confirm=policy.may_confirm_code(held, maker),
        seconds=[u for u in roster.seconds(found.unit_id, ("coordinator",)) if u.id != found.created_by_id],
        form=PlainForm(formdata=None),
    )


@blueprint.post("/codes/<int:code_id>/confirm")
def confirm_code(code_id: int) -> Response:
    found = commands.confirm_code(me(), code_id)
    flash(gettext("Đã xác nhận. Mã dùng được từ bây giờ."), "ok")
    return redirect(url_for("community.unit", unit_id=found.unit_id))


@blueprint.route("/codes/<int:code_id>/revoke", methods=["GET", "POST"])
def revoke_code(code_id: int) -> Response | str:
    found, _held = desk.code(me(), code_id)
    form = PlainForm()
    if form.validate_on_submit():
        unit_id = found.unit_id
        commands.revoke_code(me(), code_id)
        flash(gettext("Đã huỷ mã. Không ai dùng được mã đó nữa."), "ok")
        return redirect(url_for("community.unit", unit_id=unit_id))
    return render_template("community/revoke_code.html", form=form, code=found)
