"""Templates that are made once: each reader reads their own texts, and addresses of people are not remembered."""

from flask import Flask, render_template_string, url_for
from jinja2 import DictLoader
from markupsafe import Markup

from tests.factories import World, person
from tutoring.web.application import Application
from tutoring.web.i18n import addressed_to
from tutoring.web.page_templates import PageEnvironment

PART = "{% macro say(name) %}{{ _('Máy này của bạn.') }} {{ _('%(name)s chờ', name=name) }}{% endmacro %}"
PAGE = "{% from 'part.html' import say %}{{ say(name) }} {{ _('Thông báo') }} 100 %"


def _page(app: Flask) -> str:
    loader = DictLoader({"part.html": PART, "page.html": PAGE})
    environment = app.jinja_env.overlay(loader=loader)
    return environment.get_template("page.html").render(name="<An>")


def test_a_template_speaks_to_each_reader_in_turn(app: Flask, inside: World) -> None:
    texts = {}
    for name in ("minh", "lan", "minh", "lan"):
        with addressed_to(person(inside[name])):
            texts[name] = _page(app)
    assert texts["minh"] == "Máy này của em. &lt;An&gt; chờ Thông báo 100 %"
    assert texts["lan"] == "Máy này của bạn. &lt;An&gt; chờ Thông báo 100 %"
    mother = person(inside["lan"])
    mother.language = "en"
    with addressed_to(mother):
        english = _page(app)
    assert english.endswith("&lt;An&gt; chờ Notices 100 %")
    with addressed_to(person(inside["minh"])):
        assert _page(app) == texts["minh"]


def test_a_text_is_a_look_up_and_an_import_is_made_once() -> None:
    environment = PageEnvironment(Application("small"), extensions=["jinja2.ext.i18n"], autoescape=True)
    environment.globals.update(ready_texts={"a": Markup("<b>")}, open_texts={"c %(d)s": Markup("c %(d)s")})
    environment.loader = DictLoader({
        "page.html": "{% from 'part.html' import one %}{{ one() }}{{ _('a') }}{{ _('c %(d)s', d='<') }}",
        "part.html": "{% macro one() %}{{ made() }}{% endmacro %}{% set _ = made() %}",
    })  # fmt: skip
    made: list[int] = []
    environment.globals["made"] = lambda: made.append(1) or len(made)
    page = environment.get_template("page.html")
    assert [page.render(), page.render()] == ["2<b>c &lt;", "3<b>c &lt;"]  # part.html itself ran once


def test_addresses_are_remembered_without_codes_and_tokens(app: Flask) -> None:
    assert isinstance(app, Application)
    with app.test_request_context("/"):
        app._addresses.clear()
        assert url_for("community.unit", unit_id=7) == "/units/7" == url_for("community.unit", unit_id=7)
        assert url_for("community.unit", unit_id=8, _anchor="waiting") == "/units/8#waiting"
        assert url_for("community.unit", unit_id=8) == "/units/8"
        url_for("community.card", code="secret-code")
        assert url_for("home.start", _external=True).startswith("http")
        assert {key[0] for key in app._addresses} == {"community.unit"} and len(app._addresses) == 3
        assert render_template_string("{{ url_for('home.start', q='a b') }}") == "/?q=a+b"
    with app.test_request_context("/", environ_overrides={"SCRIPT_NAME": "/below"}):
        assert url_for("community.unit", unit_id=7) == "/below/units/7"
