"""Pages of letters to a class: the list, the draft of a week, the letter to read and to print."""

from datetime import date, timedelta

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from tutoring.accounts.models import User
from tutoring.accounts.sign_ins.flow import render_form
from tutoring.classes.access import classes_of_children, confirmed_children, run_class
from tutoring.classes.blueprint import blueprint
from tutoring.classes.letters import commands as letters_commands
from tutoring.classes.letters import queries as letters_queries
from tutoring.classes.letters.draft import draft_letter
from tutoring.classes.letters.figures import monday_of, week_figures
from tutoring.classes.letters.forms import LetterForm
from tutoring.classes.letters.models import ClassLetter
from tutoring.community.hooks import UnitLink, unit_links
from tutoring.community.memberships.queries import classes_of
from tutoring.community.models import Unit
from tutoring.community.queries import acting_roles_at
from tutoring.kernel import clock
from tutoring.kernel.errors import DomainError, NotFound
from tutoring.policy.classes import may_read_letter, may_run_class
from tutoring.web.auth import require_user
from tutoring.web.form_actions import run_action
from tutoring.web.i18n import language

OLDEST = timedelta(days=28)  # for which weeks a letter can still be written


@blueprint.get("/units/<int:unit_id>/letters")
def letters(unit_id: int) -> str:
    unit = run_class(require_user(), unit_id)
    week, rows = monday_of(clock.today()), letters_queries.letters_of(unit_id)
    return render_template(
        "classes/letters/letters.html", unit=unit, rows=rows, week=week, written=any(one.week == week for one in rows)
    )


@blueprint.route("/units/<int:unit_id>/letters/<week>", methods=["GET", "POST"])
def write_letter(unit_id: int, week: str) -> Response:
    unit, monday = run_class(require_user(), unit_id), _monday(week)
    row, form, refusal = letters_queries.letter_of_week(unit_id, monday), LetterForm(), None
    form.begin(text=row.text if row else "", published=bool(row and row.published_at))
    if row is None and not form.is_submitted():
        form.text.data = draft_letter(unit.name, monday, week_figures(unit, monday, language()))
    if form.validate_on_submit():
        publishes = "publish" in request.form
        try:
            version = row.version if row else 0
            made = letters_commands.save_letter(
                require_user(), unit_id, monday, version, form.text.data or "", publishes=publishes
            )
            flash(gettext("Đã gửi thư cho lớp.") if made.published_at else gettext("Đã lưu nháp."), "ok")
            return redirect(url_for("classes.letter", letter_id=made.id))
        except NotFound:
            raise
        except DomainError as caught:
            refusal, unit = caught, run_class(require_user(), unit_id)
            row = letters_queries.letter_of_week(unit_id, monday)
    return render_form("classes/letters/write.html", form, refusal, unit=unit, week=monday, row=row)


@blueprint.get("/letters/<int:letter_id>")
def letter(letter_id: int) -> str:
    row, person = letters_queries.letter(letter_id), require_user()
    runs = may_run_class(acting_roles_at(person, row.unit_id), row.unit.kind)
    if not may_read_letter(runs=runs, published=row.published_at is not None, **_belongs(person, row)):
        raise NotFound
    return render_template("classes/letters/letter.html", row=row, unit=row.unit, runs=runs)


@blueprint.post("/letters/<int:letter_id>/take-back")
def withdraw_letter(letter_id: int) -> Response:
    words = gettext("Đã gỡ thư. Bạn sửa rồi gửi lại được.")
    then = url_for("classes.letter", letter_id=letter_id)
    return run_action(lambda: letters_commands.withdraw_letter(require_user(), letter_id), words, then)


def _belongs(person: User, row: ClassLetter) -> dict[str, bool]:
    children = classes_of_children([tie.child_id for tie in confirmed_children(person)])
    return {
        "pupil": row.unit_id in classes_of(person.id),
        "guards": any(row.unit_id in units for units in children.values()),
    }


def _monday(week: str) -> date:
    """Returns the Monday in an address: of this week or one of the last four."""
    try:
        found = date.fromisoformat(week)
    except ValueError:
        raise NotFound from None
    this = monday_of(clock.today())
    if found.weekday() or not this - OLDEST <= found <= this:
        raise NotFound
    return found


@unit_links.register
def _letters_link(tab: str, _person: User, unit: Unit, held: frozenset[str]) -> UnitLink | None:
    if tab != "classes" or not may_run_class(held, unit.kind):
        return None
    return UnitLink(gettext("Thư tuần gửi lớp"), url_for("classes.letters", unit_id=unit.id), "send")
