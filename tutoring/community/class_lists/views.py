"""Pages of class lists: send a file, confirm what was read, remove a line; the basis of a school."""

from flask import Response as FlaskResponse
from flask import flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext, ngettext
from werkzeug.wrappers import Response

from tutoring.accounts.sign_ins.flow import render_form
from tutoring.community import queries as community
from tutoring.community.blueprint import blueprint
from tutoring.community.class_cards import queries as class_cards
from tutoring.community.class_files.pupils import FAULTS
from tutoring.community.class_files.sheets import MOST_BYTES
from tutoring.community.class_files.staff import NAMESAKE, NO_ROLE
from tutoring.community.class_lists import commands, queries
from tutoring.community.class_lists.forms import BasisForm, ClassListForm
from tutoring.community.forms import PlainForm
from tutoring.community.labels import role_word
from tutoring.kernel.csv_files import written
from tutoring.kernel.errors import DomainError, InvalidInput, NotFound
from tutoring.kernel.text import N_
from tutoring.policy import class_lists as policy
from tutoring.web.auth import require_user
from tutoring.web.form_actions import run_action
from tutoring.web.security import takes_files
from tutoring.web.urls import parse_int

FIRST_ROWS = 10  # shown for confirming
SHOWN_FAULTS = 50  # on the page; the file has all of them
_FAULT_WORDS = FAULTS | {
    queries.NO_CLASS: N_("Trường này chưa có lớp ghi ở dòng này. Hãy lập lớp hoặc sửa tên lớp."),
    NAMESAKE: N_(
        "Trùng tên và vai trò với một dòng phía trên nên chưa nhận. Nếu là người khác, hãy gửi lại cả danh sách "
        "rồi đánh dấu dòng này."
    ),
    NO_ROLE: N_("Không đọc được vai trò. Hãy ghi giáo viên, điều phối viên hoặc người giúp."),
}


def _say(row: queries.DraftRow) -> str:
    return _FAULT_WORDS[row.fault] if row.fault else ""


def _role(row: queries.DraftRow) -> str:
    """Returns the role in Vietnamese, as files of schools have it and are read again."""
    return role_word(row.role, "school") if row.role else ""


@blueprint.route("/units/<int:unit_id>/class-list", methods=["GET", "POST"])
@takes_files(MOST_BYTES + 64 * 1024)
def class_list(unit_id: int) -> Response:
    place = queries.place_for_lists(require_user(), unit_id)
    form = ClassListForm()
    stages_staff = queries.may_stage_staff(require_user(), place)
    if stages_staff:
        form.with_staff()
    refusal: DomainError | None = None
    if form.validate_on_submit():
        sent = request.files.get("file")
        data = sent.read(MOST_BYTES + 1) if sent is not None else b""
        try:
            made = commands.check_file(require_user(), unit_id, data, form.chosen(), form.kind.data or "pupil")
            return redirect(url_for("community.class_list_check", unit_id=unit_id, draft_id=made))
        except InvalidInput as invalid:
            refusal = invalid
            place = queries.place_for_lists(require_user(), unit_id)
    of_class = place.kind == "class" or stages_staff
    return render_form(
        "community/class_lists/class_list.html", form, refusal, unit=place, has_cards=of_class,
        staged=queries.staged(place) if of_class else [], number=queries.staged_here(place) if of_class else 0,
               counts=queries.staged_counts(place) if place.kind == "school" else [], life=policy.LINE_LIFE,
        cards=class_cards.cards_of(unit_id) if of_class else {},
        claimed=class_cards.claimed_lines(unit_id) if of_class else set(),
    )  # fmt: skip


@blueprint.get("/units/<int:unit_id>/class-list/<int:draft_id>")
def class_list_check(unit_id: int, draft_id: int) -> str:
    draft = queries.draft_of(require_user(), unit_id, draft_id)
    rows = queries.rows_of(draft)
    return render_template(
        "community/class_lists/class_list_check.html", draft=draft, unit=draft.unit, form=PlainForm(formdata=None),
        good=[one for one in rows if one.fault is None][:FIRST_ROWS],
        namesakes=[one for one in rows if one.fault == NAMESAKE],
        faults=[(one, _say(one)) for one in queries.left_out(draft)[:SHOWN_FAULTS]],
    )  # fmt: skip


