"""Pages of the overview: a class for its teacher, one pupil for the pupil and the guardian, the sums of a school."""

import re

from flask import redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from tutoring.accounts.queries import child_of
from tutoring.classes.blueprint import blueprint
from tutoring.classes.overview import page
from tutoring.classes.overview.access import class_of, school_of
from tutoring.classes.overview.commands import nudge as ask_pupil
from tutoring.classes.overview.own_page import own_progress
from tutoring.classes.overview.school_page import school_table
from tutoring.kernel.errors import NotFound
from tutoring.kernel.text import nfc
from tutoring.web.auth import require_user
from tutoring.web.form_actions import run_action
from tutoring.web.i18n import language
from tutoring.web.tables import table as tables


@blueprint.get("/units/<int:unit_id>/overview")
def overview(unit_id: int) -> Response | str:
    unit = class_of(require_user(), unit_id)
    asked, path, view = page.wanted(), nfc(request.args.get("path", "")), request.args.get("view", "")
    found = None if view == "path" or path else page.works_table(unit, asked, language())
    if found is None:
        found = page.path_table(unit, path, asked, language())
    if tables.asks_for_file():
        return found.table.file(f"lop-{unit.id}")
    return render_template(
        "classes/overview/class.html",
        page=found,
        unit=unit,
        table=found.table,
        lang=language(),
        asked_works=view == "works",
    )


@blueprint.get("/units/<int:unit_id>/classes-overview")
def classes_overview(unit_id: int) -> Response | str:
    unit, exact = school_of(require_user(), unit_id)
    found = school_table(unit, exact)
    if tables.asks_for_file():
        return found.table.file(f"cac-lop-{unit.id}")
    return render_template("classes/overview/school.html", page=found, unit=unit, table=found.table)


@blueprint.post("/units/<int:unit_id>/overview/nudge")
def nudge(unit_id: int) -> Response:
    pupil, _, slug = nfc(request.form.get("stuck", "")).partition(":")
    pupil_id = int(pupil) if re.fullmatch(r"[0-9]{1,9}", pupil) else 0
    then = url_for("classes.overview", unit_id=unit_id, _anchor="stuck")
    return run_action(
        lambda: ask_pupil(require_user(), unit_id, pupil_id, slug),
        gettext("Đã nhắn hỏi em. Em tự quyết định có nhờ ai không."), then,
    )  # fmt: skip


@blueprint.get("/children/<int:child_id>/progress")
def child_progress(child_id: int) -> Response | str:
    """Shows the pupil, or a confirmed guardian, what the teacher of the class may see."""
    person = require_user()
    if person.id == child_id:
        return redirect(url_for("classes.own_progress"))
    link = child_of(person.id, child_id)
    if link.confirmed_at is None:
        raise NotFound
    return render_template("classes/overview/pupil.html", page=own_progress(link.child, language()), own=False)


@blueprint.get("/progress", endpoint="own_progress")
def own() -> str:
    return render_template("classes/overview/pupil.html", page=own_progress(require_user(), language()), own=True)
