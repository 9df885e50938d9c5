"""One place with something of everything in it, for the tests that look at every page."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from flask import Flask

from tests import make, rows
from tests.seen.pages import FAILED_KIND, Seen, every_page
from tests.test_access_ids import Things, make_things
from tutoring.kernel import clock, limits
from tutoring.kernel.db import db
from tutoring.kernel.jobs import DueWork


@dataclass(frozen=True)
class Place:
    app: Flask
    things: Things
    pages: list[Seen]
    unseen: dict[str, str]


@pytest.fixture(scope="module")
def place(whole_app: Flask) -> Iterator[Place]:
    """The community with a room, requests, cases, devices, campaigns and all else that has a page."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(limits, "hit", lambda *_key: None)
        patch.setattr(limits, "check", lambda *_key: None)
        things = make_things(whole_app, make.world(whole_app))
        with whole_app.app_context():
            now = clock.now()
            db.session.add(DueWork(kind=FAILED_KIND, key="1", run_at=now, failed_at=now, attempts=5, last_error=""))
            db.session.commit()
            db.session.remove()
        yield Place(whole_app, things, *every_page(whole_app, things))
    rows.of(whole_app).empty()
