"""The books of devices: each move by the people that it asks for, and a history that adds up, or says where not."""

from collections.abc import Iterator
from itertools import pairwise

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.devices import ledger_fixtures
from tests.factories import World, person
from tutoring.devices.inventory import ledger
from tutoring.devices.models import Device, DeviceMove, DeviceWipe
from tutoring.kernel import audit
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, Forbidden, NotFound
from tutoring.policy.devices.inventory import ENDS, MOVES, STATES

People = dict[str, int]


@pytest.fixture
def people(app: Flask, world: World) -> Iterator[People]:
    with app.app_context():
        yield ledger_fixtures.staffed(world)


def wipe(wipe_id: int) -> DeviceWipe:
    return db.session.get_one(DeviceWipe, wipe_id)


def test_one_device_goes_the_whole_way_and_back(world: World, people: People) -> None:
    mai = person(people["mai"])
    device_id, need_id = ledger_fixtures.lent(world, people)
    assert (ledger_fixtures.device(device_id).state, ledger_fixtures.device(device_id).need_id) == ("lent", need_id)
    ledger.move(mai, device_id, "lent", "stored", why="returned")
    back = ledger_fixtures.device(device_id)
    assert (back.state, back.need_id, back.wipe_id, back.moves) == ("stored", None, None, 7)
    history = ledger.history(device_id)
    assert [line.n for line in history] == [1, 2, 3, 4, 5, 6, 7]
    assert all(one.to_state == two.from_state for one, two in pairwise(history))
    assert history[4].second_id == people["tam"] and history[5].second_id == people["lan"]
    assert history[6].need_id == need_id and history[6].why == "returned"
    assert ledger.faults() == [] and audit.verify().broken_at is None


def test_no_state_is_a_trap_but_the_ends(app: Flask) -> None:
    left = {before for before, _ in MOVES}
    assert set(STATES) - left == ENDS and not left & ENDS
    reached = {"offered"}
    for _ in STATES:
        reached |= {after for before, after in MOVES if before in reached}
    assert reached == set(STATES)


def test_who_has_nothing_to_do_with_a_device_does_not_learn_of_it(world: World, people: People) -> None:
    device_id = ledger_fixtures.stored(world, people)
    for name in ("minh", "muoi", "quang", "ba", "admin1", "khoa"):
        for before in ("stored", "ready"):  # whatever they guess
            with pytest.raises(NotFound):
                ledger.move(person(people[name]), device_id, before, "repair")
    with pytest.raises(NotFound):
        ledger.move(person(people["mai"]), 10**6, "stored", "repair")
    with pytest.raises(Forbidden):  # the donor knows of it
        ledger.move(person(people["bay"]), device_id, "stored", "repair")
    ledger.move(person(people["cao"]), device_id, "stored", "repair")


def test_a_device_moves_from_where_it_is_alone(world: World, people: People) -> None:
    mai, device_id = person(people["mai"]), ledger_fixtures.stored(world, people)
    for before, after in (("expected", "stored"), ("stored", "lent"), ("stored", "offered"), ("lent", "stored")):
        with pytest.raises(Conflict):
            ledger.move(mai, device_id, before, after)
    assert ledger_fixtures.lines(device_id)[-1] == ("expected", "stored")


def test_a_donor_may_take_an_offer_back_until_it_is_brought(world: World, people: People) -> None:
    bay, mai = person(people["bay"]), person(people["mai"])
    first = ledger_fixtures.offered(world["phuong"], bay, bay.id)
    second = ledger_fixtures.offered(world["phuong"], bay, bay.id)
    ledger.move(mai, second, "offered", "expected")
    for device_id, before in ((first, "offered"), (second, "expected")):
        ledger.move(bay, device_id, before, "withdrawn")
    with pytest.raises(Conflict):
        ledger.move(bay, ledger_fixtures.stored(world, people), "stored", "withdrawn")


