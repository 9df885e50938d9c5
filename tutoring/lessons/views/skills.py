"""Teachers say who holds which skill."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # the stubs are older

from tutoring.accounts.queries import user, users
from tutoring.kernel.errors import Refusal
from tutoring.kernel.text import nfc
from tutoring.lessons import commands, queries
from tutoring.lessons.forms import LEVEL_NAMES, SOURCE_NAMES, GrantForm
from tutoring.lessons.views.blueprint import blueprint
from tutoring.web.i18n import language
from tutoring.web.signin import me


@blueprint.route("/skills/<int:user_id>", methods=["GET", "POST"])
def grant(user_id: int) -> Response | str | tuple[str, int]:
    allowed = commands.may_grant(me(), user_id)
    form = GrantForm()
    topics = [("", gettext("Chọn một kỹ năng")), *queries.topics(language())]
    form.skill.choices = [SelectChoice(value, label) for value, label in topics]
    if form.validate_on_submit():
        try:
            commands.grant_skill(me(), user_id, form.skill.data, form.level.data)
            flash(gettext("Đã ghi nhận kỹ năng."), "ok")
            return redirect(url_for("lessons.grant", user_id=user_id))
        except Refusal as refusal:
            form.refuse(refusal)
    grants = queries.grants_of(user_id)
    page = render_template(
        "lessons/grant.html",
        person=user(user_id),
        form=form,
        allowed=allowed,
        grants=grants,
        givers=users(one.granted_by_id for one in grants if one.granted_by_id),
        sources=SOURCE_NAMES,
        names=dict(topics),
        levels=LEVEL_NAMES,
    )
    return (page, 422) if form.is_submitted() else page


@blueprint.post("/skills/<int:user_id>/revoke")
def revoke(user_id: int) -> Response:
    commands.revoke_skill(me(), user_id, nfc(request.form.get("skill", "")))
    flash(gettext("Đã thu hồi kỹ năng."), "ok")
    return redirect(url_for("lessons.grant", user_id=user_id))
