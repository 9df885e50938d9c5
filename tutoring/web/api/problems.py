"""Errors of the API as `application/problem+json` (RFC 9457), and what is told apart by its address.

No cookie counts under `/api/`: neither the session nor the language of a browser.
"""

from collections.abc import Collection, Mapping, Sequence
from http import HTTPStatus
from typing import Any

from flask import Flask, g, json, request
from werkzeug.exceptions import HTTPException, MethodNotAllowed
from werkzeug.wrappers import Response

from tutoring.kernel.errors import DomainError

PREFIX = "/api/"
MEDIA_TYPE = "application/problem+json"
CODES = {
    400: "invalid", 401: "signed_out", 404: "missing", 405: "method", 413: "too_long", 415: "media_type",
    500: "failed", 503: "busy",
}  # fmt: skip


def is_of_api(path: str) -> bool:
    """Whether an address belongs to the API."""
    return path.startswith(PREFIX)


def under_api() -> bool:
    """Whether the request is for the API, which answers with problems instead of pages."""
    return is_of_api(request.path)


def problem(
    status: int, say: str, code: str = "", *, headers: Mapping[str, str] | None = None,
    errors: Sequence[Mapping[str, str]] = (), **more: Any,
) -> Response:  # fmt: skip
    """Returns a problem. `say` is in the reader's language, `code` is for programs."""
    body: dict[str, Any] = {
        "type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": say,
        "code": code or CODES.get(status, "invalid"),
    }  # fmt: skip
    if errors:
        body["errors"] = list(errors)
    body.update({name: value for name, value in more.items() if value is not None})
    response = Response(json.dumps(body, ensure_ascii=False) + "\n", status, mimetype=MEDIA_TYPE)
    response.headers.update(headers or {})
    response.headers["Cache-Control"] = "no-store"
    response.is_data = True  # type: ignore[attr-defined]
    if status == 401:
        wrong = "" if "Authorization" not in request.headers else ' error="invalid_token"'
        response.headers["WWW-Authenticate"] = f"Bearer{wrong}"
    return response


def of_refusal(refusal: DomainError, say: str) -> Response:
    """Returns a domain error as a problem; a field that it names stands in `errors`."""
    field = [{"field": refusal.field, "reason": refusal.code}] if refusal.field else []
    field = getattr(refusal, "errors", field)
    wait = None if refusal.retry_after is None else str(refusal.retry_after)
    headers = {} if wait is None else {"Retry-After": wait}
    return problem(
        refusal.status, say, refusal.code, headers=headers, errors=field, retry_after=refusal.retry_after
    )  # fmt: skip


def of_http(error: HTTPException, say: str) -> Response:
    """Returns an error of HTTP itself as a problem; 405 names the methods that there are."""
    methods = sorted(error.valid_methods or ()) if isinstance(error, MethodNotAllowed) else []
    return problem(error.code or 500, say, headers={"Allow": ", ".join(methods)} if methods else None)


def init(app: Flask, languages: Collection[str]) -> None:
    """Chooses the language of the API by `Accept-Language` alone; call it before what may refuse a request."""

    @app.before_request
    def _language() -> None:
        if under_api():
            g.language = request.accept_languages.best_match(languages) or next(iter(languages))
