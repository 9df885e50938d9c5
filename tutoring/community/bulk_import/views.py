"""Pages of bulk imports: upload a file, read its faults, start writing; cancel a merger."""

from typing import Any

from flask import flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from tutoring.accounts.sign_ins.flow import render_form
from tutoring.community import queries
from tutoring.community.blueprint import blueprint
from tutoring.community.bulk_import import commands as bulk_import_commands
from tutoring.community.bulk_import.csv_reader import CALLED, COLUMNS, MOST_BYTES, SAMPLES, given_back
from tutoring.community.bulk_import.forms import ImportForm
from tutoring.community.bulk_import.models import UnitImport
from tutoring.community.forms import PlainForm
from tutoring.community.units import mergers
from tutoring.kernel.errors import DomainError, InvalidInput, NotFound
from tutoring.web.auth import require_user
from tutoring.web.security import takes_files

SHOWN = 50  # faults shown on the page; the downloaded file has all of them


def _say(msgid: str, facts: dict[str, Any]) -> str:
    return str(gettext(msgid, **facts))


@blueprint.route("/units/imports", methods=["GET", "POST"])
@takes_files(MOST_BYTES + 64 * 1024)
def imports() -> Response:
    form = ImportForm()
    refusal: DomainError | None = None
    if form.validate_on_submit():
        sent = request.files.get("file")
        try:
            data = sent.read(MOST_BYTES + 1) if sent is not None else b""
            made = bulk_import_commands.send_file(
                require_user(), form.kind.data, (sent.filename or "") if sent else "", data
            )
            return redirect(url_for("community.unit_import", import_id=made))
        except InvalidInput as invalid:
            refusal = invalid
    return render_form(
        "community/bulk_import/imports.html",
        form,
        refusal,
        mine=bulk_import_commands.imports_of(require_user()),
        columns=CALLED,
    )


@blueprint.get("/units/imports/<kind>.csv")
def import_sample(kind: str) -> Response:
    if kind not in COLUMNS:
        raise NotFound
    return _csv(SAMPLES[kind], "mau-don-vi.csv" if kind == "units" else "mau-sap-nhap.csv")


@blueprint.get("/units/imports/<int:import_id>")
def unit_import(import_id: int) -> str:
    row = bulk_import_commands.unit_import(require_user(), import_id)
    faults = [(line, CALLED[row.kind].get(column, ""), _say(say, facts)) for line, column, say, facts in row.faults]
    return render_template(
        "community/bulk_import/import.html", row=row, faults=faults[:SHOWN], form=PlainForm(formdata=None),
        gave_up=bulk_import_commands.gave_up(row),
    )  # fmt: skip


@blueprint.get("/units/imports/<int:import_id>/faulty.csv")
def faulty_lines(import_id: int) -> Response:
    row: UnitImport = bulk_import_commands.unit_import(require_user(), import_id, text=True)
    if row.state != "faulty":
        raise NotFound
    return _csv(given_back(row.text, row.faults, _say), f"can-sua-{row.file_name.removesuffix('.csv')}.csv")


def _csv(text: str, name: str) -> Response:
    response = make_response(text.encode("utf-8-sig"))
    response.headers["Content-Type"] = "text/csv; charset=utf-8"
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response


def _to(import_id: int) -> Response:
    return redirect(url_for("community.unit_import", import_id=import_id))


@blueprint.post("/units/imports/<int:import_id>/write")
def write_import(import_id: int) -> Response:
    bulk_import_commands.write_import(require_user(), import_id)
    return _to(import_id)


@blueprint.post("/units/imports/<int:import_id>/again")
def try_import_again(import_id: int) -> Response:
    bulk_import_commands.try_again(require_user(), import_id)
    return _to(import_id)


@blueprint.post("/units/imports/<int:import_id>/discard")
def discard_import(import_id: int) -> Response:
    bulk_import_commands.discard_import(require_user(), import_id)
    flash(gettext("Đã bỏ tệp. Không đơn vị nào thay đổi."), "ok")
    return redirect(url_for("community.imports"))


@blueprint.route("/units/<int:unit_id>/merger/cancel", methods=["GET", "POST"])
def cancel_merger(unit_id: int) -> Response | str:
    place, known = queries.unit(unit_id), mergers.planned_for(unit_id)
    if known is None or not mergers.may_cancel_merger(require_user(), known):
        raise NotFound
    form = PlainForm()
    if form.validate_on_submit():
        mergers.cancel_merger(require_user(), unit_id)
        flash(gettext("Đã huỷ. %(unit)s vẫn là đơn vị riêng.", unit=place.name), "ok")
        return redirect(url_for("community.unit", unit_id=unit_id))
    return render_template("community/bulk_import/cancel_merger.html", form=form, unit=place, merger=known)
