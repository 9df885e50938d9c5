"""Pages of sponsored internet for staff, families and sponsors.

Staff see batches with counts, never a code. Families see their vouchers, open a code and report whether it worked.
Sponsors read a report under its own address without an account, as a page or a CSV file.
"""

from flask import flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext, ngettext
from werkzeug.wrappers import Response

from tutoring.accounts.sign_ins.flow import absolute_url, client_address, render_form
from tutoring.accounts.validators import choice
from tutoring.devices.blueprint import blueprint
from tutoring.devices.labels import BATCH_WORDS, COUNT_WORDS, NETWORK_WORDS, REPORT_WORDS, VOUCHER_KINDS, VOUCHER_WORDS
from tutoring.devices.vouchers import commands, queries
from tutoring.devices.vouchers import sponsor_report as figures
from tutoring.devices.vouchers.csv_reader import MAX_BYTES
from tutoring.devices.vouchers.forms import BatchForm
from tutoring.devices.vouchers.models import InternetBatch
from tutoring.kernel import clock, csv_files, rate_limits
from tutoring.kernel.csv_files import day_of, decoded
from tutoring.kernel.errors import Conflict, DomainError, InvalidInput, NotFound, RateLimited
from tutoring.kernel.text import N_
from tutoring.web.auth import require_user
from tutoring.web.i18n import translate_error
from tutoring.web.security import as_unlisted, takes_files
from tutoring.web.tables import table as tables
from tutoring.web.urls import parse_int

SHOWN = 50  # faulty lines shown on the page
_SAMPLE = "mã,hạn\nVIDU-0001,31/12/2027\nVIDU-0002,31/12/2027\n"


BATCH_COLUMNS = (
    tables.Column("sponsor", N_("Nhà tài trợ"), lambda line: line.batch.sponsor),
    tables.Column("package", N_("Gói"), lambda line: _package(line.batch)),
    tables.Column("free", N_("Chưa tặng"), lambda line: line.counts.get("free", 0), number=True),
    tables.Column("total", N_("Tổng"), lambda line: line.total, number=True),
    tables.Column("results", N_("Kết quả"), lambda line: _results(line)),
    tables.Column("unit", N_("Thuộc"), lambda line: line.batch.unit.name),
    tables.Column("at", N_("Thêm ngày"), lambda line: f"{clock.local(line.batch.at):%d/%m/%Y}"),
)
VOUCHER_COLUMNS = (
    tables.Column("number", N_("Số"), lambda row: row[0].id, number=True),
    tables.Column("state", N_("Tình trạng"), lambda row: gettext(COUNT_WORDS[row[0].state])),
    tables.Column("expires", N_("Hạn dùng"), lambda row: f"{row[0].expires_on:%d/%m/%Y}"),
    tables.Column("given", N_("Tặng ngày"),
                  lambda row: f"{clock.local(row[0].assigned_at):%d/%m/%Y}" if row[0].assigned_at else ""),
    tables.Column("ward", N_("Nơi nhận"), lambda row: row[1] or ""),
)  # fmt: skip


def _package(row: InternetBatch) -> str:
    uses = ngettext("dùng %(num)s ngày", "dùng %(num)s ngày", row.days)
    return f"{gettext(NETWORK_WORDS[row.network])} · {row.gigabytes} GB · {uses}"


def _results(line: queries.BatchLine) -> str:
    given = [(label, line.counts.get(state, 0)) for state, label in COUNT_WORDS.items() if state != "free"]
    return " · ".join(f"{gettext(label)}: {count}" for label, count in given if count)


@blueprint.get("/units/<int:unit_id>/internet")
def internet(unit_id: int) -> Response | str:
    place, may = queries.unit_for_counts(require_user(), unit_id)
    wanted = tables.wanted(queries.BATCH_ORDERS, "-at", state=queries.BATCH_STATES)
    states = {state: gettext(label) for state, label in BATCH_WORDS.items()}
    filters = [tables.Filter("state", gettext("Tình trạng"), states)]
    table = tables.Table(
        BATCH_COLUMNS, queries.BATCH_ORDERS, wanted, queries.batches_at(unit_id, wanted), filters
    )  # fmt: skip
    if tables.asks_for_file():
        return table.file("goi-mang")
    return render_template(
        "devices/vouchers/internet.html", unit=place, may=may, table=table, networks=NETWORK_WORDS, results=_results
    )


@blueprint.get("/internet/sample.csv")
def batch_sample() -> Response:
    response = make_response(_SAMPLE.encode("utf-8-sig"))
    response.headers["Content-Type"] = "text/csv; charset=utf-8"
    response.headers.set("Content-Disposition", "attachment", filename="mau-goi-mang.csv")
    return response