# ---- two people -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("by", "second"),
    [
        ("mai", None), ("mai", "mai"), ("lan", "mai"), ("mai", "lan"), ("mai", "bay"), ("mai", "quang"),
        ("mai", "ba"), ("mai", "minh"), ("mai", "admin1"),
    ],
)  # fmt: skip
def test_two_of_the_staff_reserve_and_neither_is_of_the_family(
    world: World, people: People, by: str, second: str | None
) -> None:
    device_id = ledger_fixtures.ready(world, people)
    need_id = ledger_fixtures.needed(world["phuong"], people["minh"], people["lan"])
    with pytest.raises(Forbidden):
        ledger_fixtures.reserve(people, device_id, need_id, by, second)
    ledger_fixtures.reserve(people, device_id, need_id)


def test_a_donor_who_serves_the_ward_neither_proposes_nor_approves_nor_wipes_nor_hands_over(
    world: World, people: People
) -> None:
    device_id = ledger_fixtures.stored(world, people, donor="tam")
    need_id = ledger_fixtures.needed(world["phuong"], people["minh"], people["lan"])
    by_mai, by_tam = ledger_fixtures.wiped(device_id, people["mai"]), ledger_fixtures.wiped(device_id, people["tam"])
    with pytest.raises(Forbidden):
        ledger.move(person(people["tam"]), device_id, "stored", "ready", wipe=wipe(by_mai))
    with pytest.raises(Forbidden):  # nor in the name of somebody else
        ledger.move(person(people["mai"]), device_id, "stored", "ready", wipe=wipe(by_tam))
    ledger.move(person(people["mai"]), device_id, "stored", "ready", wipe=wipe(by_mai))
    for by, second in (("tam", "mai"), ("mai", "tam")):
        with pytest.raises(Forbidden):
            ledger_fixtures.reserve(people, device_id, need_id, by, second)
    ledger_fixtures.reserve(people, device_id, need_id, "mai", "cao")
    with pytest.raises(Forbidden):
        ledger.move(person(people["tam"]), device_id, "reserved", "lent", second_id=people["lan"])
    ledger.move(person(people["cao"]), device_id, "reserved", "lent", second_id=people["lan"])


def test_it_is_handed_to_the_grown_up_who_receives_it_by_somebody_else(world: World, people: People) -> None:
    device_id = ledger_fixtures.ready(world, people)
    ledger_fixtures.reserve(people, device_id, ledger_fixtures.needed(world["phuong"], people["minh"], people["lan"]))
    for by, second in (("mai", None), ("mai", "bay"), ("mai", "tam"), ("mai", "minh"), ("lan", "lan"), ("lan", "mai")):
        with pytest.raises(Forbidden):
            ledger.move(person(people[by]), device_id, "reserved", "lent", second_id=people[second] if second else None)
    ledger.move(person(people["mai"]), device_id, "reserved", "given", second_id=people["lan"])


def test_the_family_s_own_staff_do_not_take_their_device_back(world: World, people: People) -> None:
    device_id, _ = ledger_fixtures.lent(world, people)
    for after in ("stored", "lost"):
        with pytest.raises(Forbidden):
            ledger.move(person(people["lan"]), device_id, "lent", after)


# ---- one need, one device -------------------------------------------------------------------------------------


def test_a_need_holds_one_device_and_a_device_one_need(world: World, people: People) -> None:
    one, two = ledger_fixtures.ready(world, people), ledger_fixtures.ready(world, people)
    need_id = ledger_fixtures.needed(world["phuong"], people["minh"], people["lan"])
    other = ledger_fixtures.needed(world["phuong"], people["an"], people["lan"])
    ledger_fixtures.reserve(people, one, need_id)
    with pytest.raises(Conflict):
        ledger_fixtures.reserve(people, two, need_id)
    with pytest.raises(Conflict):  # approved for one, it does not go to another
        ledger.move(person(people["mai"]), one, "reserved", "lent", second_id=people["lan"], need_id=other)
    ledger.move(person(people["mai"]), one, "reserved", "ready")
    ledger_fixtures.reserve(people, two, need_id)
    assert ledger_fixtures.device(one).need_id is None and ledger_fixtures.device(two).need_id == need_id


