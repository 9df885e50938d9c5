"""Another time for a weekly meeting: wished for by one side, agreed by the other, at hours at which both are free."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from tests.factories import World, person
from tests.pairing.scheduling.fixtures import EVENINGS, tells_hours
from tests.pairing.test_bookings import answer, booked, booking, proposed, start, work
from tutoring.community.models import Unit
from tutoring.kernel import clock
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, InvalidInput, NotFound
from tutoring.pairing.scheduling import commands as scheduling_commands
from tutoring.pairing.scheduling.models import Booking
from tutoring.pairing.scheduling.week_grid import of_cells
from tutoring.rooms.models import Room


def rooms() -> int:
    work()
    return db.session.scalar(sa.select(sa.func.count()).select_from(Room)) or 0


def test_another_time_takes_the_others_yes(inside: World) -> None:
    row = booked(inside)
    day, number, before = (row.day + 2) % 7, row.id, start()
    for wrong in ((7, 0), (0, 63), (0, -1), (row.day, row.quarter)):
        with pytest.raises(InvalidInput):
            scheduling_commands.move_booking(person(inside["khoa"]), number, *wrong)
    scheduling_commands.move_booking(person(inside["khoa"]), number, day, 48)
    with pytest.raises(NotFound):
        scheduling_commands.answer_move(person(inside["khoa"]), number, True)
    assert start() == before
    scheduling_commands.answer_move(person(inside["minh"]), number, True)
    assert (booking().day, booking().quarter, booking().to_day) == (day, 48, None)
    after, opened = start(), {}
    for moment in sorted((before, after)):
        with clock.travel(moment + timedelta(seconds=5)):
            opened[moment] = rooms()
    assert opened == ({before: 0, after: 1} if before < after else {after: 1, before: 1})


def test_a_no_keeps_the_old_time(inside: World) -> None:
    row = booked(inside)
    day, quarter, number = row.day, row.quarter, row.id
    scheduling_commands.move_booking(person(inside["minh"]), number, (day + 1) % 7, 46)
    scheduling_commands.answer_move(person(inside["khoa"]), number, False)
    assert (booking().day, booking().quarter, booking().to_day) == (day, quarter, None)
    with pytest.raises(Conflict, match="không còn nữa"):
        scheduling_commands.answer_move(person(inside["khoa"]), number, True)


def test_a_time_outside_the_hours_of_either_is_refused_with_the_reason(inside: World) -> None:
    row = booked(inside)
    day, number = (row.day + 1) % 7, row.id
    wish = lambda name, quarter: scheduling_commands.move_booking(person(inside[name]), number, day, quarter)  # noqa: E731
    with pytest.raises(Conflict, match="giờ rảnh bạn đã ghi"):
        wish("minh", 20)
    with pytest.raises(Conflict, match="giờ rảnh bạn đã ghi"):
        wish("khoa", 54)  # the last quarter of an hour is too late for 45 minutes
    alone = of_cells((one, half) for one in range(7) for half in range(4, 28))
    scheduling_commands.set_hours(person(inside["minh"]), inside["minh"], alone, 1)
    with pytest.raises(Conflict, match="Khoa không rảnh"):
        wish("minh", 20)
    wish("minh", 46)
    scheduling_commands.set_hours(person(inside["khoa"]), inside["khoa"], of_cells([(row.day, 22), (row.day, 23)]), 1)
    with pytest.raises(Conflict, match="giờ rảnh bạn đã ghi"):
        scheduling_commands.answer_move(person(inside["khoa"]), number, True)  # changed since it was asked
    assert booking().to_quarter == 46
    scheduling_commands.answer_move(person(inside["khoa"]), number, False)


def test_a_time_at_which_one_meets_somebody_else_is_refused(inside: World) -> None:
    first = booked(inside).id
    second = proposed(inside, "an")
    taken = db.session.execute(sa.text(f"SELECT day, quarter FROM proposal WHERE id = {second}")).one()
    with pytest.raises(Conflict, match="Khoa không rảnh"):  # while it is only proposed
        scheduling_commands.move_booking(person(inside["minh"]), first, taken.day, taken.quarter + 2)
    for name in ("an", "lan", "khoa"):
        answer(inside, name, second)
    with pytest.raises(Conflict, match="một lịch hẹn khác"):
        scheduling_commands.move_booking(person(inside["khoa"]), first, taken.day, taken.quarter - 2)
    scheduling_commands.move_booking(person(inside["khoa"]), first, taken.day, taken.quarter + 3)


def test_two_meetings_moved_to_the_same_time_do_not_both_move(inside: World) -> None:
    first = booked(inside).id
    second = proposed(inside, "an")
    for name in ("an", "lan", "khoa"):
        answer(inside, name, second)
    numbers = list(db.session.scalars(sa.select(Booking.id).order_by(Booking.id)))
    days = set(db.session.scalars(sa.select(Booking.day)))
    free = next(day for day in range(7) if day not in days)
    for number in numbers:
        scheduling_commands.move_booking(person(inside["khoa"]), number, free, 46)
    scheduling_commands.answer_move(person(inside["minh"]), first, True)
    with pytest.raises(Conflict, match="Khoa không rảnh"):
        scheduling_commands.answer_move(person(inside["an"]), next(one for one in numbers if one != first), True)


def test_a_time_at_which_rooms_with_minors_are_shut_is_refused(inside: World) -> None:
    row = booked(inside)

    @command
    def shuts_early() -> None:
        db.session.execute(sa.update(Unit).values(opens=7 * 60, closes=20 * 60))

    shuts_early()
    tells_hours(inside, "minh", "khoa")
    assert EVENINGS[0] >> 54 & 1
    with pytest.raises(Conflict, match="không mở"):
        scheduling_commands.move_booking(person(inside["minh"]), row.id, (row.day + 1) % 7, 50)