@blueprint.route("/units/<int:unit_id>/internet/new", methods=["GET", "POST"])
@takes_files(MAX_BYTES + 64 * 1024)
def new_batch(unit_id: int) -> Response:
    place = queries.get_unit_for_import(require_user(), unit_id)
    form, refusal, done = BatchForm(), None, commands.ImportResult(None)
    others = [choice("", gettext("Tên khác, ghi ở ô dưới"))]
    form.sponsor_id.choices = [*others, *(choice(str(one.id), one.name) for one in queries.partners())]
    if form.validate_on_submit():
        try:
            done = commands.import_vouchers(require_user(), unit_id, _batch(form), _lines(form))
            if done.batch_id is not None:
                flash(_said(done.added, done.known), "ok")
                return redirect(url_for("devices.batch", batch_id=done.batch_id))
        except NotFound:
            raise
        except DomainError as caught:
            refusal = caught
    lost = form.is_submitted() and bool(form.codes.data)
    form.codes.data = ""  # codes are stored in the database only, so they are not echoed back
    response = render_form(
        "devices/vouchers/new_batch.html", form, refusal, unit=place, done=done, faults=done.faults[:SHOWN], lost=lost
    )
    if done.faults:
        response.status_code = 422
    return response


def _said(added: int, known: int) -> str:
    words = ngettext("Đã thêm %(num)s mã.", "Đã thêm %(num)s mã.", added)
    if known:
        words += " " + ngettext("%(num)s mã đã có từ trước, không thêm lại.",
                                "%(num)s mã đã có từ trước, không thêm lại.", known)  # fmt: skip
    return str(words)


def _batch(form: BatchForm) -> commands.NewBatch:
    typed = (form.expires.data or "").strip()
    until = day_of(typed) if typed else None
    if typed and until is None:
        raise InvalidInput(N_("Hãy ghi hạn dùng như 31/12/2027."), field="expires")
    partner = parse_int(form.sponsor_id.data) if form.sponsor_id.data else None
    return commands.NewBatch(
        form.sponsor.data or "",
        partner,
        form.network.data,
        parse_int(form.gigabytes.data or ""),
        parse_int(form.days.data or ""),
        until,
    )


def _lines(form: BatchForm) -> str:
    """Returns the text of the uploaded file or the pasted lines; exactly one is allowed."""
    sent = request.files.get("file")
    data = sent.read(MAX_BYTES + 1) if sent is not None else b""
    pasted = form.codes.data or ""
    if data and pasted.strip():
        raise InvalidInput(N_("Hãy gửi tệp hoặc dán các dòng, chỉ một trong hai."), field="file")
    if not data:
        if not pasted.strip():
            raise InvalidInput(N_("Hãy chọn một tệp, hoặc dán các dòng."), field="file")
        return pasted
    if len(data) > MAX_BYTES:
        raise InvalidInput(N_("Tệp lớn quá. Hãy chia thành vài tệp dưới 1 MB."), field="file")
    text = decoded(data)
    if text is None or "\x00" in text:
        raise InvalidInput(N_("Không đọc được chữ trong tệp. Trong Excel hãy chọn Lưu dưới dạng, kiểu CSV UTF-8."),
                      field="file")  # fmt: skip
    return text


@blueprint.get("/internet/<int:batch_id>")
def batch(batch_id: int) -> Response | str:
    row = queries.batch_for(require_user(), batch_id)
    line = queries.batch_line(row)
    wanted = tables.wanted(queries.VOUCHER_ORDERS, "number", state=COUNT_WORDS)
    states = {"": gettext("Tất cả"), **{state: gettext(label) for state, label in COUNT_WORDS.items()}}
    filters = [tables.Filter("state", gettext("Tình trạng"), states, {"": line.total, **line.counts})]
    table = tables.Table(
        VOUCHER_COLUMNS, queries.VOUCHER_ORDERS, wanted, queries.vouchers_in(batch_id, wanted), filters
    )  # fmt: skip
    if tables.asks_for_file():
        return table.file(f"goi-mang-{batch_id}")
    return render_template(
        "devices/vouchers/batch.html", row=row, line=line, counts=COUNT_WORDS, networks=NETWORK_WORDS, table=table,
        kinds=VOUCHER_KINDS, address=absolute_url(url_for("devices.sponsor_report", code=row.report_code)),
    )  # fmt: skip


