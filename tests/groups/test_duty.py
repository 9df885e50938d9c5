"""Duty at the ward's service centre is no watching: it opens no room and keeps none open; people read who is where."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from tests.factories import World
from tests.groups.conftest import Who
from tests.pairing.group_sessions.fixtures import tomorrow
from tutoring.accounts.models import User
from tutoring.community.duty import commands as duty_commands
from tutoring.community.duty.coverage import unwatched, watched_next
from tutoring.community.duty.queries import turns_ahead, week_of
from tutoring.community.models import DutyShift, DutySlot
from tutoring.community.queries import on_duty
from tutoring.kernel import clock
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, Forbidden, InvalidInput
from tutoring.lessons.skills.queries import topics
from tutoring.pairing.offers import commands as offers_commands
from tutoring.pairing.requests import commands as requests_commands
from tutoring.rooms.persistent_rooms import commands as persistent_rooms_commands

As = Callable[[str], FlaskClient]
FRIDAY_10 = datetime(2026, 12, 4, 10, 0, tzinfo=clock.LOCAL)


@command
def only_at_the_centre() -> None:
    """Everybody's turns go on, all of them at the service centre."""
    db.session.execute(sa.update(DutySlot).values(place="centre"))
    db.session.execute(sa.delete(DutyShift))


def ask(learner: User) -> int:
    return requests_commands.ask_for_help(learner, learner, topics("vi")[0][0], "Em bị kẹt").id


def test_nobody_at_the_centre_counts_as_on_duty(inside: World) -> None:
    units = (inside["truong"], inside["kp3"], inside["phuong"])
    assert all(on_duty(unit, minors=False) for unit in units) and on_duty(inside["truong"], minors=True)
    only_at_the_centre()
    assert not any(on_duty(unit, minors=minors) for unit in units for minors in (True, False))


def test_a_childs_room_does_not_open_by_duty_at_the_centre(inside: World, who: Who) -> None:
    asked = ask(who("minh"))
    offers_commands.claim(who("khoa"), asked)
    only_at_the_centre()
    with pytest.raises(Conflict):
        requests_commands.answer(who("minh"), asked, "accept")
    duty_commands.take_duty(who("hang"), inside["truong"], clock.now() + timedelta(hours=1))
    requests_commands.answer(who("minh"), asked, "accept")


def test_the_desk_of_the_ward_is_not_open_by_it(inside: World, who: Who) -> None:
    only_at_the_centre()
    with pytest.raises(Conflict) as refused:
        persistent_rooms_commands.ask_at_desk(who("bay"), inside["phuong"])
    assert refused.value.code == "duty"


def test_what_is_promised_for_later_leaves_it_out_too(inside: World) -> None:
    assert all(turn.at is not None for turn in turns_ahead(inside["truong"], minors=True))
    assert unwatched(inside["truong"]) == [[]] * 7
    assert watched_next(inside["truong"], tomorrow()) is not None
    only_at_the_centre()
    assert all(turn.at is None for turn in turns_ahead(inside["truong"], minors=True))
    assert unwatched(inside["truong"]) == [[(0, 1440)]] * 7
    assert watched_next(inside["truong"], tomorrow()) is None


def test_the_rota_says_where(as_: As, world: World) -> None:
    lead, form = as_("muoi"), {"days": "4", "starts": "8:00", "ends": "11:00", "place": "centre"}
    path = f"/units/{world['kp3']}/duty"
    assert "Tại Trung tâm Phục vụ hành chính công" in lead.get(f"{path}?who={world['muoi']}").text
    of_school = as_("quang").get(f"/units/{world['truong']}/duty?who={world['hang']}").text
    assert 'name="starts"' in of_school and 'name="place"' not in of_school
    assert lead.post(path, data={**form, "user_id": str(world["mai"])}).status_code == 302
    assert lead.get(path).text.count("<small>Trung tâm</small>") == 1
    assert "tại Trung tâm Phục vụ hành chính công" in lead.get(f"{path}?who={world['mai']}&day=4").text
    assert lead.post(path, data={**form, "user_id": str(world["mai"]), "place": "nowhere"}).status_code == 422


def test_a_school_has_no_turns_there(inside: World, who: Who) -> None:
    with pytest.raises(InvalidInput):
        duty_commands.add_slot(who("quang"), inside["truong"], inside["hang"], 0, 480, 660, "centre")
    with pytest.raises(Forbidden):
        duty_commands.add_slot(who("bay"), inside["kp3"], inside["muoi"], 0, 480, 660, "centre")


@command
def rota(world: World, *turns: tuple[str, str, int, int, int, str]) -> None:
    db.session.execute(sa.delete(DutySlot))
    for unit, name, weekday, starts, ends, place in turns:
        db.session.add(
            DutySlot(unit_id=world[unit], user_id=world[name], weekday=weekday, starts=starts, ends=ends, place=place)
        )


def read(world: World, *units: str) -> list[tuple[str, str, int, int, bool]]:
    found = week_of(world[units[0]], [world[unit] for unit in units])
    return [(one.person.called_name, one.place, one.day.weekday(), one.starts, one.now) for one in found]


def test_people_read_who_is_there_now_and_who_comes_next(inside: World) -> None:
    rota(
        inside, ("kp3", "muoi", 4, 540, 660, "centre"), ("phuong", "mai", 4, 800, 900, "online"),
        ("kp3", "muoi", 4, 400, 600, "online"), ("kp3", "muoi", 0, 540, 660, "online"),
        ("truong", "hang", 4, 0, 1440, "online"),
    )  # fmt: skip
    with clock.travel(FRIDAY_10):
        assert read(inside, "kp3", "phuong") == [
            ("Mười", "centre", 4, 540, True), ("Mai", "online", 4, 800, False),
            ("Mười", "online", 0, 540, False), ("Mười", "online", 4, 400, False),
        ]  # fmt: skip
        days = [one.day for one in week_of(inside["kp3"], [inside["kp3"]])]
    assert days[-1] == FRIDAY_10.date() + timedelta(days=7)  # the turn that was over this morning


def test_whoever_took_a_turn_alone_is_named_once(inside: World, who: Who) -> None:
    with clock.travel(FRIDAY_10):
        rota(inside, ("kp3", "muoi", 4, 540, 630, "online"))
        duty_commands.take_duty(who("muoi"), inside["kp3"], clock.now() + timedelta(hours=1))
        now = [one for one in week_of(inside["kp3"], [inside["kp3"]]) if one.now]
    assert [(one.ends, one.weekly) for one in now] == [(660, False)]


def test_an_ended_role_ends_the_name_on_the_rota(inside: World, who: Who) -> None:
    rota(inside, ("kp3", "muoi", 4, 0, 1440, "online"), ("kp3", "bay", 4, 0, 1440, "online"))
    assert {one[0] for one in read(inside, "kp3")} == {"Mười"}
    who("muoi").state = "suspended"
    db.session.flush()
    assert read(inside, "kp3") == []
    db.session.rollback()
