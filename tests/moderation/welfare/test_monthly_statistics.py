"""What the machine found of danger in a month: counted without names, small numbers hidden, by one statement."""

from collections.abc import Callable, Iterator
from dataclasses import astuple
from datetime import datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import World, client_of
from tests.insights.pdf_text import words_of
from tests.insights.stored_months import AT, NOVEMBER, OCTOBER, WARD, store
from tests.moderation.conftest import Who
from tests.rooms.conftest import new_id, open_pair
from tutoring.accounts.models import User
from tutoring.community.queries import unit
from tutoring.kernel import clock
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.moderation.cases import claims
from tutoring.moderation.models import Case
from tutoring.moderation.welfare import acts, monthly_statistics
from tutoring.moderation.welfare.models import Welfare, WelfareAct
from tutoring.moderation.welfare.monthly_statistics import Month, figures
from tutoring.policy.disclosure_control import shown_places
from tutoring.rooms.messages import commands as messages_commands
from tutoring.welfare.models import Disclosure

As = Callable[[str], FlaskClient]
FOUND = datetime(2026, 11, 10, 19, 0, tzinfo=clock.LOCAL)
CLEAR = "Em không muốn sống nữa"
TITLE = "Lời nguy hiểm mà hệ thống nhận ra"


@pytest.fixture(autouse=True)
def in_december() -> Iterator[None]:
    with clock.travel(AT):
        yield


@command
def found(
    world: World, place: str, count: int, level: str = "explicit", ending: str = "", at: datetime = FOUND,
    opened: int | None = None, acted: int | None = None, by: int | None = None,
) -> None:  # fmt: skip
    """So many cases in this unit, each of another person (or this one), opened and acted on after so many minutes."""
    for n in range(count):
        author_id = by or _somebody()
        over = {"state": "decided", "outcome": "none", "decided_at": at} if ending else {}
        case = Case(
            kind="site", target=f"welfare:{n}:{author_id}", unit_id=world[place], minors=True, grade="S0",
            opened_at=at, look_by=at, decide_by=at, acts=[], reasons=[],
            welfare=Welfare(author_id=author_id, protects="author", level=level, kept_from=[], ending=ending), **over,
        )  # fmt: skip
        db.session.add(case)
        db.session.flush()
        read = None if opened is None else at + timedelta(minutes=opened)
        for late in (0, 5):  # a second text of the same case is read later
            words = Disclosure(author_id=author_id, case_id=case.id, door="room", place="1/1", level=level, at=at)
            words.opened_at = None if read is None else read + timedelta(minutes=late)
            db.session.add(words)
        if acted is not None:
            moment = at + timedelta(minutes=acted)
            did = {"case_id": case.id, "by_id": world["hang"], "done_at": moment}
            db.session.add(WelfareAct(kind="asked_helper", at=at, **did))  # ends no alarm
            db.session.add(WelfareAct(kind="talked", at=moment, **did))


def _somebody() -> int:
    name = new_id()
    one = User(username=name, full_name="Bé", called_name="Bé")
    db.session.add(one)
    db.session.flush()
    return one.id


def test_a_month_is_counted_rounded_and_timed(inside: World) -> None:
    found(inside, "lop6a", 11, "explicit", "cared", opened=4, acted=12)
    found(inside, "truong", 2, "explicit", "no_danger", opened=6, acted=200)
    found(inside, "truong", 14, "ambiguous", "no_danger", opened=10, acted=100)
    found(inside, "truong", 40, at=FOUND - timedelta(days=31))
    counts = Month(25, 10, 10, 15, until_opened=10, until_act=100)
    assert figures(inside["truong"], NOVEMBER) == figures(None, NOVEMBER) == counts
    assert figures(inside["truong"], OCTOBER) == Month(40, 40)
    assert figures(inside["phuong"], NOVEMBER) == Month()


def test_the_month_is_that_of_vietnam(inside: World) -> None:
    first = datetime(2026, 11, 1, tzinfo=clock.LOCAL)
    found(inside, "truong", 10, at=first)
    found(inside, "truong", 15, at=first - timedelta(seconds=1))
    assert (figures(None, NOVEMBER).found, figures(None, OCTOBER).found) == (10, 15)


def test_of_few_people_nothing_is_told_however_much_they_wrote(inside: World) -> None:
    found(inside, "truong", 9, opened=1, acted=2)
    found(inside, "truong", 30, by=inside["minh"], opened=1, acted=2)  # one of them
    assert figures(inside["truong"], NOVEMBER).found == 35  # minh is the tenth
    found(inside, "phuong", 9)
    assert figures(inside["phuong"], NOVEMBER) == Month()


def test_a_part_of_few_hides_with_the_other_part(inside: World) -> None:
    found(inside, "truong", 20, "explicit", "cared", opened=5, acted=5)
    found(inside, "truong", 3, "ambiguous", "no_danger")
    assert figures(inside["truong"], NOVEMBER) == Month(20, until_opened=5, until_act=5)
    assert figures(None, NOVEMBER) == Month(20, until_opened=5, until_act=5)