@blueprint.post("/internet/<int:batch_id>/close")
def close_batch(batch_id: int) -> Response:
    commands.close_batch(require_user(), batch_id)
    flash(gettext("Đã đóng. Không mã nào được tặng thêm từ đợt này; gia đình đã nhận vẫn dùng được."), "ok")
    return redirect(url_for("devices.batch", batch_id=batch_id))


@blueprint.post("/internet/<int:batch_id>/open")
def open_batch(batch_id: int) -> Response:
    commands.open_batch(require_user(), batch_id)
    flash(gettext("Đã mở lại. Mã của đợt này lại tặng được."), "ok")
    return redirect(url_for("devices.batch", batch_id=batch_id))


@blueprint.post("/internet/<int:batch_id>/address")
def new_report_address(batch_id: int) -> Response:
    commands.new_report_address(require_user(), batch_id)
    flash(gettext("Đã đổi địa chỉ. Hãy gửi địa chỉ mới cho nhà tài trợ; địa chỉ cũ không mở được nữa."), "ok")
    return redirect(url_for("devices.batch", batch_id=batch_id))


_WORDS = {"networks": NETWORK_WORDS, "states": VOUCHER_WORDS, "kinds": VOUCHER_KINDS}


@blueprint.get("/devices/internet")
def my_vouchers() -> str:
    person = require_user()
    page = queries.vouchers_of(person, request.args.get("before", type=parse_int))
    return render_template("devices/vouchers/my_vouchers.html", page=page, minor=person.is_minor, **_WORDS)


@blueprint.get("/devices/internet/<int:voucher_id>")
def voucher(voucher_id: int) -> Response:
    return _page(voucher_id)


def _page(voucher_id: int, code: str = "") -> Response:
    row = queries.voucher_of(require_user(), voucher_id)
    page = render_template("devices/vouchers/voucher.html", row=row, code=code, today=clock.today(), **_WORDS)
    response = make_response(page)
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.post("/devices/internet/<int:voucher_id>/open")
def open_voucher(voucher_id: int) -> Response:
    try:
        return _page(voucher_id, commands.open_voucher(require_user(), voucher_id))
    except (Conflict, RateLimited) as refusal:
        flash(translate_error(refusal), "bad")
        return redirect(url_for("devices.voucher", voucher_id=voucher_id))


@blueprint.post("/devices/internet/<int:voucher_id>/used")
def voucher_used(voucher_id: int) -> Response:
    try:
        commands.confirm_use(require_user(), voucher_id)
        flash(gettext("Cảm ơn bạn đã cho biết. Mã đã được xoá khỏi Cùng Học."), "ok")
    except Conflict as refusal:
        flash(translate_error(refusal), "bad")
    return redirect(url_for("devices.voucher", voucher_id=voucher_id))


@blueprint.post("/devices/internet/<int:voucher_id>/failed")
def voucher_failed(voucher_id: int) -> Response:
    try:
        commands.report_failed_voucher(require_user(), voucher_id)
        flash(gettext("Đã báo người phụ trách. Khi có gói khác, bạn được báo ở đây."), "ok")
    except Conflict as refusal:
        flash(translate_error(refusal), "bad")
    return redirect(url_for("devices.voucher", voucher_id=voucher_id))


def _found(code: str) -> figures.Report:
    rate_limits.hit("sponsor", client_address())
    return figures.report(code[:40])


@blueprint.get("/sponsors/<code>")
def sponsor_report(code: str) -> Response:
    found = _found(code)
    page = render_template(
        "devices/vouchers/sponsor_report.html",
        found=found,
        batch=found.batch,
        words=REPORT_WORDS,
        networks=NETWORK_WORDS,
    )
    return as_unlisted(page)


@blueprint.get("/sponsors/<code>.csv")
def sponsor_file(code: str) -> Response:
    found = _found(code)
    hidden = gettext("dưới 10")
    head = [gettext("Thời gian"), *(gettext(REPORT_WORDS[name]) for name in figures.FIGURES)]
    rows = [[f"{month:02d}/{year}", *_cells(parts, "")] for (year, month), parts in found.months]
    rows.append([gettext("Tất cả"), *_cells(found.totals, hidden)])
    response = make_response(csv_files.written(head, rows))
    response.headers["Content-Type"] = "text/csv; charset=utf-8"
    response.headers.set("Content-Disposition", "attachment", filename="goi-mang.csv")
    return as_unlisted(response)


def _cells(parts: dict[str, int | None], hidden: str) -> list[str]:
    return [hidden if parts[name] is None else str(parts[name]) for name in figures.FIGURES]
