"""What crawlers, feed readers and security researchers read: the public pages alone, well-formed, in few statements."""

import io
import json
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element

import pytest
from defusedxml.ElementTree import fromstring
from flask import Flask
from flask.testing import FlaskClient
from markupsafe import Markup
from PIL import Image

from tests.campaigns.conftest import opened, plan
from tests.factories import World, change, person
from tests.lessons import bank as banks
from tutoring.campaigns import commands as campaigns
from tutoring.campaigns.models import Campaign
from tutoring.kernel import clock, rate_limits
from tutoring.kernel import site_settings as kernel_site_settings
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import InvalidInput
from tutoring.lessons.catalogue.models import Lesson
from tutoring.lessons.catalogue.queries import latest_lessons
from tutoring.policy import access_tables
from tutoring.policy.access import ANYONE
from tutoring.web import visitor_cache

As = Callable[[str], FlaskClient]
ATOM, MAP = "{http://www.w3.org/2005/Atom}", "{http://www.sitemaps.org/schemas/sitemap/0.9}"
XHTML = "{http://www.w3.org/1999/xhtml}"
SECURITY = "/.well-known/security.txt"


@pytest.fixture(autouse=True)
def _made_anew() -> Iterator[None]:
    visitor_cache.forget()
    yield
    visitor_cache.forget()


def xml(client: FlaskClient, address: str, mimetype: str = "application/atom+xml") -> Element:
    answer = client.get(address)
    assert answer.status_code == 200 and answer.mimetype == mimetype
    found: Element = fromstring(answer.data)
    return found


def path_of(address: str) -> str:
    parts = urlsplit(address)
    assert parts.scheme and parts.netloc
    return parts.path + (f"?{parts.query}" if parts.query else "")


def mapped(client: FlaskClient) -> list[str]:
    found = xml(client, "/sitemap.xml", "application/xml")
    return [path_of(one.text or "") for one in found.iter(f"{MAP}loc")]


def endpoint_of(app: Flask, path: str) -> str:
    return str(app.url_map.bind("localhost").match(path.split("?")[0])[0])


def crawled(rules: str, path: str) -> bool:
    """Whether a crawler may read this address: the longest rule decides (RFC 9309, 2.2.2)."""
    best = (0, False)
    for kind, pattern in re.findall(r"^(Allow|Disallow): (\S+)$", rules, re.M):
        shape = ".*".join(re.escape(part) for part in pattern.removesuffix("$").split("*"))
        if re.match(shape + ("$" if pattern.endswith("$") else ""), path):
            best = max(best, (len(pattern), kind == "Allow"))
    return best[1]


# ---- sitemap --------------------------------------------------------------------------------------------------


def test_the_sitemap_names_public_pages_alone_and_each_kind_answers_a_visitor(
    app: Flask, world: World, client: FlaskClient
) -> None:
    with app.app_context():
        opened(world)
    paths = mapped(client)
    kinds = {(endpoint_of(app, path), "lang=" in path): path for path in paths}
    assert len(paths) == len(set(paths))
    assert {endpoint for endpoint, _ in kinds} == {
        "home.start", "home.help", "help.page", "lessons.index", "lessons.path", "lessons.lesson", "lessons.step",
        "campaigns.index", "campaigns.show", "insights.transparency",
    }  # fmt: skip
    assert {access_tables.ROUTES[endpoint] for endpoint, _ in kinds} == {ANYONE}
    for (_, foreign), path in kinds.items():
        answer = client.get(path)
        assert answer.status_code == 200 and 'name="robots"' not in answer.text, path
        assert f'<html lang="{"en" if foreign else "vi"}">' in answer.text, path


@pytest.mark.full
def test_every_address_of_the_sitemap_answers_a_visitor(app: Flask, client: FlaskClient) -> None:
    refused = []
    for path in mapped(client):
        with app.app_context():
            rate_limits.clear()  # so many pages in a minute are a flood
        if client.get(path).status_code != 200:
            refused.append(path)
    assert refused == []


