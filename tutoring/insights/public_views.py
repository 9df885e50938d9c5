"""What everybody may read of reports and what became of them."""

import csv
import io
from typing import Any

from flask import make_response, render_template
from werkzeug.wrappers import Response

from tutoring.insights import half_years, public_words
from tutoring.insights.exporting import plain
from tutoring.insights.models import HalfYear
from tutoring.insights.routes import blueprint


@blueprint.get("/transparency")
def transparency() -> str:
    going_on = half_years.this_half()
    return render_template(
        "insights/transparency.html",
        halves=[(half, _sections(half)) for half in half_years.published()],
        words=public_words,
        next_at=going_on.published,
    )


def _sections(half: HalfYear) -> dict[str, dict[str, dict[str, Any]]]:
    """By section and line the measures of it."""
    found: dict[str, dict[str, dict[str, Any]]] = {}
    for section, key, measure, value in half.figures:
        found.setdefault(section, {}).setdefault(key, {})[measure] = value
    return found


@blueprint.get("/transparency.csv")
def transparency_file() -> Response:
    text = io.StringIO(newline="")
    writer = csv.writer(text, quoting=csv.QUOTE_ALL)
    writer.writerow(["half_year", "section", "key", "measure", "value"])
    for half in half_years.published():
        writer.writerows(
            [plain(str("" if cell is None else cell)) for cell in (half.name, *line)] for line in half.figures
        )
    response = make_response(text.getvalue().encode("utf-8-sig"))
    response.headers["Content-Type"] = "text/csv; charset=utf-8"
    response.headers["Content-Disposition"] = 'attachment; filename="cung-hoc-cong-khai.csv"'
    return response
