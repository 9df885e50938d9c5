"""An account is locked for a week by one person, for good by two; what a unit sets for links."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from flask import Flask

from tests.factories import World, person
from tutoring.accounts.models import User
from tutoring.community.memberships import suspensions
from tutoring.community.queries import link_hosts
from tutoring.community.units import settings
from tutoring.kernel import clock, jobs
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, Forbidden, InvalidInput, NotFound

Who = Callable[[str], User]


@pytest.fixture
def who(app: Flask, world: World) -> Iterator[Who]:
    with app.app_context():
        yield lambda name: person(world[name])


def later(days: float) -> str:
    with clock.travel(clock.now() + timedelta(days=days)):
        while jobs.run_due():
            pass
    return ""


def test_one_person_locks_for_a_week_and_it_opens_by_itself(who: Who) -> None:
    suspensions.suspend(who("quang"), who("lan").id, "Có phản ánh")
    with pytest.raises(Conflict):
        suspensions.suspend(who("admin1"), who("lan").id, "Lần nữa")
    later(6.9)
    assert who("lan").state == "suspended"
    later(7.1)
    db.session.expire_all()
    assert who("lan").state == "active" and who("lan").suspended_until is None


def test_a_second_person_makes_it_last(who: Who) -> None:
    suspensions.suspend(who("quang"), who("lan").id, "Có phản ánh")
    with pytest.raises(Forbidden):
        suspensions.keep_suspended(who("quang"), who("lan").id, "Nặng")
    for name in ("hang", "mai", "muoi", "lan", "bay"):
        with pytest.raises(NotFound):
            suspensions.keep_suspended(who(name), who("lan").id, "Nặng")
    suspensions.keep_suspended(who("admin1"), who("lan").id, "Nặng")
    with pytest.raises(Conflict):
        suspensions.keep_suspended(who("admin2"), who("lan").id, "Nặng")
    later(30)
    db.session.expire_all()
    assert who("lan").state == "suspended"
    suspensions.restore(who("quang"), who("lan").id, "Đã rõ")
    assert who("lan").state == "active"


def test_an_account_that_was_opened_sooner_is_not_touched_when_the_week_is_over(who: Who) -> None:
    suspensions.suspend(who("quang"), who("lan").id, "Có phản ánh")
    suspensions.restore(who("quang"), who("lan").id)
    with clock.travel(clock.now() + timedelta(days=5)):
        suspensions.suspend(who("quang"), who("lan").id, "Lại có phản ánh")
        later(2.5)
        db.session.expire_all()
        assert who("lan").state == "suspended"


def test_a_reason_tells_nothing_private(who: Who) -> None:
    with pytest.raises(InvalidInput):
        suspensions.suspend(who("quang"), who("lan").id, "Cho số 0912 345 678")
    with pytest.raises(InvalidInput):
        suspensions.suspend(who("quang"), who("lan").id, "  ")


@pytest.mark.parametrize("typed", ["zalo.me", "a.facebook.com", "com.vn", "vn", "127.0.0.1", "không có", "x" * 300])
def test_links_to_where_anybody_can_put_anything_are_not_let_through(who: Who, world: World, typed: str) -> None:
    with pytest.raises(InvalidInput):
        settings.set_link_hosts(who("quang"), world["truong"], typed)


def test_a_coordinator_names_sites_for_the_unit_and_below(who: Who, world: World) -> None:
    for name in ("hang", "mai", "lan"):
        with pytest.raises(NotFound):
            settings.set_link_hosts(who(name), world["truong"], "truong-abc.vn")
    settings.set_link_hosts(who("quang"), world["truong"], "https://Truong-ABC.vn/lop-6\nthu-vien.example.org")
    assert link_hosts(world["lop6a"]) == ["thu-vien.example.org", "truong-abc.vn"]
    assert link_hosts(world["kp3"]) == []
    settings.set_link_hosts(who("quang"), world["truong"], "")
    assert link_hosts(world["lop6a"]) == []
