"""The description of `/api/v1` in OpenAPI 3.1, written from the operations and their shapes."""

import re
from collections.abc import Iterable
from functools import cache
from typing import Any

from apispec import APISpec
from pydantic.json_schema import models_json_schema

from tutoring.api import schemas
from tutoring.api.operations import ROOT, Operation, Shape, operations
from tutoring.policy.access import scope_of_access
from tutoring.web.api.problems import MEDIA_TYPE

VERSION = "1.0"
_SHAPES = "#/components/schemas/{model}"
_PART = re.compile(r"<(?:(int):)?(\w+)>")
_LANGUAGE = {
    "name": "Accept-Language", "in": "header", "required": False, "schema": {"type": "string"},
    "description": "vi or en: the language of titles and of problems.",
}  # fmt: skip
_KEY = {
    "name": "Idempotency-Key", "in": "header", "required": True,
    "schema": {"type": "string", "minLength": 1, "maxLength": 100, "pattern": "^[!-~]+$"},
    "description": "A word of your own, new for each write. The same word gets the same answer for a day.",
}  # fmt: skip
_REFUSALS = {
    400: "The request is malformed.", 401: "The token is missing, unknown, expired or ended.",
    403: "The token does not reach this, or its maker may not do it.",
    404: "It does not exist, or the token may not know that it does.",
    409: "It changed meanwhile, or the key was used for another request.", 413: "The body is too large.",
    415: "The body is not JSON.", 422: "The input does not fit.", 429: "Too many requests: wait `Retry-After` seconds.",
    503: "The database is busy: wait `Retry-After` seconds.",
}  # fmt: skip


@cache
def describe(origin: str) -> dict[str, Any]:
    """Returns the description for the site at this address."""
    spec = APISpec(
        title="Cùng Học", version=VERSION, openapi_version="3.1.0",
        info={"description": "Lessons, units, classes and devices. See docs/api.md."}, servers=[{"url": origin}],
    )  # fmt: skip
    spec.components.security_scheme("token", {"type": "http", "scheme": "bearer"})
    for name, shape in _shapes().items():
        spec.components.schema(name, shape)
    for found in operations().values():
        spec.path(_PART.sub(r"{\2}", ROOT + found.path), operations={found.method.lower(): _operation(found)})
    return dict(spec.to_dict())


def _shapes() -> dict[str, Any]:
    told: list[tuple[type[Shape], Any]] = [(schemas.Problem, "serialization")]
    for one in operations().values():
        told.append((one.answer, "serialization"))
        told += [(one.body, "validation")] if one.body else []
    _, found = models_json_schema(list(dict.fromkeys(told)), ref_template=_SHAPES)
    return dict(found["$defs"])


def _operation(one: Operation) -> dict[str, Any]:
    scope = scope_of_access(one.access)
    parameters = [*_path_parameters(one.path), *_query_parameters(one.query), _LANGUAGE]
    success = 201 if one.body else 200
    told: dict[str, Any] = {
        "operationId": one.name,
        "summary": one.summary,
        "parameters": parameters + ([_KEY] if one.body else []),
        "responses": {success: _answer(one.answer.__name__, "The answer.", "application/json")},
        "security": [] if scope is None else [{"token": [scope] if scope else []}],
    }
    if one.body:
        shape = {"$ref": _SHAPES.format(model=one.body.__name__)}
        told["requestBody"] = {"required": True, "content": {"application/json": {"schema": shape}}}
    else:
        told["responses"][304] = {"description": "Unchanged since the ETag in `If-None-Match`."}
    for status in _refusals(one, scope):
        told["responses"][status] = _answer("Problem", _REFUSALS[status], MEDIA_TYPE)
    return told


def _refusals(one: Operation, scope: str | None) -> Iterable[int]:
    yield from (400, 401)  # a token that is not valid is refused everywhere
    if scope is not None:
        yield 403
    yield 404
    if one.body:
        yield from (409, 413, 415)
    yield from (422, 429, 503)


def _answer(shape: str, say: str, media_type: str) -> dict[str, Any]:
    return {"description": say, "content": {media_type: {"schema": {"$ref": _SHAPES.format(model=shape)}}}}


def _path_parameters(path: str) -> Iterable[dict[str, Any]]:
    for kind, name in _PART.findall(path):
        shape = {"type": "integer", "minimum": 1, "maximum": 2**31 - 1} if kind else {"type": "string", "minLength": 1}
        yield {"name": name, "in": "path", "required": True, "schema": shape}


def _query_parameters(query: type[Shape]) -> Iterable[dict[str, Any]]:
    found = query.model_json_schema()
    for name, shape in found.get("properties", {}).items():
        told = {"name": name, "in": "query", "required": name in found.get("required", ())}
        say = shape.pop("description", "")
        yield {**told, "schema": shape, "description": say} if say else {**told, "schema": shape}
