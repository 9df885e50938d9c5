"""Operations of `/api/v1`: one decorator registers the route, checks the input and describes the operation.

The description (`description.py`) is written from these operations, so it cannot name a field that no answer has.
"""

import hashlib
import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeVar

from flask import current_app, request
from pydantic import BaseModel, ConfigDict, ValidationError
from werkzeug.exceptions import UnsupportedMediaType
from werkzeug.wrappers import Response

from tutoring.api.blueprint import blueprint
from tutoring.kernel.errors import InvalidInput
from tutoring.policy.access import ANYONE
from tutoring.policy.access_tables import ROUTES
from tutoring.web.api import bearer_tokens
from tutoring.web.i18n import language
from tutoring.web.security import as_data, takes_json, without_token

ROOT = "/api/v1"
M = TypeVar("M", bound=BaseModel)


class Shape(BaseModel):
    """The base of all shapes: a field that is not named is an error, in what comes in and in what goes out."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class NoQuery(Shape):
    """The query of operations that take none."""


@dataclass(frozen=True)
class Made:
    """An answer to a write: what was made, and whether an earlier request with the same key made it."""

    answer: Shape
    before: bool = False


@dataclass(frozen=True)
class Operation:
    """One operation, as the description states it. `query`, `body` and `answer` are the shapes of its parts."""

    name: str
    method: str
    path: str
    summary: str
    answer: type[Shape]
    query: type[Shape] = NoQuery
    body: type[Shape] | None = None

    @property
    def access(self) -> Any:
        """The access of the permission matrix, which decides before the view is called."""
        return ROUTES.get(f"api.{self.name}")

    @property
    def public(self) -> bool:
        return bool(self.access == ANYONE)


class InvalidFields(InvalidInput):
    """Input that does not fit its shape; `errors` name the fields, each with a word for programs."""

    def __init__(self, errors: Sequence[Mapping[str, str]]) -> None:
        super().__init__(code="invalid_fields")
        self.errors = list(errors)


def operation(
    method: str, path: str, answer: type[Shape], *, query: type[Shape] = NoQuery, body: type[Shape] | None = None
) -> Callable[[Callable[..., Any]], Callable[..., Response]]:
    """Registers a view under `/api/v1`. It is called with what its path, query and body hold.

    The view returns its answer, or `Made` for a write. The first sentence of its docstring is the summary.
    """

    def register(view: Callable[..., Any]) -> Callable[..., Response]:
        name, told = view.__name__, inspect.getdoc(view) or ""
        found = Operation(name, method, path, told.split("\n\n")[0], answer, query, body)

        @wraps(view)
        def answered(**values: Any) -> Response:
            bearer_tokens.bearer()  # one that is not valid is refused where none is needed, too
            if query is not NoQuery:
                values["query"] = _query(query)
            else:
                _query(NoQuery)
            if body is not None:
                values["body"] = _body(body)
            return _written(found, view(**values))

        # No cookie counts under the API, so a page of another site can make no browser send a request with rights.
        bare = without_token(answered)
        if body is not None:
            bare = takes_json(bare)
        bare.operation = found  # type: ignore[attr-defined]
        blueprint.add_url_rule(ROOT + path, name, bare, methods=[method])
        return bare

    return register


def operations() -> dict[str, Operation]:
    """Returns the operations of the application, by name."""
    found = (getattr(view, "operation", None) for view in current_app.view_functions.values())
    return {one.name: one for one in found if one is not None}


def _query(shape: type[M]) -> M:
    twice = [name for name, values in request.args.lists() if len(values) > 1]
    if twice:
        raise InvalidFields([{"field": name, "reason": "given_twice"} for name in twice])
    try:
        return shape.model_validate(request.args.to_dict())
    except ValidationError as error:
        raise InvalidFields(_errors(error)) from None


def _body(shape: type[M]) -> M:
    if request.mimetype != "application/json":
        raise UnsupportedMediaType
    try:
        return shape.model_validate_json(request.get_data(cache=True), strict=True)
    except ValidationError as error:
        raise InvalidFields(_errors(error)) from None


def _errors(error: ValidationError) -> list[dict[str, str]]:
    # The messages of pydantic quote the input; a word for programs does not.
    found = error.errors(include_url=False, include_context=False, include_input=False)
    return [{"field": ".".join(str(part) for part in one["loc"]), "reason": one["type"]} for one in found]


def _written(found: Operation, made: Any) -> Response:
    """Returns an answer. Readers keep what they have by its ETag, and ask each time whether it is still so."""
    answer = made.answer if isinstance(made, Made) else made
    body = answer.model_dump_json().encode() + b"\n"
    response = Response(body, mimetype="application/json")
    as_data(response)
    response.headers["Content-Language"] = language()
    response.headers["Vary"] = "Accept-Language, Authorization"
    if isinstance(made, Made):
        response.status_code = 201
        response.headers["Cache-Control"] = "no-store"
        response.headers["Idempotency-Replayed"] = "true" if made.before else "false"
        return response
    response.headers["Cache-Control"] = "no-cache" if found.public else "private, no-cache"
    response.set_etag(hashlib.sha256(body + language().encode()).hexdigest()[:32])
    if found.public:  # pages of other sites may read what everybody may read
        response.headers["Access-Control-Allow-Origin"] = "*"
        response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response.make_conditional(request.environ)