def test_nothing_is_reserved_for_a_need_that_ended_or_asks_for_internet_or_is_none(
    world: World, people: People
) -> None:
    device_id = ledger_fixtures.ready(world, people)
    ended = ledger_fixtures.needed(world["phuong"], people["minh"], people["lan"])
    ledger_fixtures.ends(ended)
    internet = ledger_fixtures.needed(world["phuong"], people["minh"], people["lan"], "internet")
    for need_id in (ended, internet):
        with pytest.raises(Conflict):
            ledger_fixtures.reserve(people, device_id, need_id)
    for none in (None, 10**6):
        with pytest.raises((Conflict, Forbidden)):
            ledger.move(
                person(people["mai"]), device_id, "ready", "reserved", second_id=people["tam"], need_id=none
            )  # fmt: skip


def test_what_a_donor_lends_is_never_given_away(world: World, people: People) -> None:
    device_id = ledger_fixtures.ready(world, people, terms="loan")
    ledger_fixtures.reserve(people, device_id, ledger_fixtures.needed(world["phuong"], people["minh"], people["lan"]))
    with pytest.raises(Conflict):
        ledger.move(person(people["mai"]), device_id, "reserved", "given", second_id=people["lan"])
    ledger.move(person(people["mai"]), device_id, "reserved", "lent", second_id=people["lan"])


# ---- wiped ----------------------------------------------------------------------------------------------------


def test_a_device_is_ready_with_a_wipe_record_since_it_last_came_in_alone(world: World, people: People) -> None:
    mai, (device_id, _) = person(people["mai"]), ledger_fixtures.lent(world, people)
    before = ledger_fixtures.device(device_id).wipe_id
    ledger.move(mai, device_id, "lent", "stored")
    others = ledger_fixtures.wiped(ledger_fixtures.stored(world, people), mai.id)
    early = ledger_fixtures.wiped(device_id, mai.id, after_move=6)
    future = ledger_fixtures.wiped(device_id, mai.id, after_move=8)
    assert before is not None
    for wrong in (None, before, others, early, future):
        with pytest.raises(Conflict, match="biên bản xoá"):
            ledger.move(mai, device_id, "stored", "ready", wipe=wipe(wrong) if wrong else None)
    right = ledger_fixtures.wiped(device_id, mai.id)
    ledger.move(mai, device_id, "stored", "ready", wipe=wipe(right))
    ledger.move(mai, device_id, "ready", "stored")  # looked at again in the store
    ledger.move(mai, device_id, "stored", "ready", wipe=wipe(right))
    ledger.move(mai, device_id, "ready", "stored")
    ledger.move(mai, device_id, "stored", "repair")
    ledger.move(mai, device_id, "repair", "stored")
    with pytest.raises(Conflict):
        ledger.move(mai, device_id, "stored", "ready", wipe=wipe(right))


def test_what_a_family_had_goes_back_to_its_donor_wiped(world: World, people: People) -> None:
    mai, (device_id, _) = person(people["mai"]), ledger_fixtures.lent(world, people, terms="loan")
    ledger.move(mai, device_id, "lent", "stored")
    with pytest.raises(Conflict):
        ledger.move(mai, device_id, "stored", "sent_back")
    ledger.move(mai, device_id, "stored", "ready", wipe=wipe(ledger_fixtures.wiped(device_id, mai.id)))
    ledger.move(mai, device_id, "ready", "sent_back")
    never_lent = ledger_fixtures.stored(world, people, terms="loan")
    ledger.move(mai, never_lent, "stored", "sent_back")


@command
def _receives(device_id: int, mai_id: int) -> None:
    db.session.get_one(Device, device_id).model = "Latitude 5300"
    ledger.move(person(mai_id), device_id, "expected", "stored")


