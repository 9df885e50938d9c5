"""The page for lesson editors: what help, answers and searches say about lessons."""

from itertools import groupby

from flask import make_response, render_template, request
from werkzeug.wrappers import Response

from tutoring.insights.blueprint import blueprint
from tutoring.insights.lesson_quality import scope as lesson_quality_scope
from tutoring.insights.lesson_quality.tables import TABLES, as_csv
from tutoring.kernel.errors import NotFound
from tutoring.lessons.proposals.queries import is_editor
from tutoring.policy.insights import may_see_figures
from tutoring.web.auth import current_roles, require_user
from tutoring.web.i18n import language
from tutoring.web.urls import parse_int

SHOWN = 10  # lines of a table on the page; the CSV has all of them


@blueprint.app_template_global()
def sees_figures() -> bool:
    """Returns whether the current user may see this page; the lesson index uses it for its link."""
    held = current_roles()
    return may_see_figures(held, "teacher" in held and is_editor(require_user().id))


def _scope() -> lesson_quality_scope.Scope:
    """Builds the requested scope; raises NotFound for users without access."""
    if not sees_figures():
        raise NotFound
    days = request.args.get("days", 0, type=parse_int)
    return lesson_quality_scope.scope(request.args.get("path", ""), days, language())


@blueprint.get("/insights/lessons")
def lessons() -> str:
    scope = _scope()
    found = {key: table.read(scope) for key, table in TABLES.items()}
    return render_template(
        "insights/lesson_quality/lessons.html",
        scope=scope,
        days=lesson_quality_scope.DAYS,
        tables=TABLES,
        found=found,
        care=[(kind, list(lines)) for kind, lines in groupby(found["care"], lambda line: line.what)],
        shown=SHOWN,
    )


@blueprint.get("/insights/lessons/<key>.csv")
def table(key: str) -> Response:
    scope = _scope()
    if key not in TABLES:
        raise NotFound
    response = make_response(as_csv(TABLES[key], TABLES[key].read(scope)))
    response.headers["Content-Type"] = "text/csv; charset=utf-8"
    name = "-".join(["cung-hoc", key, scope.path or "tat-ca", f"{scope.days}-ngay"])
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response
