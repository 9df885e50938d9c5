"""Rules of addresses: when their builders are compiled, and that addresses come out as by Werkzeug's own rules."""

from typing import Any

import pytest
from flask import Flask, url_for
from werkzeug.routing import Rule

from tutoring.web import urls

ASKED: list[tuple[str, dict[str, Any]]] = [
    ("unit", {"rule": 3, "name": "a b/ă"}),
    ("unit", {"rule": 3, "name": "x", "q": "ơ", "_anchor": "y"}),
    ("rest", {"self": "a/b"}),
    ("rest", {"self": "a/b", "page": 1}),
]


def with_rules(app: Flask) -> Flask:
    app.add_url_rule("/units/<int:rule>/<name>", "unit", lambda **_values: "")
    app.add_url_rule("/rest/<path:self>", "rest", lambda **_values: "", defaults={"page": 1})
    return app


def addresses(app: Flask) -> list[str]:
    with app.test_request_context():
        return [url_for(name, **values) for name, values in ASKED]


def test_builders_are_compiled_when_an_address_is_first_built(monkeypatch: pytest.MonkeyPatch) -> None:
    compiled, compile_builder = list[str](), Rule._compile_builder

    def note(rule: Rule, append_unknown: bool = True) -> Any:
        compiled.append(rule.rule)
        return compile_builder(rule, append_unknown)

    plain = addresses(with_rules(Flask("plain", static_folder=None)))
    app = Flask("site", static_folder=None)
    urls.init(app)
    monkeypatch.setattr(Rule, "_compile_builder", note)
    with_rules(app)
    assert compiled == []
    assert addresses(app) == plain and plain[0] == "/units/3/a%20b/%C4%83"
    assert sorted(compiled) == ["/rest/<path:self>", "/units/<int:rule>/<name>"]
    assert addresses(app) == plain and len(compiled) == 2