def test_what_a_command_changed_on_a_device_before_it_moves_stays(world: World, people: People) -> None:
    device_id = ledger_fixtures.offered(world["phuong"], person(people["bay"]), people["bay"])
    ledger.move(person(people["mai"]), device_id, "offered", "expected")
    _receives(device_id, people["mai"])
    assert ledger_fixtures.device(device_id).model == "Latitude 5300"


# ---- the books tell -------------------------------------------------------------------------------------------

CORRUPTIONS = {
    "the state": ("UPDATE device SET state = 'scrapped', need_id = NULL, wipe_id = NULL WHERE id = :id", "ends at"),
    "the count": ("UPDATE device SET moves = 9 WHERE id = :id", "ends at"),
    "the need": ("UPDATE device SET need_id = :other WHERE id = :id", "ends at"),
    "a line that is gone": ("DELETE FROM device_move WHERE device_id = :id AND n = 3", "move 4"),
    "the last line": ("DELETE FROM device_move WHERE device_id = :id AND n = 6", "ends at"),
    "the first line": ("DELETE FROM device_move WHERE device_id = :id AND n = 1", "move 2"),
    "all lines": ("DELETE FROM device_move WHERE device_id = :id", "no history"),
    "where a line begins": ("UPDATE device_move SET from_state = 'lost' WHERE device_id = :id AND n = 4", "move 4"),
    "where a line ends": ("UPDATE device_move SET to_state = 'repair' WHERE device_id = :id AND n = 3", "move 4"),
    "whom a line serves": ("UPDATE device_move SET need_id = :other WHERE device_id = :id AND n = 6", "move 6"),
    "an older wipe": ("UPDATE device_wipe SET after_move = 2 WHERE device_id = :id", "without a wipe"),
    "the wipe of another": ("UPDATE device_wipe SET device_id = :spare WHERE device_id = :id", "without a wipe"),
}


@pytest.mark.parametrize("what", CORRUPTIONS)
def test_a_row_that_was_changed_past_the_books_is_told(world: World, people: People, what: str) -> None:
    device_id, _ = ledger_fixtures.lent(world, people)
    other = ledger_fixtures.needed(world["phuong"], people["bay"], people["bay"])
    spare = ledger_fixtures.stored(world, people)
    assert ledger.faults() == []
    db.session.rollback()  # what is read next is read anew
    statement, told = CORRUPTIONS[what]
    told_of = {"id": device_id, "other": other, "spare": spare}
    with db.engine.begin() as connection:
        values = {name: value for name, value in told_of.items() if f":{name}" in statement}
        connection.execute(sa.text(statement), values)
    found = ledger.faults()
    assert {one.device_id for one in found} == {device_id} and any(told in one.what for one in found), found


def test_the_database_itself_refuses_what_no_move_may_do(world: World, people: People) -> None:
    device_id, need_id = ledger_fixtures.lent(world, people)
    for wrong in (
        sa.update(DeviceMove).where(DeviceMove.device_id == device_id, DeviceMove.n == 5).values(second_id=None),
        sa.update(DeviceMove)
        .where(DeviceMove.device_id == device_id, DeviceMove.n == 5)
        .values(second_id=DeviceMove.by_id),
        sa.update(DeviceMove).where(DeviceMove.device_id == device_id, DeviceMove.n == 5).values(n=4),
        sa.update(DeviceMove).where(DeviceMove.device_id == device_id, DeviceMove.n == 6).values(need_id=None),
        sa.update(Device).where(Device.id == device_id).values(state="stored"),
        sa.update(Device).where(Device.id == device_id).values(wipe_id=None),
        sa.update(Device)
        .where(Device.id == ledger_fixtures.ready(world, people))
        .values(state="lent", need_id=need_id),
        sa.update(Device).where(Device.id == device_id).values(state="here and there"),
    ):
        with pytest.raises(sa.exc.IntegrityError), db.engine.begin() as connection:
            connection.execute(wrong)