@blueprint.get("/units/<int:unit_id>/class-list/<int:draft_id>/faulty.csv")
def class_list_faults(unit_id: int, draft_id: int) -> FlaskResponse:
    draft = queries.draft_of(require_user(), unit_id, draft_id)
    faulty = queries.left_out(draft)
    head: tuple[str, ...] = (gettext("Dòng"), "Họ và tên", "Ngày sinh", "Lớp", "Lỗi")
    rows: list[tuple[str, ...]] = [
        (str(one.row), one.full or "", str(one.year or ""), one.group, gettext(_say(one))) for one in faulty
    ]
    if draft.kind == "staff":
        head = (gettext("Dòng"), "Họ và tên", "Vai trò", "Lỗi")
        rows = [(str(one.row), one.full or "", one.group or _role(one), gettext(_say(one))) for one in faulty]
    response = make_response(written(head, rows))
    response.headers["Content-Type"] = "text/csv; charset=utf-8"
    response.headers.set("Content-Disposition", "attachment", filename="can-sua.csv")
    return response


@blueprint.post("/units/<int:unit_id>/class-list/<int:draft_id>/accept")
def accept_class_list(unit_id: int, draft_id: int) -> Response:
    namesakes = set(request.form.getlist("namesake", type=parse_int))
    added = commands.accept_draft(require_user(), unit_id, draft_id, namesakes)
    if queries.draft_of(require_user(), unit_id, draft_id).kind == "staff":
        flash(ngettext("Đã nhận %(num)d người.", "Đã nhận %(num)d người.", added), "ok")
    else:
        flash(ngettext("Đã nhận %(num)d em.", "Đã nhận %(num)d em.", added), "ok")
    return redirect(url_for("community.class_list_check", unit_id=unit_id, draft_id=draft_id))


@blueprint.post("/units/<int:unit_id>/class-list/<int:draft_id>/discard")
def discard_class_list(unit_id: int, draft_id: int) -> Response:
    then = url_for("community.class_list", unit_id=unit_id)
    return run_action(lambda: commands.discard_draft(require_user(), unit_id, draft_id), gettext("Đã bỏ tệp."), then)


@blueprint.post("/units/<int:unit_id>/class-list/lines/<int:line_id>/remove")
def remove_class_line(unit_id: int, line_id: int) -> Response:
    then = url_for("community.class_list", unit_id=unit_id)
    return run_action(lambda: commands.remove_line(require_user(), unit_id, line_id), gettext("Đã xoá dòng."), then)


@blueprint.route("/units/<int:unit_id>/class-list/basis", methods=["GET", "POST"])
def class_list_basis(unit_id: int) -> Response | str:
    place = community.unit(unit_id)
    if not policy.may_record_basis(community.roles_for(require_user(), unit_id), place.kind):
        raise NotFound
    stored = queries.basis_of(place)
    form = BasisForm()
    form.begin(basis=stored.basis if stored else "", agreement=stored.agreement if stored else "")
    refusal: DomainError | None = None
    if form.is_submitted() and form.validate():
        try:
            commands.record_basis(require_user(), unit_id, form.basis.data or "", form.agreement.data or "")
            flash(gettext("Đã ghi căn cứ. Thầy cô của trường nhận được danh sách lớp."), "ok")
            return redirect(url_for("community.class_list_basis", unit_id=unit_id))
        except InvalidInput as caught:
            refusal = caught
    return render_form("community/class_lists/class_list_basis.html", form, refusal, unit=place, stored=stored)


@blueprint.post("/units/<int:unit_id>/class-list/basis/end")
def end_class_list_basis(unit_id: int) -> Response:
    then = url_for("community.class_list_basis", unit_id=unit_id)
    words = gettext("Đã tắt. Các dòng chưa nhận của trường đã xoá.")
    return run_action(lambda: commands.end_basis(require_user(), unit_id), words, then)