def test_the_sitemap_says_when_a_lesson_was_loaded_and_where_its_other_language_is(
    app: Flask, client: FlaskClient
) -> None:
    with app.app_context():
        lesson = next(one for one in latest_lessons() if "en" in one.texts)
        address, loaded = f"/lessons/{lesson.slug}", lesson.loaded_at
    root = xml(client, "/sitemap.xml", "application/xml")
    entry = next(one for one in root if path_of(one.findtext(f"{MAP}loc") or "") == address)
    assert entry.findtext(f"{MAP}lastmod") == loaded.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    others = {one.get("hreflang"): path_of(one.get("href") or "") for one in entry.iter(f"{XHTML}link")}
    assert others == {"vi": address, "en": f"{address}?lang=en"}


def test_a_retired_lesson_a_draft_and_an_ended_campaign_are_named_nowhere(
    app: Flask, world: World, client: FlaskClient
) -> None:
    with app.app_context():
        shown, ended = opened(world, title="Cùng học mùa hè"), opened(world, title="Đã qua rồi")
        draft = campaigns.write_campaign(person(world["mai"]), world["phuong"], plan(title="Còn đang viết"))
        _change(ended.id)
        codes, lesson = (shown.code, draft.code, ended.code), latest_lessons(1)[0].slug
        _retire(lesson)
        banks.may_change(app)
    everything = "\n".join(client.get(one).text for one in ("/sitemap.xml", "/lessons.atom", "/campaigns.atom"))
    assert [f"/campaigns/{code}<" in everything for code in codes] == [True, False, False]
    assert f"/lessons/{lesson}<" not in everything and f"/lessons/{lesson}/" not in everything


@command
def _change(campaign_id: int) -> None:
    found = db.session.get_one(Campaign, campaign_id)
    found.starts_on, found.ends_on = clock.today() - timedelta(days=9), clock.today() - timedelta(days=1)


@command
def _retire(slug: str) -> None:
    db.session.get_one(Lesson, slug).retired_at = clock.now()


# ---- robots.txt -----------------------------------------------------------------------------------------------


def test_crawlers_may_read_what_is_public_and_nothing_else(app: Flask, client: FlaskClient) -> None:
    rules = client.get("/robots.txt").text
    assert re.search(r"^Sitemap: https?://[^/]+/sitemap\.xml$", rules, re.M) and rules.startswith("User-agent: *\n")
    assert all(crawled(rules, path) for path in [*mapped(client), "/c/K7MQXA/0a1b.png", "/static/icon.svg"])
    private = [
        re.sub(r"<[^>]+>", "7", rule.rule)
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or ()) and access_tables.ROUTES.get(rule.endpoint) != ANYONE
    ]
    assert len(private) > 200
    assert [path for path in private if crawled(rules, path)] == []
    for path in ("/rooms/7", "/account", "/admin", "/api/v1/lessons", "/c/K7MQXA", "/sign-in", "/metrics", "/report"):
        assert not crawled(rules, path), path


# ---- security.txt ---------------------------------------------------------------------------------------------


class Who:
    id = None


def _set_contact(value: str) -> None:
    kernel_site_settings.put(Who, "security_contact", value, "thử")


def test_nothing_is_invented_while_no_security_contact_is_set(client: FlaskClient) -> None:
    assert client.get(SECURITY).status_code == 404


@pytest.mark.parametrize(
    ("typed", "shown"),
    [("an-ninh@truong.edu.vn", "mailto:an-ninh@truong.edu.vn"), ("https://truong.edu.vn/bao-loi",) * 2],
)
def test_the_contact_of_the_site_stands_in_security_txt(
    app: Flask, client: FlaskClient, typed: str, shown: str
) -> None:
    with app.app_context():
        _set_contact(typed)
    answer = client.get(SECURITY)
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    fields = dict(line.split(": ", 1) for line in answer.text.splitlines())
    assert fields["Contact"] == shown and urlsplit(fields["Canonical"]).path == SECURITY
    expires = datetime.fromisoformat(fields["Expires"])
    assert clock.now() < expires < clock.now() + timedelta(days=365)


@pytest.mark.parametrize(
    "typed", ["0977311584", "a@b", "http://a.vn", "javascript:alert(1)", "https://a.vn/ b", "a@b.vn x"]
)
def test_what_is_no_contact_is_refused(app: Flask, typed: str) -> None:
    with app.app_context(), pytest.raises(InvalidInput):
        _set_contact(typed)


