"""Pages on which teachers grant and revoke skills."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # the stubs are older

from tutoring.accounts.queries import user, users
from tutoring.kernel.errors import DomainError
from tutoring.kernel.text import nfc
from tutoring.lessons.blueprint import blueprint
from tutoring.lessons.forms import LEVEL_NAMES, SOURCE_NAMES, GrantForm
from tutoring.lessons.skills import commands as skills_commands
from tutoring.lessons.skills import queries as skills_queries
from tutoring.web.auth import require_user
from tutoring.web.i18n import language


@blueprint.route("/skills/<int:user_id>", methods=["GET", "POST"])
def grant(user_id: int) -> Response | str | tuple[str, int]:
    allowed = skills_commands.may_grant(require_user(), user_id)
    form = GrantForm()
    topics = [("", gettext("Chọn một kỹ năng")), *skills_queries.topics(language())]
    form.skill.choices = [SelectChoice(value, label) for value, label in topics]
    if form.validate_on_submit():
        try:
            skills_commands.grant_skill(require_user(), user_id, form.skill.data, form.level.data)
            flash(gettext("Đã ghi nhận kỹ năng."), "ok")
            return redirect(url_for("lessons.grant", user_id=user_id))
        except DomainError as refusal:
            form.refuse(refusal)
    grants = skills_queries.grants_of(user_id)
    page = render_template(
        "lessons/skills/grant.html",
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
    skills_commands.revoke_skill(require_user(), user_id, nfc(request.form.get("skill", "")))
    flash(gettext("Đã thu hồi kỹ năng."), "ok")
    return redirect(url_for("lessons.grant", user_id=user_id))
