"""What a sponsor reads of its vouchers under its own address, without an account: a page to print, and a file."""

from flask import make_response, render_template
from flask_babel import gettext
from werkzeug.wrappers import Response

from tutoring.accounts.pages import address
from tutoring.devices import sponsor_figures as figures
from tutoring.devices.internet_words import NETWORK_WORDS, REPORT_WORDS
from tutoring.devices.routes import blueprint
from tutoring.kernel import limits, spreadsheet


def _found(code: str) -> figures.Report:
    limits.hit("sponsor", address())
    return figures.report(code[:40])


def _quiet(response: Response) -> Response:
    """For whoever has the address, and for no search engine."""
    response.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.get("/sponsors/<code>")
def sponsor_report(code: str) -> Response:
    found = _found(code)
    page = render_template(
        "devices/sponsor_report.html", found=found, batch=found.batch, words=REPORT_WORDS, networks=NETWORK_WORDS
    )
    return _quiet(make_response(page))


@blueprint.get("/sponsors/<code>.csv")
def sponsor_file(code: str) -> Response:
    found = _found(code)
    hidden = gettext("dưới 10")
    head = [gettext("Thời gian"), *(gettext(REPORT_WORDS[name]) for name in figures.FIGURES)]
    rows = [[f"{month:02d}/{year}", *_cells(parts, "")] for (year, month), parts in found.months]
    rows.append([gettext("Tất cả"), *_cells(found.totals, hidden)])
    response = make_response(spreadsheet.written(head, rows))
    response.headers["Content-Type"] = "text/csv; charset=utf-8"
    response.headers.set("Content-Disposition", "attachment", filename="goi-mang.csv")
    return _quiet(response)


def _cells(parts: dict[str, int | None], hidden: str) -> list[str]:
    return [hidden if parts[name] is None else str(parts[name]) for name in figures.FIGURES]
