"""The page on which a teacher grants a school subject to several pupils of a class at once."""

from collections import defaultdict

from flask import flash, redirect, url_for
from flask_babel import gettext, ngettext
from werkzeug.wrappers import Response

from tutoring.accounts.models import User
from tutoring.accounts.sign_ins.flow import render_form
from tutoring.accounts.validators import choice
from tutoring.classes.access import run_class
from tutoring.classes.blueprint import blueprint
from tutoring.classes.subjects.forms import ClassSubjectForm
from tutoring.classes.work.queries import pupils_of
from tutoring.community.hooks import UnitLink, unit_links
from tutoring.community.models import Unit
from tutoring.community.units.settings import subject_switches
from tutoring.kernel.errors import DomainError, NotFound
from tutoring.lessons.skills import commands as skills_commands
from tutoring.lessons.skills import queries as skills_queries
from tutoring.policy.classes import may_run_class
from tutoring.policy.pairing.requests import YOUNGEST_HELPER_GRADE
from tutoring.policy.pairing.school_subjects import in_ranges, is_school_subject, subject_and_grade
from tutoring.web.auth import require_user
from tutoring.web.i18n import language


def _offers(unit: Unit) -> bool:
    """Returns whether pupils of this class can help with school subjects."""
    if (unit.grade or 0) < YOUNGEST_HELPER_GRADE or unit.archived:
        return False
    return subject_switches(unit).on_for(unit.grade)


@blueprint.route("/units/<int:unit_id>/subject-helpers", methods=["GET", "POST"])
def subjects(unit_id: int) -> Response:
    unit = run_class(require_user(), unit_id)
    offered = _offers(unit)
    pupils = [one for one in pupils_of(unit_id) if one.is_minor and one.grade] if offered else []
    form, refusal = _form(unit, pupils), None
    if offered and form.validate_on_submit():
        try:
            grades = form.first.data, form.last.data
            skills_commands.grant_subject_to(require_user(), form.chosen, form.subject.data, *grades)
            count = len(form.chosen)
            flash(ngettext("Đã ghi nhận môn cho %(num)d em.", "Đã ghi nhận môn cho %(num)d em.", count), "ok")
            return redirect(url_for("classes.subjects", unit_id=unit_id))
        except NotFound:
            raise
        except DomainError as caught:
            refusal = caught
    return render_form("classes/subjects/subjects.html", form, refusal, unit=unit, offered=offered, pupils=pupils)


def _form(unit: Unit, pupils: list[User]) -> ClassSubjectForm:
    names = skills_queries.subject_names(language())
    form = ClassSubjectForm().offering(names, unit.grade or 0)
    held = skills_queries.skills_of_many(one.id for one in pupils)
    form.pupils.choices = [choice(str(one.id), one.full_name, _held(held.get(one.id, {}), names)) for one in pupils]
    return form


def _held(skills: dict[str, int], names: dict[str, str]) -> str:
    """Returns the subjects that a pupil holds in words, as "Toán 6–8, Tiếng Anh 8"."""
    grades = defaultdict[str, list[int]](list)
    for topic in skills:
        if is_school_subject(topic):
            subject, grade = subject_and_grade(topic)
            grades[subject].append(grade)
    return ", ".join(f"{name} {in_ranges(grades[subject])}" for subject, name in names.items() if subject in grades)


@unit_links.register
def _of_class(tab: str, _person: User, unit: Unit, held: frozenset[str]) -> UnitLink | None:
    if tab != "classes" or not may_run_class(held, unit.kind) or not _offers(unit):
        return None
    return UnitLink(gettext("Ghi nhận môn cho nhiều em"), url_for("classes.subjects", unit_id=unit.id), "hand")
