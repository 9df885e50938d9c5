"""Every page of the site, each seen by somebody it is for.

The list is made from the map of addresses, so that a new page cannot be forgotten.
"""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from tests.make import client_of
from tests.test_access_ids import QUIZ, Things, address, ids_for
from tutoring.campaigns.models import Campaign
from tutoring.community.models import JoinCode
from tutoring.community.queries import roles_of
from tutoring.config import ROOT
from tutoring.devices.models import Device
from tutoring.kernel.db import db
from tutoring.notifications.mail_channel import off_token
from tutoring.policy import tables
from tutoring.policy.access import ANYONE, admits

# Whom a page is for is asked in this order: the first to whom it opens sees it.
PEOPLE = ("minh", "lan", "khoa", "bay", "an", "muoi", "hang", "quang", "mai", "admin1")
# A start page, and what the bar leads to, differ for each of these.
EVERYBODY = {"/": (None, *PEOPLE), "/help": (None, "minh", "mai"), "/lessons": (None, "minh"), "/account": ("hang",)}
# SEEN="help. home." looks at these alone, while one is at work on them.
ONLY = tuple(os.environ.get("SEEN", "").split()) or ("",)
WORDS = {
    "slug": QUIZ, "number": "2", "path": "hoc-truc-tuyen", "scenario": "ban-sao-khai-sinh", "kind": "units",
    "table": "steps", "key": "steps", "word": "accept", "chart": "people", "name": "x.svg", "token": "a" * 32,
    "filename": "icon.svg", "digest": "0" * 16,
}  # fmt: skip

FAILED_KIND = "notifications.letters"  # work that was given up, to be looked at
OWN_WORDS = {
    "administration.fact": {"name": "dau-so-bao-lua-dao"},
    "administration.setting": {"name": "announcement"},
    "administration.holiday": {"name": "2026-09-02"},
    "administration.work_of_kind": {"kind": FAILED_KIND},
}


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


HELP = sorted(path.name for path in (ROOT / "content" / "help").iterdir() if path.is_dir())[0]

# Files, answers to scripts, and ways that only lead on: what they give is no page.
NO_PAGES = _names("""
    static web.health ready.look metrics.figures lessons.keep lessons.media lessons.worker lessons.suggest practice.keep
    campaigns.picture
    campaigns.paper_file campaigns.scan community.faulty_lines community.import_sample devices.batch_sample
    devices.handover_record devices.return_record devices.picture devices.sponsor_file insights.site_chart
    insights.site_figures_file insights.site_report insights.table insights.transparency_file insights.unit_chart
    insights.unit_figures_file insights.unit_report pairing.waiting_picture privacy.download rooms.marks rooms.messages
    rooms.call rooms.picture rooms.lesson training.unit_file
    notifications.feed notifications.time_file help.picture help.in_vietnamese
""")


# Pages of another state than the one of the walk: after its end, before its beginning, in the midst of a sign-in.
OTHER_STATES = _names("""
    accounts.second_factor accounts.sign_in_code accounts.recovery_code accounts.assent accounts.renewal
    accounts.confirm_email
    lessons.acknowledged lessons.acknowledgement campaigns.show circles.to_lesson moderation.read_room devices.act
    devices.receive devices.wipe devices.propose_device devices.story devices.sponsor_report community.join_code
    pairing.ask_on pairing.verify rooms.export rooms.split rooms.witness groups.offer_visit groups.end_visit
""")


@dataclass(frozen=True)
class Seen:
    """A page, and who looks at it: a person of the demonstration or a visitor."""

    endpoint: str
    path: str
    who: str | None

    def __str__(self) -> str:
        return f"{self.path} ({self.who or 'visitor'}, {self.endpoint})"


def _codes(things: Things) -> dict[str, str]:
    """Addresses that hold a code, by the beginning of their endpoint."""
    return {
        "campaigns.": str(db.session.scalar(sa.select(Campaign.code))),
        "community.": str(db.session.scalar(sa.select(JoinCode.code).where(JoinCode.role == "parent"))),
        "devices.": str(db.session.scalar(sa.select(Device.code))),
        "off": off_token(things.people["minh"], ("rooms",)),
    }


def _path(rule: str, endpoint: str, things: Things, codes: dict[str, str]) -> str:
    ids: dict[str, Any] = {**WORDS, **ids_for(things, endpoint), **OWN_WORDS.get(endpoint, {})}
    if endpoint.startswith("help."):
        ids["slug"] = HELP
    if endpoint == "notifications.off":
        ids["token"] = codes["off"]
    ids["code"] = next((code for start, code in codes.items() if endpoint.startswith(start)), "x")
    rule = re.sub(r"<\w+(?:\([^)]*\))?:(\w+)>", r"<\1>", rule)
    return address(rule, ids)


def _opens(client: FlaskClient, path: str) -> bool:
    answer = client.get(path)
    return answer.status_code == 200 and answer.mimetype == "text/html" and "<h1" in answer.text


def every_page(app: Flask, things: Things) -> tuple[list[Seen], dict[str, str]]:
    """All pages; and the endpoints of which nothing could be seen."""
    with app.app_context():
        codes = _codes(things)
        roles = {name: roles_of(things.people[name]) for name in PEOPLE}
    clients: dict[str | None, FlaskClient] = {name: client_of(app, things.people[name]) for name in PEOPLE}
    clients[None] = app.test_client()
    found, unseen = [], {}
    for endpoint, rule in _rules(app):
        path = _path(rule, endpoint, things, codes)
        may = [name for name in PEOPLE if admits(tables.ROUTES.get(endpoint), True, roles[name])]
        wanted = EVERYBODY.get(path) or tuple(_first(clients, endpoint, path, may))
        found += [Seen(endpoint, path, who) for who in wanted]
        if not wanted and endpoint not in NO_PAGES:
            unseen[endpoint] = path
    for seen in found:  # an endpoint of two addresses
        unseen.pop(seen.endpoint, None)
    return found, unseen


def _rules(app: Flask) -> Iterator[tuple[str, str]]:
    for rule in sorted(app.url_map.iter_rules(), key=lambda one: one.rule):
        if "GET" in (rule.methods or ()) and rule.endpoint.startswith(ONLY):
            yield rule.endpoint, rule.rule


def _first(clients: dict[str | None, FlaskClient], endpoint: str, path: str, may: list[str]) -> Iterator[str | None]:
    if endpoint in NO_PAGES | OTHER_STATES:
        return
    for name in (None, *may) if tables.ROUTES.get(endpoint) == ANYONE else may:
        if _opens(clients[name], path):
            yield name
            return
