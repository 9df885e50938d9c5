"""The private notebook: the list, one entry written or changed, done, thrown away after a second look."""

import uuid
from datetime import date, timedelta

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from tutoring.accounts.models import User
from tutoring.accounts.pages import form_page
from tutoring.accounts.panels import on_account_page
from tutoring.kernel import clock
from tutoring.kernel.errors import Invalid, Missing, Refusal
from tutoring.kernel.text import N_
from tutoring.policy.practice import may_keep_notebook
from tutoring.practice import filing
from tutoring.practice import notebook as queries
from tutoring.practice import notebook_commands as commands
from tutoring.practice.notebook_forms import EntryForm
from tutoring.practice.notebook_models import NotebookEntry
from tutoring.practice.routes import blueprint
from tutoring.web.numbers import whole
from tutoring.web.signin import me

_LONGEST_ONCE = 36


@blueprint.get("/notebook")
def notebook() -> str:
    rows = queries.entries_of(me())
    return render_template(
        "practice/notebook.html",
        due=[row for row in rows if queries.is_due(row)],
        later=[row for row in rows if row.done_at is None and not queries.is_due(row)],
        done=[row for row in rows if row.done_at is not None],
        first_on=filing.said_on(me()),
        today=clock.today(),
    )


@blueprint.route("/notebook/new", methods=["GET", "POST"])
def new_entry() -> Response:
    if not may_keep_notebook(me().kind, is_owner=True):
        raise Missing
    form, refusal = EntryForm(), None
    if form.validate_on_submit():
        try:
            commands.write_entry(me(), _written(form), (form.once.data or uuid.uuid4().hex)[:_LONGEST_ONCE])
            return _back(gettext("Đã ghi vào sổ."))
        except Missing:
            raise
        except Refusal as caught:
            refusal = caught
    form.once.data = form.once.data or uuid.uuid4().hex
    return _entry_page(form, refusal)


@blueprint.route("/notebook/<int:entry_id>", methods=["GET", "POST"])
def edit_entry(entry_id: int) -> Response:
    row = queries.entry_of(me(), entry_id)
    form, refusal = EntryForm(), None
    form.begin(row)
    if form.validate_on_submit():
        try:
            commands.change_entry(me(), entry_id, _version(form), _written(form))
            return _back(gettext("Đã lưu."))
        except Missing:
            raise
        except Refusal as caught:
            refusal = caught
            row = queries.entry_of(me(), entry_id)  # the refused command has let it go
            if refusal.code == commands.CHANGED_MEANWHILE:
                form.version.data = str(row.version)
    return _entry_page(form, refusal, row)


@blueprint.post("/notebook/<int:entry_id>/done")
def finish_entry(entry_id: int) -> Response:
    commands.finish_entry(me(), entry_id)
    return _back(gettext("Hồ sơ đã xong. Bạn tìm lại được ở cuối sổ."))


@blueprint.post("/notebook/<int:entry_id>/open")
def reopen_entry(entry_id: int) -> Response:
    commands.reopen_entry(me(), entry_id)
    return _back(gettext("Hồ sơ đã về lại danh sách đang theo dõi."))


@blueprint.post("/notebook/<int:entry_id>/delete")
def delete_entry(entry_id: int) -> Response:
    commands.delete_entry(me(), entry_id)
    return _back(gettext("Đã xoá khỏi sổ."))


def _back(words: str) -> Response:
    flash(words, "ok")
    return redirect(url_for("practice.notebook"))


def _entry_page(form: EntryForm, refusal: Refusal | None, row: NotebookEntry | None = None) -> Response:
    if refusal is not None and refusal.code == "private" and refusal.field in form:
        form[refusal.field].data = ""  # what should be kept nowhere is not sent back either
    return form_page(
        "practice/notebook_entry.html",
        form,
        refusal,
        row=row,
        newer=row if refusal is not None and refusal.code == commands.CHANGED_MEANWHILE else None,
        today=clock.today(),
        tomorrow=clock.today() + timedelta(days=1),
    )


def _written(form: EntryForm) -> commands.Written:
    return commands.Written(
        form.code.data or "", form.about.data or "", _day(form, "handed_in"), _day(form, "look_again")
    )


def _day(form: EntryForm, name: str) -> date | None:
    try:
        return date.fromisoformat(form[name].data) if form[name].data else None
    except ValueError:
        raise Invalid(N_("Hãy chọn một ngày trong lịch."), field=name) from None


def _version(form: EntryForm) -> int:
    """The version that the page was made from; none that there is, when that is not said."""
    try:
        return whole(form.version.data or "")
    except ValueError:
        return 0


def _panel(user: User) -> dict[str, bool]:
    return {"may": may_keep_notebook(user.kind, is_owner=True)}


on_account_page("practice/_notebook_panel.html", _panel)
