"""Integers in addresses and forms, and paths that a redirect may lead to."""

import re
from collections.abc import Callable
from typing import Any

from flask import Flask
from werkzeug.routing import IntegerConverter, Rule, ValidationError

LARGEST = 2**31 - 1


def parse_int(text: str) -> int:
    """Parses an integer that a column can hold, for `request.args.get(..., type=parse_int)`.

    Raises ValueError.
    """
    # The length comes first: Python refuses to parse thousands of digits, and no valid number has so many.
    if len(text) > 11 or abs(number := int(text)) > LARGEST:
        raise ValueError("too large")
    return number


class Id(IntegerConverter):
    """The `<int:…>` converter: a number that no row can have is an address that does not exist."""

    def to_python(self, value: str) -> Any:
        try:
            parse_int(value)
        except ValueError:
            raise ValidationError from None
        return super().to_python(value)


class UrlRule(Rule):
    """A rule that compiles the builders of its addresses when the first one is built.

    To compile all of them takes four fifths of the time in which an application is made.
    """

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        compile_builder, compiled = super()._compile_builder, list[Callable[..., tuple[str, str]]]()

        def build(rule: Rule, /, **values: Any) -> tuple[str, str]:
            if not compiled:
                compiled.append(compile_builder(append_unknown))
            return compiled[0](rule, **values)

        return build


def init(app: Flask) -> None:
    """Installs the converter and the class of rules; call it before the first route is added."""
    app.url_map.converters["int"] = Id
    app.url_rule_class = UrlRule


_ASTRAY = re.compile(r"[\x00-\x20\x7f\\]")


def safe_redirect_target(target: str | None, otherwise: str = "/") -> str:
    """Returns the target if it is a path of this site, else `otherwise`."""
    # Browsers drop tabs and line ends and read \ as /, so "/<tab>/elsewhere" would lead away.
    if target and target.startswith("/") and not target.startswith("//") and not _ASTRAY.search(target):
        return target
    return otherwise
