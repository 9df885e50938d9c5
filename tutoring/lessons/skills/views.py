"""The page of what a person can do, for the person and a child's guardian; pages on which teachers grant skills."""

from collections import defaultdict
from dataclasses import dataclass

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # the stubs are older

from tutoring.accounts.hooks import Panel, child_panels
from tutoring.accounts.models import User
from tutoring.accounts.queries import child_of, is_guardian, user, users
from tutoring.community.queries import memberships
from tutoring.community.units.settings import switches_of
from tutoring.kernel import clock
from tutoring.kernel.errors import DomainError, NotFound
from tutoring.kernel.text import nfc
from tutoring.lessons.blueprint import blueprint
from tutoring.lessons.catalogue import queries as catalogue_queries
from tutoring.lessons.forms import LEVEL_NAMES, SOURCE_NAMES, GrantForm, SubjectForm
from tutoring.lessons.skills import commands as skills_commands
from tutoring.lessons.skills import queries as skills_queries
from tutoring.lessons.skills.models import SkillGrant
from tutoring.lessons.skills.overview import overview
from tutoring.policy.pairing.school_subjects import in_ranges, is_school_subject, subject_and_grade
from tutoring.web.auth import require_user
from tutoring.web.forms import Form
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
    form = _grant_form()
    if form.validate_on_submit():
        try:
            skills_commands.grant_skill(require_user(), user_id, form.skill.data, form.level.data)
            flash(gettext("Đã ghi nhận kỹ năng."), "ok")
            return redirect(url_for("lessons.grant", user_id=user_id))
        except DomainError as refusal:
            form.refuse(refusal)
    person = user(user_id)
    page = _grant_page(person, allowed, form, form, _subject_form(person))
    return (page, 422) if form.is_submitted() else page


@blueprint.post("/skills/<int:user_id>/subjects")
def grant_subject(user_id: int) -> Response | tuple[str, int]:
    """Grants a school subject for a range of grades."""
    allowed = skills_commands.may_grant(require_user(), user_id)
    pupil = user(user_id)
    form = _subject_form(pupil)
    if form is None:
        flash(gettext("Trường của bạn ấy chưa bật môn học, hoặc bạn ấy chưa có lớp."), "warn")
        return redirect(url_for("lessons.grant", user_id=user_id))
    if form.validate():
        try:
            skills_commands.grant_subject(require_user(), user_id, form.subject.data, form.first.data, form.last.data)
            flash(gettext("Đã ghi nhận môn học."), "ok")
            return redirect(url_for("lessons.grant", user_id=user_id, _anchor="subjects"))
        except DomainError as refusal:
            form.refuse(refusal)
    return _grant_page(pupil, allowed, form, _grant_form(), form), 422


@blueprint.post("/skills/<int:user_id>/revoke")
def revoke(user_id: int) -> Response:
    skills_commands.revoke_skill(require_user(), user_id, nfc(request.form.get("skill", "")))
    flash(gettext("Đã thu hồi kỹ năng."), "ok")
    return redirect(url_for("lessons.grant", user_id=user_id))


@blueprint.post("/skills/<int:user_id>/subjects/revoke")
def revoke_subject(user_id: int) -> Response:
    skills_commands.revoke_subject(require_user(), user_id, nfc(request.form.get("subject", "")))
    flash(gettext("Đã thu hồi môn học."), "ok")
    return redirect(url_for("lessons.grant", user_id=user_id, _anchor="subjects"))


def _grant_form() -> GrantForm:
    form = GrantForm()
    topics = [("", gettext("Chọn một kỹ năng")), *skills_queries.topics(language())]
    form.skill.choices = [SelectChoice(value, label) for value, label in topics]
    return form


def _subject_form(pupil: User) -> SubjectForm | None:
    """Returns the form for school subjects; None for adults, and where no school of the pupil has them on."""
    if not (pupil.is_minor and pupil.grade):
        return None
    schools = {member.unit.school_id for member in memberships(pupil.id) if member.unit.school_id is not None}
    if not any(one.primary or one.secondary for one in switches_of(schools).values()):
        return None
    return SubjectForm().offering(skills_queries.subject_names(language()), pupil.grade)


def _grant_page(person: User, allowed: bool, wrong: Form, form: GrantForm, subject_form: SubjectForm | None) -> str:
    grants = skills_queries.grants_of(person.id)
    names = skills_queries.topic_names(language())
    return render_template(
        "lessons/skills/grant.html",
        person=person,
        wrong=wrong,
        form=form,
        subject_form=subject_form,
        allowed=allowed,
        grants=[one for one in grants if not is_school_subject(one.skill_id)],
        subjects=_held_subjects(grants),
        givers=users(one.granted_by_id for one in grants if one.granted_by_id),
        sources=SOURCE_NAMES,
        pictures=catalogue_queries.pictures_for(one.skill_id for one in grants),
        names=names,
        levels=LEVEL_NAMES,
    )


@dataclass(frozen=True)
class HeldSubject:
    """A school subject with the grades for which a pupil holds it, and the newest grant."""

    id: str
    name: str
    grades: str
    newest: SkillGrant


def _held_subjects(grants: list[SkillGrant]) -> list[HeldSubject]:
    names, held = skills_queries.subject_names(language()), defaultdict[str, list[SkillGrant]](list)
    for grant in grants:  # newest first
        if is_school_subject(grant.skill_id):
            held[subject_and_grade(grant.skill_id)[0]].append(grant)
    return [
        HeldSubject(
            subject,
            names.get(subject, subject),
            in_ranges(subject_and_grade(one.skill_id)[1] for one in rows),
            rows[0],
        )
        for subject, rows in held.items()
    ]
