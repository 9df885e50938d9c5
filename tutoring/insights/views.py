"""The page for lesson editors, from help, answers and searches back to the lessons; with it all other pages here."""

from itertools import groupby

from flask import make_response, render_template, request
from werkzeug.wrappers import Response

from tutoring.insights import public_views, queries, unit_views
from tutoring.insights.exporting import as_csv
from tutoring.insights.routes import blueprint
from tutoring.insights.tables import TABLES
from tutoring.kernel.errors import Missing
from tutoring.lessons.queries import is_editor
from tutoring.policy.insights import may_see_figures
from tutoring.web.i18n import language
from tutoring.web.numbers import whole
from tutoring.web.signin import held_roles, me

__all__ = ["blueprint", "lessons", "public_views", "table", "unit_views"]

SHOWN = 10  # lines of a table on the page; the file has all of them


@blueprint.app_template_global()
def sees_figures() -> bool:
    """Whether the signed-in person may see this page; the index of lessons asks before it links here."""
    held = held_roles()
    return may_see_figures(held, "teacher" in held and is_editor(me().id))


def _scope() -> queries.Scope:
    """What was asked for, by somebody who may see it; raises Missing for others."""
    if not sees_figures():
        raise Missing
    days = request.args.get("days", 0, type=whole)
    return queries.scope(request.args.get("path", ""), days, language())


@blueprint.get("/insights/lessons")
def lessons() -> str:
    scope = _scope()
    found = {key: table.read(scope) for key, table in TABLES.items()}
    return render_template(
        "insights/lessons.html",
        scope=scope,
        days=queries.DAYS,
        tables=TABLES,
        found=found,
        care=[(kind, list(lines)) for kind, lines in groupby(found["care"], lambda line: line.what)],
        shown=SHOWN,
    )


@blueprint.get("/insights/lessons/<key>.csv")
def table(key: str) -> Response:
    scope = _scope()
    if key not in TABLES:
        raise Missing
    response = make_response(as_csv(TABLES[key], TABLES[key].read(scope)))
    response.headers["Content-Type"] = "text/csv; charset=utf-8"
    name = "-".join(["cung-hoc", key, scope.path or "tat-ca", f"{scope.days}-ngay"])
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response
