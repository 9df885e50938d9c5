"""The public pages about reports and their outcomes."""

from typing import Any

from flask import make_response, render_template
from werkzeug.wrappers import Response

from tutoring.insights.blueprint import blueprint
from tutoring.insights.models import HalfYear
from tutoring.insights.transparency import jobs as transparency_jobs
from tutoring.insights.transparency import labels as transparency_labels
from tutoring.kernel.csv_files import written


@blueprint.get("/transparency")
def transparency() -> str:
    going_on = transparency_jobs.this_half()
    return render_template(
        "insights/transparency/transparency.html",
        halves=[(half, _sections(half)) for half in transparency_jobs.published()],
        words=transparency_labels,
        next_at=going_on.published,
    )


def _sections(half: HalfYear) -> dict[str, dict[str, dict[str, Any]]]:
    """Groups the measures by section and line."""
    found: dict[str, dict[str, dict[str, Any]]] = {}
    for section, key, measure, value in half.figures:
        found.setdefault(section, {}).setdefault(key, {})[measure] = value
    return found


@blueprint.get("/transparency.csv")
def transparency_file() -> Response:
    rows = (
        [str("" if cell is None else cell) for cell in (half.name, *line)]
        for half in transparency_jobs.published()
        for line in half.figures
    )
    response = make_response(written(("half_year", "section", "key", "measure", "value"), rows))
    response.headers["Content-Type"] = "text/csv; charset=utf-8"
    response.headers["Content-Disposition"] = 'attachment; filename="cung-hoc-cong-khai.csv"'
    return response
