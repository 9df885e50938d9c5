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
from werkzeug.test import TestResponse

from tests.factories import client_of
from tests.test_access_ids import QUIZ, Things, address, ids_for
from tutoring.campaigns.models import Campaign
from tutoring.community.models import JoinCode
from tutoring.community.queries import roles_of
from tutoring.config import ROOT
from tutoring.devices.models import Device
from tutoring.kernel.db import db
from tutoring.notifications.channels.mail import off_token
from tutoring.openid.models import IdentityProvider
from tutoring.policy import access_tables
from tutoring.policy.access import ANYONE, admits
from tutoring.queues.models import QueueTicket, WalkInQueue

# Whom a page is for is asked in this order: the first to whom it opens sees it.
PEOPLE = ("minh", "lan", "khoa", "bay", "an", "muoi", "hang", "quang", "mai", "admin1")
# A start page, and what the bar leads to, differ for each of these.
EVERYBODY = {
    "/": (None, *PEOPLE), "/help": (None, "minh", "mai"), "/lessons": (None, "minh"), "/account": ("hang",),
    "/account/recordings": ("hang",),  # who has recorded something
}  # fmt: skip
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
    discovery.robots discovery.security discovery.sitemap discovery.lessons_feed discovery.campaigns_feed
    static web.health web.manifest web.logo web.colours
    ready.look metrics.figures lessons.keep lessons.media lessons.worker lessons.suggest practice.keep
    api.description api.lessons api.lesson api.paths api.path api.search api.figures api.own_token api.calendar
    api.progress api.units api.unit api.units_below api.unit_calendar api.class_overview api.class_sums api.works
    api.device_stock
    lessons.sentence_sound lessons.step_sound lessons.embed_sheet lessons.oembed_answer
    lessons.preview_picture lessons.path_pdf
    campaigns.picture pairing.leaver_papers
    devices.certificate_file
    campaigns.paper_file campaigns.scan community.class_list_faults community.faulty_lines community.import_sample
    devices.batch_sample
    devices.handover_record devices.return_record devices.picture devices.sponsor_file insights.site_chart
    insights.site_figures_file insights.site_report insights.table insights.transparency_file insights.unit_chart
    insights.unit_figures_file insights.unit_report pairing.waiting_picture pairing.waiting_voice_note
    pairing.spoken_answer
    privacy.download rooms.marks rooms.messages
    rooms.call rooms.picture rooms.voice_note rooms.lesson
    openid.begin openid.begin_link openid.callback
    notifications.feed notifications.time_file help.picture help.in_vietnamese
""")


# Pages of another state than the one of the walk: after its end, before its beginning, in the midst of a sign-in.
OTHER_STATES = _names("""
    site_setup.open_link site_setup.choose_language site_setup.name_site site_setup.first_admin
    accounts.second_factor accounts.sign_in_code accounts.recovery_code accounts.assent accounts.renewal
    accounts.confirm_email openid.not_linked openid.confirm_link
    lessons.acknowledged lessons.acknowledgement campaigns.show circles.to_lesson moderation.read_room devices.act
    devices.receive devices.wipe devices.propose_device devices.story devices.sponsor_report community.join_code
    moderation.report_published
    api.made_token api.made_unit_token notifications.made_feed webhooks.show_secret
    pairing.ask_on pairing.verify rooms.export rooms.split rooms.witness visits.offer_visit visits.end_visit
""")


@dataclass(frozen=True)
class Seen:
    """A page, and who looks at it: a person of the demonstration or a visitor."""

    endpoint: str
    path: str
    who: str | None

    def __str__(self) -> str:
        return f"{self.path} ({self.who or 'visitor'}, {self.endpoint})"


@dataclass(frozen=True)
class Place:
    """A community with something of everything in it, and its pages as they were made for whom they are."""

    app: Flask
    things: Things
    pages: list[Seen]
    unseen: dict[str, str]
    made: dict[Seen, tuple[bytes, list[tuple[str, str]]]]  # the page and its headers


def _codes(things: Things) -> dict[str, str]:
    """Addresses that hold a code, by the beginning of their endpoint."""
    queue = db.session.scalars(sa.select(WalkInQueue)).one()
    return {
        "openid.": str(db.session.scalar(sa.select(IdentityProvider.code))),
        "queues.door": queue.door_code,
        "queues.display": queue.display_code,
        "queues.screen": queue.screen_code,
        "campaigns.": str(db.session.scalar(sa.select(Campaign.code))),
        "community.card": things.ids["card"],
        "community.delete_card_line": things.ids["card"],
        "community.": str(db.session.scalar(sa.select(JoinCode.code).where(JoinCode.role == "parent"))),
        "devices.": str(db.session.scalar(sa.select(Device.code))),
        "number": str(db.session.scalar(sa.select(QueueTicket.token))),
        "off": off_token(things.people["minh"], ("rooms",)),
    }


def _path(rule: str, endpoint: str, things: Things, codes: dict[str, str]) -> str:
    ids: dict[str, Any] = {**WORDS, **ids_for(things, endpoint), **OWN_WORDS.get(endpoint, {})}
    if endpoint.startswith("help."):
        ids["slug"] = HELP
    if endpoint in ("queues.ticket", "queues.screen_ticket"):
        ids["token"] = codes["number"]
    if endpoint == "notifications.off":
        ids["token"] = codes["off"]
    ids["code"] = next((code for start, code in codes.items() if endpoint.startswith(start)), "x")
    rule = re.sub(r"<\w+(?:\([^)]*\))?:(\w+)>", r"<\1>", rule)
    return address(rule, ids)


def _page(answer: TestResponse) -> bool:
    return answer.status_code == 200 and answer.mimetype == "text/html" and b"<h1" in answer.data


def every_page(app: Flask, things: Things) -> Place:
    """All pages, as they were made; and the endpoints of which nothing could be seen."""
    with app.app_context():
        codes = _codes(things)
        roles = {name: roles_of(things.people[name]) for name in PEOPLE}
    clients: dict[str | None, FlaskClient] = {name: client_of(app, things.people[name]) for name in PEOPLE}
    clients[None] = app.test_client()
    place = Place(app, things, [], {}, {})
    for endpoint, rule in _rules(app):
        path = _path(rule, endpoint, things, codes)
        may = [name for name in PEOPLE if admits(access_tables.ROUTES.get(endpoint), True, roles[name])]
        everybody, wanted = EVERYBODY.get(path), 0
        for who in everybody or _asked(endpoint, may):
            answer = clients[who].get(path)
            if everybody or _page(answer):
                seen = Seen(endpoint, path, who)
                place.pages.append(seen)
                # Cookies are of the client here, and not of the browser that will be shown this.
                headers = [(name, value) for name, value in answer.headers if name != "Set-Cookie"]
                place.made[seen] = answer.data, headers
                wanted += 1
                if not everybody:
                    break
        if not wanted and endpoint not in NO_PAGES:
            place.unseen[endpoint] = path
    for seen in place.pages:  # an endpoint of two addresses
        place.unseen.pop(seen.endpoint, None)
    return place


def _asked(endpoint: str, may: list[str]) -> list[str | None]:
    """Whom a page is for, in the order in which they are asked until it opens."""
    if endpoint in NO_PAGES | OTHER_STATES:
        return []
    return [None, *may] if access_tables.ROUTES.get(endpoint) == ANYONE else list(may)


def _rules(app: Flask) -> Iterator[tuple[str, str]]:
    for rule in sorted(app.url_map.iter_rules(), key=lambda one: one.rule):
        if "GET" in (rule.methods or ()) and rule.endpoint.startswith(ONLY):
            yield rule.endpoint, rule.rule
