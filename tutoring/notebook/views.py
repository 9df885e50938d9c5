"""Pages of the private notebook: list, create, change, finish, delete after confirmation.

Two buttons report a first real dossier, and withdraw the report on the same day.
"""

import uuid
from datetime import date, timedelta

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from tutoring.accounts.hooks import Panel, account_panels
from tutoring.accounts.models import User
from tutoring.accounts.sign_ins.flow import render_form
from tutoring.kernel import clock
from tutoring.kernel.errors import DomainError, InvalidInput, NotFound
from tutoring.kernel.text import N_
from tutoring.notebook import commands, queries
from tutoring.notebook import first_dossier as first_dossiers
from tutoring.notebook.blueprint import blueprint
from tutoring.notebook.forms import EntryForm
from tutoring.notebook.models import NotebookEntry
from tutoring.policy.practice.portal import may_keep_notebook
from tutoring.web.auth import require_user
from tutoring.web.urls import parse_int

_LONGEST_ONCE = 36


@blueprint.get("/notebook")
def notebook() -> str:
    rows = queries.entries_of(require_user())
    return render_template(
        "notebook/notebook.html",
        due=[row for row in rows if queries.is_due(row)],
        later=[row for row in rows if row.done_at is None and not queries.is_due(row)],
        done=[row for row in rows if row.done_at is not None],
        first_on=first_dossiers.first_dossier_day(require_user()),
        today=clock.today(),
    )


@blueprint.route("/notebook/new", methods=["GET", "POST"])
def new_entry() -> Response:
    if not may_keep_notebook(require_user().kind, is_owner=True):
        raise NotFound
    form, refusal = EntryForm(), None
    if form.validate_on_submit():
        try:
            commands.write_entry(require_user(), _written(form), (form.once.data or uuid.uuid4().hex)[:_LONGEST_ONCE])
            return _back(gettext("Đã ghi vào sổ."))
        except NotFound:
            raise
        except DomainError as caught:
            refusal = caught
    form.once.data = form.once.data or uuid.uuid4().hex
    return _entry_page(form, refusal)


@blueprint.route("/notebook/<int:entry_id>", methods=["GET", "POST"])
def edit_entry(entry_id: int) -> Response:
    row = queries.entry_of(require_user(), entry_id)
    form, refusal = EntryForm(), None
    form.begin(row)
    if form.validate_on_submit():
        try:
            commands.change_entry(require_user(), entry_id, _version(form), _written(form))
            return _back(gettext("Đã lưu."))
        except NotFound:
            raise
        except DomainError as caught:
            refusal = caught
            row = queries.entry_of(require_user(), entry_id)  # reload: the rejected command has rolled back
            if refusal.code == commands.CHANGED_MEANWHILE:
                form.version.data = str(row.version)
    return _entry_page(form, refusal, row)


@blueprint.post("/notebook/<int:entry_id>/done")
def finish_entry(entry_id: int) -> Response:
    commands.finish_entry(require_user(), entry_id)
    return _back(gettext("Hồ sơ đã xong. Bạn tìm lại được ở cuối sổ."))


@blueprint.post("/notebook/<int:entry_id>/open")
def reopen_entry(entry_id: int) -> Response:
    commands.reopen_entry(require_user(), entry_id)
    return _back(gettext("Hồ sơ đã về lại danh sách đang theo dõi."))


@blueprint.post("/notebook/<int:entry_id>/delete")
def delete_entry(entry_id: int) -> Response:
    commands.delete_entry(require_user(), entry_id)
    return _back(gettext("Đã xoá khỏi sổ."))


def _back(words: str) -> Response:
    flash(words, "ok")
    return redirect(url_for("notebook.notebook"))


def _entry_page(form: EntryForm, refusal: DomainError | None, row: NotebookEntry | None = None) -> Response:
    if refusal is not None and refusal.code == "private" and refusal.field in form:
        form[refusal.field].data = ""  # text that is never stored is not sent back either
    return render_form(
        "notebook/notebook_entry.html",
        form,
        refusal,
        row=row,
        newer=row if refusal is not None and refusal.code == commands.CHANGED_MEANWHILE else None,
        today=clock.today(),
        tomorrow=clock.today() + timedelta(days=1),
    )


def _written(form: EntryForm) -> commands.EntryInput:
    return commands.EntryInput(
        form.code.data or "", form.about.data or "", _day(form, "handed_in"), _day(form, "look_again")
    )


def _day(form: EntryForm, name: str) -> date | None:
    try:
        return date.fromisoformat(form[name].data) if form[name].data else None
    except ValueError:
        raise InvalidInput(N_("Hãy chọn một ngày trong lịch."), field=name) from None


def _version(form: EntryForm) -> int:
    """Returns the version from which the page was rendered; 0, which never exists, if absent."""
    try:
        return parse_int(form.version.data or "")
    except ValueError:
        return 0


@account_panels.register
def _panel(user: User) -> Panel:
    return Panel("notebook/_notebook_panel.html", {"may": may_keep_notebook(user.kind, is_owner=True)})


@blueprint.post("/notebook/first-dossier")
def first_dossier() -> Response:
    if request.form.get("said") == "no":
        first_dossiers.take_back_first_dossier(require_user())
        flash(gettext("Đã rút lại. Khi nào nộp thật, bạn bấm lại nhé."), "ok")
    else:
        first_dossiers.say_first_dossier(require_user())
        flash(gettext("Chúc mừng bạn! Hồ sơ thật đầu tiên đã được đếm."), "ok")
    return redirect(url_for("notebook.notebook", _anchor="first"))
