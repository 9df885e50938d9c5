"""One place with something of everything in it, for the tests that look at every page."""

from collections.abc import Iterator
from datetime import datetime

import pytest
from flask import Flask

from tests import database_reset
from tests.every_page.page_catalogue import FAILED_KIND, Place, every_page
from tests.lessons import bank as banks
from tests.swapped import beside
from tests.test_access_ids import Things, put_files_back, things_of
from tutoring.kernel import clock, overrides, rate_limits
from tutoring.kernel.db import db
from tutoring.kernel.jobs import Job

_made: dict[Flask, tuple[datetime, Place]] = {}


def _make(app: Flask, moment: datetime, things: Things) -> Place:
    with app.app_context():
        db.session.add(Job(kind=FAILED_KIND, key="1", run_at=moment, failed_at=moment, attempts=5, last_error=""))
        db.session.commit()
        db.session.remove()
    database_reset.of(app).keep("place")
    return every_page(app, things)


@pytest.fixture(scope="module")
def place(whole_app: Flask) -> Iterator[Place]:
    """The community with a room, requests, cases, devices, campaigns and all else that has a page.

    It is made once for each database of this process; a later module finds its rows as they were. No time goes by in
    it: some things are over after minutes, which the walk takes on a busy machine.
    """
    # A test before may have left lessons of its own, or answers that this process keeps for a while.
    banks.put_back()
    overrides.forget()
    with beside(whole_app), pytest.MonkeyPatch.context() as patch:
        patch.setattr(rate_limits, "hit", lambda *_key: None)
        patch.setattr(rate_limits, "check", lambda *_key: None)
        try:
            if whole_app in _made:
                database_reset.of(whole_app).put_back("place")
                put_files_back(whole_app)
                moment, found = _made[whole_app]
                patch.setattr(clock, "now", lambda: moment)
            else:
                moment, things = things_of(whole_app)
                patch.setattr(clock, "now", lambda: moment)
                found = _make(whole_app, moment, things)
                _made[whole_app] = moment, found
            yield found
        finally:  # also when it could not be made: the tests after it begin with empty tables
            with whole_app.app_context():
                db.session.remove()
            database_reset.of(whole_app).empty()