# ---- feeds ----------------------------------------------------------------------------------------------------


def test_the_feed_of_lessons_begins_with_the_last_loaded_in_the_language_of_its_address(
    app: Flask, client: FlaskClient
) -> None:
    with app.app_context():
        lesson = next(one for one in latest_lessons() if one.texts.get("en", {}).get("title"))
        _load_later(lesson.slug)
        banks.may_change(app)
        titles = {lang: lesson.title(lang) for lang in ("vi", "en")}
    for lang, address in (("vi", "/lessons.atom"), ("en", "/lessons.atom?lang=en")):
        feed = xml(client, address)
        entries = feed.findall(f"{ATOM}entry")
        assert len(entries) == 30 and entries[0].findtext(f"{ATOM}title") == titles[lang]
        assert path_of(feed.findtext(f"{ATOM}id") or "") == address
        assert feed.findtext(f"{ATOM}updated") == entries[0].findtext(f"{ATOM}updated")
        for need in ("title", "id", "updated", "summary"):
            assert all(one.findtext(f"{ATOM}{need}") for one in entries)
        link = entries[0].find(f"{ATOM}link")
        assert link is not None and client.get(path_of(link.get("href") or "")).status_code == 200


@command
def _load_later(slug: str) -> None:
    db.session.get_one(Lesson, slug).loaded_at = clock.now() + timedelta(minutes=1)


def test_the_feed_of_campaigns_escapes_what_staff_wrote_and_names_the_unit(
    app: Flask, world: World, client: FlaskClient
) -> None:
    assert xml(client, "/campaigns.atom").findtext(f"{ATOM}updated")
    visitor_cache.forget()
    with app.app_context():
        made = opened(world)
        _rename(made.id, "Học <b>vui</b> & khoẻ\x0b")
        unit = db.session.get_one(Campaign, made.id).unit.name
    entry = xml(client, "/campaigns.atom").find(f"{ATOM}entry")
    assert entry is not None and entry.findtext(f"{ATOM}title") == "Học <b>vui</b> & khoẻ"
    assert entry.findtext(f"{ATOM}author/{ATOM}name") == unit


@command
def _rename(campaign_id: int, title: str) -> None:
    db.session.get_one(Campaign, campaign_id).title = title


def test_the_list_of_lessons_and_that_of_campaigns_lead_to_their_feeds_and_no_other_page(
    client: FlaskClient,
) -> None:
    for page, feed in (
        ("/lessons", "/lessons.atom"), ("/lessons?lang=en", "/lessons.atom?lang=en"), ("/campaigns", "/campaigns.atom"),
    ):  # fmt: skip
        link = re.search(
            r'<link rel="alternate" type="application/atom\+xml"[^>]*href="([^"]+)"', client.get(page).text
        )
        assert link and link[1] == feed
    assert "application/atom+xml" not in client.get("/").text + client.get("/help").text


# ---- how often it is made -------------------------------------------------------------------------------------


def test_more_campaigns_cost_no_more_statements_and_the_second_visitor_none(
    app: Flask, world: World, client: FlaskClient, queries: list[str]
) -> None:
    counts: list[list[int]] = []
    for number in (1, 3):
        with app.app_context():
            for n in range(number):
                opened(world, title=f"Cùng học lần {number} {n}")
        counts.append([])
        for address in ("/sitemap.xml", "/lessons.atom", "/campaigns.atom", "/robots.txt"):
            visitor_cache.forget()
            queries.clear()
            first = client.get(address)
            counts[-1].append(len(queries))
            queries.clear()
            again = client.get(address, headers={"If-None-Match": first.headers["ETag"]})
            assert again.status_code == 304 and queries == []
            assert first.headers["Cache-Control"] == "public, max-age=600"
    assert counts[0] == counts[1] and max(counts[0]) < 12


def test_what_a_signed_in_person_gets_is_kept_by_no_shared_cache(as_: As) -> None:
    assert as_("minh").get("/sitemap.xml").headers["Cache-Control"] == "no-store"


# ---- the preview card of a lesson -----------------------------------------------------------------------------


