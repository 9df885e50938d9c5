"""Every link and every form that a busy site offers to each of its people leads somewhere and says what happened."""

from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from flask import Flask

from tests import database_reset
from tests.every_page.crawl import Crawl, heard, send
from tests.every_page.page_catalogue import PEOPLE, Place
from tests.factories import client_of
from tests.written_tables import written_by
from tutoring.kernel import overrides
from tutoring.kernel.db import db
from tutoring.rooms.volunteer_minutes.models import HelpSession

FULL = pytest.mark.full
# The quick run walks as a child and as one who looks after a class: their pages are most.
WHO = [name if name in ("minh", "hang") else pytest.param(name, marks=FULL) for name in ("visitor", *PEOPLE)]
NEXT_TO_NOTHING = frozenset({"web.language"})  # colours change, not words
_crawled: dict[str, Crawl] = {}


@pytest.fixture(scope="module")
def busy(place: Place) -> Iterator[Place]:
    """The place, but that the session which was noted beforehand waits for the end of its room as usual."""
    with place.app.app_context():
        db.session.execute(sa.delete(HelpSession))
        db.session.commit()
        db.session.remove()
    _crawled.clear()
    yield place


@pytest.fixture
def crawl(busy: Place, request: pytest.FixtureRequest) -> Crawl:
    """As this person, from the start page by links; then from every page of a unit, whose links are held as well."""
    who = str(request.param)
    if who not in _crawled:
        app, things = busy.app, busy.things
        client = app.test_client() if who == "visitor" else client_of(app, things.people[who])
        made = _crawled[who] = Crawl(app, client, who)
        made.walk(["/"])
        units = [things.ids[name] for name in ("unit_id", "ward_id", "room_unit", "hood_id")]
        made.walk([rule.replace("<int:unit_id>", str(unit)) for rule in _of_units(app) for unit in units], typed=True)
    return _crawled[who]


def _of_units(app: Flask) -> list[str]:
    rules = app.url_map.iter_rules()
    pages = (one for one in rules if one.arguments == {"unit_id"} and not one.rule.startswith("/api/"))
    return sorted(one.rule for one in pages if "GET" in (one.methods or ()))


@pytest.mark.parametrize("crawl", WHO, indirect=True)
def test_no_link_that_a_page_offers_is_refused_or_leads_to_a_place_that_is_not_there(crawl: Crawl) -> None:
    assert len(crawl.pages) > 50
    assert not crawl.refused, "\n".join(crawl.refused)
    assert not crawl.placeless, "\n".join(crawl.placeless)


@pytest.mark.parametrize("crawl", WHO, indirect=True)
def test_no_list_that_was_counted_is_empty(crawl: Crawl) -> None:
    assert not crawl.counted_and_empty, "\n".join(crawl.counted_and_empty)


@pytest.mark.parametrize("crawl", WHO, indirect=True)
def test_no_page_has_two_places_of_one_name_or_an_empty_list(crawl: Crawl) -> None:
    faults = [f"{page}: {sorted(offers.twice)}" for page, offers in crawl.pages.items() if offers.twice]
    faults += [f"{page}: an empty list" for page, offers in crawl.pages.items() if offers.hollow]
    assert not faults, "\n".join(faults)


@FULL
@pytest.mark.parametrize("crawl", ["visitor", *PEOPLE], indirect=True)
def test_no_form_that_a_page_offers_is_refused_or_says_nothing(busy: Place, crawl: Crawl) -> None:
    """Each is sent as it stands, in the place as it was when the walk ended: what it wrote is put back after it."""
    app, faults = busy.app, []
    own = database_reset.of(app)
    state = f"ends_{crawl.who}"
    own.keep(state)
    cookie = crawl.client.get_cookie("session")
    with written_by(app) as tables:
        for (_method, endpoint, *_rest), offer in crawl.offers.items():
            # A try-out of the API shows a refusal beside itself.
            if endpoint in NEXT_TO_NOTHING or offer.form.action.startswith("/api/"):
                continue
            client = app.test_client()
            if cookie is not None:
                client.set_cookie("session", cookie.value)
            if fault := heard(crawl, offer, send(client, offer)):
                faults.append(fault)
            own.put_back_some(state, tables)
            tables.clear()
            overrides.forget()
    assert not own.changed(state)  # a form would be sent in a place that one before it has changed
    assert not faults, "\n".join(faults)
