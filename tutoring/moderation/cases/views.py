"""Pages of cases: show, act, decide, and list decided ones.

The page of a case also shows the lock of a picture and the button that removes it.
"""

from dataclasses import dataclass

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from tutoring.kernel import rate_limits
from tutoring.kernel.errors import Conflict, DomainError, Forbidden, InvalidInput, NotFound
from tutoring.kernel.paging import Page
from tutoring.kernel.text import N_
from tutoring.moderation import labels as moderation_labels
from tutoring.moderation.blueprint import blueprint
from tutoring.moderation.cases import commands as cases_commands
from tutoring.moderation.cases import queries as cases_queries
from tutoring.moderation.cases.case_page import decide_form, render_case
from tutoring.moderation.cases.commands import lift_picture_lock
from tutoring.moderation.cases.decided_cases import decided
from tutoring.moderation.cases.queries import Viewer
from tutoring.moderation.forms import DecideForm
from tutoring.moderation.models import Case
from tutoring.moderation.welfare.case_page import render_welfare_case
from tutoring.policy.moderation.cases import may_lift_lock
from tutoring.rooms.pictures.queries import is_locked
from tutoring.web.auth import require_user
from tutoring.web.i18n import translate_error
from tutoring.web.tables import table as tables
from tutoring.web.urls import parse_int


@dataclass(frozen=True)
class DecidedLine:
    """A decided case in the table, with who reported it."""

    case: Case
    by: str


COLUMNS = (
    tables.Column("decided", N_("Xong lúc"), lambda line: tables.moment(line.case.decided_at)),
    tables.Column("what", N_("Việc"), lambda line: gettext(moderation_labels.target_of(line.case))),
    tables.Column("about", N_("Về ai")),  # no file holds who was reported
    tables.Column("grade", N_("Mức"), lambda line: gettext(moderation_labels.grade_of(line.case))),
    tables.Column("outcome", N_("Kết quả"), lambda line: gettext(moderation_labels.OUTCOMES[line.case.outcome])),
    tables.Column("unit", N_("Đơn vị"), lambda line: line.case.unit.name if line.case.unit else ""),
    tables.Column("by", N_("Ai báo"), lambda line: line.by),
)


@blueprint.get("/desk/cases", endpoint="cases")
def cases_list() -> Response | str:
    """Lists decided cases; open ones are in the moderation queue."""
    words = moderation_labels
    wanted = tables.wanted((), "", grade=words.GRADES, outcome=words.OUTCOMES)
    page = decided(Viewer(require_user()), wanted, request.args.get("before", type=parse_int))
    reports = cases_queries.counts(case.id for case in page.items)
    filters = [
        tables.Filter(name, label, {"": gettext("Tất cả"), **{one: gettext(text) for one, text in values.items()}})
        for name, label, values in (
            ("grade", gettext("Mức"), words.GRADES),
            ("outcome", gettext("Kết quả"), words.OUTCOMES),
        )
    ]
    lines = [DecidedLine(case, words.reported_by(case, reports.get(case.id, 0))) for case in page.items]
    table = tables.Table(COLUMNS, (), wanted, Page(lines, page.more), filters, key=lambda line: line.case.id)
    if tables.asks_for_file():
        return table.file("viec-da-xu-ly")
    return render_template("moderation/cases/cases.html", table=table, words=words)


def _decided(form: DecideForm) -> tuple[str, str, str, str | None]:
    """Returns the form's values as the command takes them; absent fields are empty."""
    told = "tell_family" in form and form.tell_family.data == "yes"
    return (
        form.outcome.data, form.words.data or "", form.reply.data or "" if "reply" in form else "",
        form.family_words.data or "" if told else None,
    )  # fmt: skip


@blueprint.get("/desk/cases/<int:case_id>")
def case(case_id: int) -> Response | str:
    found = cases_commands.look(require_user(), case_id)
    if found.is_welfare:
        return render_welfare_case(*cases_queries.case_for(require_user(), case_id))
    return render_case(*cases_queries.case_for(require_user(), case_id))


@blueprint.post("/desk/cases/<int:case_id>/decide")
def decide(case_id: int) -> Response:
    rate_limits.hit("act", require_user().id)
    found, known = cases_queries.case_for(require_user(), case_id)
    form = decide_form(found)
    if not form.validate():
        return render_case(found, known, form)
    try:
        cases_commands.decide(require_user(), case_id, *_decided(form))
    except NotFound:
        raise
    except DomainError as refusal:
        return render_case(*cases_queries.case_for(require_user(), case_id), form, refusal=refusal)
    flash(gettext("Đã quyết định. Mỗi bên nhận được phần viết cho mình."), "ok")
    return redirect(url_for("moderation.desk"))


@blueprint.post("/desk/cases/<int:case_id>/grade")
def regrade(case_id: int) -> Response:
    rate_limits.hit("act", require_user().id)
    try:
        cases_commands.regrade(require_user(), case_id, request.form.get("grade", ""))
    except (Conflict, InvalidInput, Forbidden) as refusal:
        flash(translate_error(refusal), "bad")
    return redirect(url_for("moderation.case", case_id=case_id))


@dataclass(frozen=True)
class Lock:
    """The lock of the picture of a case; `may_lift` once the case is decided."""

    may_lift: bool


@blueprint.app_template_global("picture_lock")
def picture_lock(case: Case) -> Lock | None:
    """Returns the lock of the picture that this case is about, if there is one."""
    if case.kind != "message" or case.room_id is None:
        return None
    if not is_locked(case.room_id, case.seq):
        return None
    return Lock(case.state == "decided" and may_lift_lock(Viewer(require_user()).facts(case)))


@blueprint.post("/desk/cases/<int:case_id>/picture")
def lift_lock(case_id: int) -> Response:
    rate_limits.hit("act", require_user().id)
    try:
        lift_picture_lock(require_user(), case_id, request.form.get("reason", ""))
        flash(gettext("Đã bỏ khoá ảnh. Ảnh sẽ bị xoá như mọi ảnh đã ẩn."), "ok")
    except (Conflict, InvalidInput, Forbidden) as refusal:
        flash(translate_error(refusal), "bad")
    return redirect(url_for("moderation.case", case_id=case_id))
