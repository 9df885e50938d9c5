"""The description for programs, and the page on which people read and try it."""

from typing import Any

from flask import current_app, json, render_template
from werkzeug.wrappers import Response

from tutoring.api.blueprint import blueprint
from tutoring.api.description import describe
from tutoring.api.operations import ROOT, operations
from tutoring.policy.access import scope_of_access
from tutoring.web.security import as_data


def _origin() -> str:
    return str(current_app.config["SETTINGS"].origins[0]).rstrip("/")


@blueprint.get(f"{ROOT}/openapi.json", endpoint="description")
def description() -> Response:
    response = Response(json.dumps(describe(_origin()), ensure_ascii=False), mimetype="application/json")
    as_data(response)
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


@blueprint.get("/developers")
def guide() -> str:
    described = describe(_origin())
    shapes = described["components"]["schemas"]
    return render_template("api/guide.html", operations=list(_told(described)), shapes=shapes)


def _told(described: dict[str, Any]) -> Any:
    """Yields each operation with its part of the description, as the page shows it."""
    known = operations()
    for path, methods in described["paths"].items():
        for method, told in methods.items():
            scope = scope_of_access(known[told["operationId"]].access)
            yield {"method": method.upper(), "path": path, "scope": scope, **told}
