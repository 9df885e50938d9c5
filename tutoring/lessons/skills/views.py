"""The page of what a person can do, for the person and a child's guardian; pages on which teachers grant skills."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # the stubs are older

from tutoring.accounts.hooks import Panel, child_panels
from tutoring.accounts.models import User
from tutoring.accounts.queries import child_of, is_guardian, user, users
from tutoring.kernel import clock
from tutoring.kernel.errors import DomainError, NotFound
from tutoring.kernel.text import nfc
from tutoring.lessons.blueprint import blueprint
from tutoring.lessons.catalogue import queries as catalogue_queries
from tutoring.lessons.forms import LEVEL_NAMES, SOURCE_NAMES, GrantForm
from tutoring.lessons.skills import commands as skills_commands
from tutoring.lessons.skills import queries as skills_queries
from tutoring.lessons.skills.overview import overview
from tutoring.web.auth import require_user
from tutoring.web.i18n import language


@blueprint.get("/skills")
def skills() -> str:
    person = require_user()
    found = overview(person.id, language())
    return render_template("lessons/skills/skills.html", person=person, own=True, found=found, printed_on=clock.now())


@blueprint.get("/children/<int:child_id>/skills")
def child_skills(child_id: int) -> str:
    """Shows a confirmed guardian what the child can do."""
    link = child_of(require_user().id, child_id)
    if link.confirmed_at is None:
        raise NotFound
    found = overview(child_id, language())
    return render_template(
        "lessons/skills/skills.html", person=link.child, own=False, found=found, printed_on=clock.now()
    )


@child_panels.register
def _of_child(child: User) -> Panel:
    return Panel("lessons/skills/_child_skills.html", {"shown": is_guardian(require_user().id, child.id)})


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
        pictures=catalogue_queries.pictures_for(one.skill_id for one in grants),
        names=dict(topics),
        levels=LEVEL_NAMES,
    )
    return (page, 422) if form.is_submitted() else page


@blueprint.post("/skills/<int:user_id>/revoke")
def revoke(user_id: int) -> Response:
    skills_commands.revoke_skill(require_user(), user_id, nfc(request.form.get("skill", "")))
    flash(gettext("Đã thu hồi kỹ năng."), "ok")
    return redirect(url_for("lessons.grant", user_id=user_id))