def described(page: str) -> dict[str, Any]:
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', page, re.S)
    assert found
    return dict(json.loads(found[1]))


def test_a_lesson_describes_itself_and_its_path_to_other_programs(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        lesson = next(one for one in latest_lessons() if "en" in one.texts)
        slug, titles, title = lesson.slug, lesson.step_titles("en"), lesson.title("en")
    page = client.get(f"/lessons/{slug}?lang=en").text
    told = described(page)
    assert told["@type"] == ["HowTo", "LearningResource"] and told["isPartOf"]["@type"] == "Course"
    assert (told["name"], told["inLanguage"]) == (title, "en")
    assert [step["name"] for step in told["step"]] == titles
    for address in (told["url"], told["image"], told["isPartOf"]["url"], told["step"][0]["url"]):
        assert client.get(path_of(address)).status_code == 200
    card = dict(re.findall(r'<meta property="og:(\w+)" content="([^"]*)">', page))
    assert card["url"] == told["url"] and card["image"] == told["image"] and card["title"]


def test_a_path_describes_itself_as_a_course_with_its_lessons(as_: As, client: FlaskClient) -> None:
    lesson = described(client.get("/lessons/bat-may-lam-quen?lang=en").text)
    address = path_of(lesson["isPartOf"]["url"])
    told = described(client.get(address).text)
    assert {name: told[name] for name in ("@type", "name", "url", "provider")} == {
        name: lesson["isPartOf"][name] for name in ("@type", "name", "url", "provider")
    }
    assert lesson["url"] in [one["url"] for one in told["hasPart"]] and told["inLanguage"] == "en"
    assert [one["position"] for one in told["hasPart"]] == list(range(1, len(told["hasPart"]) + 1))
    for one in told["hasPart"]:
        assert client.get(path_of(one["url"])).status_code == 200
    assert "ld+json" not in as_("minh").get(address).text


def test_the_picture_of_a_card_is_drawn_at_its_present_address_alone(app: Flask, client: FlaskClient) -> None:
    image = described(client.get("/lessons/bat-may-lam-quen").text)["image"]
    answer = client.get(path_of(image))
    assert answer.mimetype == "image/png" and "immutable" in answer.headers["Cache-Control"]
    assert Image.open(io.BytesIO(answer.data)).size == (1200, 630)
    for other in (re.sub(r"-\w{12}\.png", "-000000000000.png", image), image.replace("card-vi", "card-xx")):
        assert other != image and client.get(path_of(other)).status_code == 404
    with app.app_context():
        change(Lesson, {"slug": "bat-may-lam-quen"}, content_hash="another")
        banks.may_change(app)
    visitor_cache.forget()
    assert described(client.get("/lessons/bat-may-lam-quen").text)["image"] != image


def test_a_title_cannot_end_the_description(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        slug = latest_lessons(1)[0].slug
        _retitle(slug, "</script><b>xấu</b>")
        banks.may_change(app)
    page = client.get(f"/lessons/{slug}").text
    assert described(page)["name"] == "</script><b>xấu</b>" and "<b>xấu" not in page


@command
def _retitle(slug: str, title: str) -> None:
    found = db.session.get_one(Lesson, slug)
    found.texts = {"vi": {**found.texts["vi"], "title": title}}


def test_a_help_page_describes_the_questions_that_it_answers(as_: As, client: FlaskClient) -> None:
    page = client.get("/help/quen-mat-khau").text
    told, shown = described(page), Markup(re.sub(r"<script.*?</script>", "", page, flags=re.S)).striptags()
    assert told["@type"] == "FAQPage" and len(told["mainEntity"]) == 3
    for one in told["mainEntity"]:
        assert f"{one['name']}: {one['acceptedAnswer']['text']}" in shown
    assert "ld+json" not in as_("minh").get("/help/quen-mat-khau").text


def test_steps_and_pages_of_signed_in_people_carry_no_card(app: Flask, as_: As, client: FlaskClient) -> None:
    with app.app_context():
        slug = latest_lessons(1)[0].slug
    for page in (client.get(f"/lessons/{slug}/1").text, as_("minh").get(f"/lessons/{slug}").text):
        assert "<h1" in page and "ld+json" not in page and "og:" not in page
