"""Pages of the figures of a unit or of the whole site, with charts, CSV, PDF and Word file."""

import re
from functools import partial
from typing import Any

from flask import make_response, render_template, request, url_for
from flask_babel import force_locale, gettext
from werkzeug.wrappers import Response

from tutoring.community.hooks import UnitTab, unit_tabs
from tutoring.community.models import Unit
from tutoring.community.papers.response import PDF, WORD, paper_file
from tutoring.insights.blueprint import blueprint
from tutoring.insights.monthly_statistics.queries import HIDDEN
from tutoring.insights.unit_report import charts, csv_export, monthly_report, narrative
from tutoring.insights.unit_report import labels as unit_report_labels
from tutoring.insights.unit_report import sections as unit_report_sections
from tutoring.insights.unit_report.feature_sections import feature_sections
from tutoring.insights.unit_report.month import UnitMonth, below, open_month
from tutoring.insights.unit_report.named_counts import named_counts
from tutoring.kernel import rate_limits
from tutoring.kernel.errors import NotFound
from tutoring.kernel.text import fold
from tutoring.policy.insights import may_see_unit_figures
from tutoring.web.auth import require_user
from tutoring.web.i18n import language
from tutoring.web.urls import parse_int

_CSP = "default-src 'none'; style-src 'unsafe-inline'"  # for a chart that is opened directly


@unit_tabs.register(order=1)
def _tab(unit: Unit, held: frozenset[str]) -> UnitTab | None:
    if not may_see_unit_figures(held, unit.kind):
        return None
    return UnitTab("figures", gettext("Số liệu"), url_for("insights.unit_figures", unit_id=unit.id))


def _after() -> str:
    """Returns the page key of the list of units below; empty (first page) for an invalid one."""
    after = request.args.get("after", "")[:300]
    try:
        parse_int(after.rpartition("\n")[2])
    except ValueError:
        return ""
    return after


def _asked(unit_id: int | None) -> UnitMonth:
    return open_month(require_user(), unit_id, request.args.get("month", ""), request.args.get("against", ""))


def _where(asked: UnitMonth, what: str, **more: Any) -> str:
    """Returns the URL of the page ("figures"), file, report or chart, with the chosen months."""
    months = {"month": f"{asked.month:%Y-%m}", "against": f"{asked.against:%Y-%m}" if asked.against else None}
    if asked.unit is None:
        return url_for(f"insights.site_{what}", **months | more)
    return url_for(f"insights.unit_{what}", unit_id=asked.unit.id, **months | more)


@blueprint.get("/figures", endpoint="site_figures")
@blueprint.get("/units/<int:unit_id>/figures", endpoint="unit_figures")
def figures(unit_id: int | None = None) -> str:
    month = _asked(unit_id)
    known = unit_report_sections.names(month, language())
    timed = unit_report_sections.heat_topics(month)
    topic = request.args.get("topic", "")
    topic = topic if topic in timed else ""
    over, sections = unit_report_sections.over_months(month), unit_report_sections.of_month(month, known)
    return render_template(
        "insights/unit_report/unit_figures.html",
        month=month,
        where=partial(_where, month),
        headline=narrative.headline(month),
        story=narrative.list_sentences(month, known),
        named=named_counts(require_user(), month),
        key_figures=narrative.key_figures(month),
        over=over,
        sections=sections,
        quiet=unit_report_sections.quiet([*over, *sections]),
        hidden=HIDDEN,
        heats=unit_report_sections.heats(month, topic),
        timed=[(one, known.topics.get(one, one)) for one in timed],
        topic=topic,
        below=below(month, unit_report_sections.BELOW, _after()),
        below_word=unit_report_sections.below_title(month),
        parts=feature_sections(month),
        words=unit_report_labels,
        charts=charts,
        measures=unit_report_sections.BELOW,
    )


@blueprint.get("/figures.csv", endpoint="site_figures_file")
@blueprint.get("/units/<int:unit_id>/figures.csv", endpoint="unit_figures_file")
def file(unit_id: int | None = None) -> Response:
    month = _asked(unit_id)
    response = make_response(csv_export.as_csv(month, unit_report_sections.names(month, language())))
    response.headers["Content-Type"] = "text/csv; charset=utf-8"
    response.headers["Content-Disposition"] = f'attachment; filename="{_name(month)}.csv"'
    return response


@blueprint.get("/figures.pdf", endpoint="site_report", defaults=PDF)
@blueprint.get("/figures.docx", endpoint="site_report", defaults=WORD)
@blueprint.get("/units/<int:unit_id>/figures.pdf", endpoint="unit_report", defaults=PDF)
@blueprint.get("/units/<int:unit_id>/figures.docx", endpoint="unit_report", defaults=WORD)
def paper(ending: str, unit_id: int | None = None) -> Response:
    rate_limits.hit("paper", require_user().id)  # rendering takes some tenths of a second of CPU time
    month = _asked(unit_id)
    with force_locale("vi"):  # the report goes to offices, so it is Vietnamese in any case
        return paper_file(monthly_report.build_paper(month), ending, _name(month))


def _name(month: UnitMonth) -> str:
    unit = "-".join(re.findall(r"[a-z0-9]+", fold(month.unit.code))) if month.unit else "toan-trang"
    return f"cung-hoc-{unit}-{month.month:%Y-%m}"


@blueprint.get("/figures/<chart>.svg", endpoint="site_chart")
@blueprint.get("/units/<int:unit_id>/figures/<chart>.svg", endpoint="unit_chart")
def chart(chart: str, unit_id: int | None = None) -> Response:
    month = _asked(unit_id)
    if chart not in unit_report_sections.CHARTS:
        raise NotFound
    drawn = charts.draw(unit_report_sections.CHARTS[chart](month, language()), "wide" in request.args)
    response = Response(drawn, mimetype="image/svg+xml")
    response.headers["Content-Security-Policy"] = _CSP
    response.headers["Cache-Control"] = "private, no-cache"
    response.add_etag()
    return response.make_conditional(request)