def test_of_few_who_were_answered_no_wait_is_told(inside: World) -> None:
    found(inside, "truong", 9, opened=5, acted=5)
    found(inside, "truong", 9)
    month = figures(inside["truong"], NOVEMBER)
    assert (month.found, month.until_opened, month.until_act) == (15, None, None)


def test_a_place_of_few_is_not_found_by_what_the_site_and_the_others_show(inside: World) -> None:
    found(inside, "truong", 20)
    found(inside, "kp3", 3)  # of the ward
    assert figures(None, NOVEMBER).found == 20
    assert figures(inside["truong"], NOVEMBER) == figures(inside["phuong"], NOVEMBER) == Month()
    found(inside, "kp3", 10)
    assert figures(None, NOVEMBER).found == 30
    assert (figures(inside["truong"], NOVEMBER).found, figures(inside["phuong"], NOVEMBER).found) == (20, 10)


def test_what_places_hide_together_is_nobodys_or_that_of_many_in_two() -> None:
    def of(*counts: int) -> set[int]:
        return set(range(sum(counts[:-1]), sum(counts)))

    def shows(*counts: int) -> tuple[set[int], bool]:
        return shown_places({n: [of(*counts[: n + 1])] for n in range(len(counts))})

    assert shows() == (set(), True)
    assert shows(9) == (set(), False)
    assert shows(10) == ({0}, True)
    assert shows(10, 0) == ({0, 1}, True)
    assert shows(10, 9) == (set(), True)  # together nineteen in two places
    assert shows(30, 10, 1) == ({0}, True)
    assert shows(30, 20, 5, 5) == ({0, 1}, True)
    assert shows(30, 20, 5, 4) == ({0}, True)
    parts = {0: [of(20), of(20, 20)], 1: [of(20, 20, 4), of(20, 20, 4, 12)]}
    assert shown_places(parts) == (set(), True)  # place 0 hides its parts beside those of place 1
    assert shown_places({0: parts[0]}, among=[]) == (set(), False)


def test_who_reads_it_on_which_page(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        found(world, "truong", 12, "explicit", "no_danger", opened=3, acted=7)
        for place in (world["truong"], world["phuong"], world["lop6a"], None):
            store(place, NOVEMBER, WARD)
    school = f"/units/{world['truong']}/figures"
    for name, path in (("quang", school), ("admin1", school), ("admin1", "/figures")):
        page = as_(name).get(path).text
        part = page.partition(TITLE)[2].partition("</section>")[0]
        assert "Không phải nguy hiểm" in part and part.count(">10</td>") == 3, (name, path)
        assert ">3</td>" in part and ">7</td>" in part and ">ẩn</td>" in part
        assert "welfare:" not in part and "Bé" not in part
    assert TITLE in words_of(as_("quang").get(f"{school}.pdf").data)
    assert TITLE in words_of(as_("admin1").get("/figures.pdf").data)
    assert TITLE not in as_("hang").get(school).text  # a teacher
    assert TITLE not in as_("mai").get(f"/units/{world['phuong']}/figures").text  # an officer
    assert TITLE not in as_("quang").get(f"/units/{world['lop6a']}/figures").text  # counted for its school
    ward = as_("admin1").get(f"/units/{world['phuong']}/figures").text.partition(TITLE)[2].partition("</section>")[0]
    assert ward.count(">ẩn</td>") == 6  # hidden and nobody look alike


def test_it_is_read_in_english(app: Flask, world: World) -> None:
    with app.app_context():
        found(world, "truong", 12, "explicit", "no_danger")
        store(None, NOVEMBER, WARD)
    client = client_of(app, world["admin1"])
    client.post("/language", data={"language": "en", "next": "/"})
    page = client.get("/figures").text
    assert "Words of danger found by the system" in page and "Ended as “No danger”" in page


def test_the_one_tap_counts(who: Who, inside: World) -> None:
    with clock.travel(FOUND):
        found(inside, "truong", 9, "explicit", "no_danger", opened=1, acted=1)
        messages_commands.post_message(who("minh"), open_pair(inside), new_id(), CLEAR)
        assert figures(None, NOVEMBER).no_danger is None
        [case] = [one for one in db.session.query(Case) if one.target.endswith(f":{inside['minh']}")]
        claims.claim(who("hang"), case.id)
        acts.calm(who("hang"), case.id)
        assert figures(None, NOVEMBER).no_danger == 10


def test_it_costs_one_statement_however_much_was_found(app: Flask, world: World, queries: list[str]) -> None:
    costs = []
    with app.test_request_context():
        for _turn in range(2):
            found(world, "truong", 20, opened=1, acted=1)
            found(world, "kp3", 20, "ambiguous", "no_danger")
            place = unit(world["truong"])
            db.session.commit()
            db.session.refresh(place)
            queries.clear()
            assert monthly_statistics.told(place, NOVEMBER, frozenset({"coordinator"})) is not None
            costs.append([one for one in queries if one.lstrip().startswith("SELECT")])
        assert [len(one) for one in costs] == [1, 1]
        assert [one for one in astuple(figures(None, NOVEMBER)) if one is not None]
