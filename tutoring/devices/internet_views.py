"""Pages of staff about sponsored internet: batches with counts, a new one, closing it. No page shows a code."""

from flask import flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext, ngettext
from werkzeug.wrappers import Response

from tutoring.accounts.fields import option
from tutoring.accounts.pages import form_page, full_url
from tutoring.devices import batching as commands
from tutoring.devices import internet_queries as queries
from tutoring.devices.internet_forms import BatchForm
from tutoring.devices.internet_words import COUNT_WORDS, NETWORK_WORDS
from tutoring.devices.routes import blueprint
from tutoring.devices.voucher_reading import MOST_BYTES
from tutoring.kernel.errors import Invalid, Missing, Refusal
from tutoring.kernel.spreadsheet import day_of, decoded
from tutoring.kernel.text import N_
from tutoring.web.numbers import whole
from tutoring.web.security import takes_files
from tutoring.web.signin import me

SHOWN = 50  # faulty lines on the page
_SAMPLE = "mã,hạn\nVIDU-0001,31/12/2027\nVIDU-0002,31/12/2027\n"


@blueprint.get("/units/<int:unit_id>/internet")
def internet(unit_id: int) -> str:
    place, may = queries.unit_for_counts(me(), unit_id)
    page = queries.batches_at(unit_id, request.args.get("before", type=whole))
    return render_template(
        "devices/internet.html", unit=place, may=may, page=page, counts=COUNT_WORDS, networks=NETWORK_WORDS
    )


@blueprint.get("/internet/sample.csv")
def batch_sample() -> Response:
    response = make_response(_SAMPLE.encode("utf-8-sig"))
    response.headers["Content-Type"] = "text/csv; charset=utf-8"
    response.headers.set("Content-Disposition", "attachment", filename="mau-goi-mang.csv")
    return response


@blueprint.route("/units/<int:unit_id>/internet/new", methods=["GET", "POST"])
@takes_files(MOST_BYTES + 64 * 1024)
def new_batch(unit_id: int) -> Response:
    place = queries.unit_to_bring_to(me(), unit_id)
    form, refusal, done = BatchForm(), None, commands.Imported(None)
    others = [option("", gettext("Tên khác, ghi ở ô dưới"))]
    form.sponsor_id.choices = [*others, *(option(str(one.id), one.name) for one in queries.partners())]
    if form.validate_on_submit():
        try:
            done = commands.import_vouchers(me(), unit_id, _batch(form), _lines(form))
            if done.batch_id is not None:
                flash(_said(done.added, done.known), "ok")
                return redirect(url_for("devices.batch", batch_id=done.batch_id))
        except Missing:
            raise
        except Refusal as caught:
            refusal = caught
    lost = form.is_submitted() and bool(form.codes.data)
    form.codes.data = ""  # codes go into the database and nowhere else
    response = form_page(
        "devices/new_batch.html", form, refusal, unit=place, done=done, faults=done.faults[:SHOWN], lost=lost
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
        raise Invalid(N_("Hãy ghi hạn dùng như 31/12/2027."), field="expires")
    partner = whole(form.sponsor_id.data) if form.sponsor_id.data else None
    return commands.NewBatch(
        form.sponsor.data or "",
        partner,
        form.network.data,
        whole(form.gigabytes.data or ""),
        whole(form.days.data or ""),
        until,
    )


def _lines(form: BatchForm) -> str:
    """The text of the file, or what was pasted; one of the two."""
    sent = request.files.get("file")
    data = sent.read(MOST_BYTES + 1) if sent is not None else b""
    pasted = form.codes.data or ""
    if data and pasted.strip():
        raise Invalid(N_("Hãy gửi tệp hoặc dán các dòng, chỉ một trong hai."), field="file")
    if not data:
        if not pasted.strip():
            raise Invalid(N_("Hãy chọn một tệp, hoặc dán các dòng."), field="file")
        return pasted
    if len(data) > MOST_BYTES:
        raise Invalid(N_("Tệp lớn quá. Hãy chia thành vài tệp dưới 1 MB."), field="file")
    text = decoded(data)
    if text is None or "\x00" in text:
        raise Invalid(N_("Không đọc được chữ trong tệp. Trong Excel hãy chọn Lưu dưới dạng, kiểu CSV UTF-8."),
                      field="file")  # fmt: skip
    return text


@blueprint.get("/internet/<int:batch_id>")
def batch(batch_id: int) -> str:
    row = queries.batch_for(me(), batch_id)
    address = full_url(url_for("devices.sponsor_report", code=row.report_code))
    return render_template(
        "devices/batch.html", row=row, line=queries.batch_line(row), counts=COUNT_WORDS, networks=NETWORK_WORDS,
        address=address,
    )  # fmt: skip


@blueprint.post("/internet/<int:batch_id>/close")
def close_batch(batch_id: int) -> Response:
    commands.close_batch(me(), batch_id)
    flash(gettext("Đã đóng. Không mã nào được tặng thêm từ đợt này; gia đình đã nhận vẫn dùng được."), "ok")
    return redirect(url_for("devices.batch", batch_id=batch_id))


@blueprint.post("/internet/<int:batch_id>/open")
def open_batch(batch_id: int) -> Response:
    commands.open_batch(me(), batch_id)
    flash(gettext("Đã mở lại. Mã của đợt này lại tặng được."), "ok")
    return redirect(url_for("devices.batch", batch_id=batch_id))


@blueprint.post("/internet/<int:batch_id>/address")
def new_report_address(batch_id: int) -> Response:
    commands.new_report_address(me(), batch_id)
    flash(gettext("Đã đổi địa chỉ. Hãy gửi địa chỉ mới cho nhà tài trợ; địa chỉ cũ không mở được nữa."), "ok")
    return redirect(url_for("devices.batch", batch_id=batch_id))
