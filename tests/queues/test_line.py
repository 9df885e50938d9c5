"""The line of a ward's desk: drawing, calling, missing, passing on, leaving for a lesson, the end of a day."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.factories import World, change, person
from tests.parametrize import some
from tests.queues.desk import (
    draw,
    first_desk,
    make_officer,
    make_queue,
    open_first_desk,
    wish,
)
from tutoring.accounts.erasure import erase_account
from tutoring.accounts.models import User
from tutoring.kernel import clock
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, InvalidInput, NotFound
from tutoring.policy import queues as policy
from tutoring.queues import commands, jobs, queries, setup
from tutoring.queues.commands import WRONG_CODE, Wish
from tutoring.queues.models import QueueDay, QueueDesk, QueueTicket
from tutoring.web.socket_io import realtime

Who = Callable[[str], User]


def number_of(ticket: QueueTicket | None) -> int | None:
    return ticket.number if ticket else None


def test_numbers_follow_one_another_without_a_gap(inside: World) -> None:
    make_queue(inside)
    assert [one.number for one in draw(inside, 3)] == [1, 2, 3]
    assert len({one.token for one in queries.tickets_in(inside["phuong"], "waiting")}) == 3


def test_the_next_day_begins_at_one(inside: World) -> None:
    make_queue(inside)
    for one in draw(inside, 2):
        change(QueueTicket, one.id, day=clock.today() - timedelta(days=1))
    assert draw(inside)[0].number == 1


def test_clerks_call_in_the_order_of_numbers(inside: World, who: Who) -> None:
    make_queue(inside)
    one, two = draw(inside, 2)
    desk = open_first_desk(inside)
    assert number_of(commands.call_next(who("mai"), desk.id)) == 1
    assert number_of(commands.call_next(who("mai"), desk.id, one.id)) == 2
    assert queries.ticket_of_today(one.id).state == "done"
    assert commands.call_next(who("mai"), desk.id, two.id) is None


def test_a_page_sent_twice_calls_one(inside: World, who: Who) -> None:
    make_queue(inside)
    draw(inside, 2)
    desk = open_first_desk(inside)
    commands.call_next(who("mai"), desk.id)
    with pytest.raises(Conflict):
        commands.call_next(who("mai"), desk.id)
    assert [one.state for one in queries.tickets_in(inside["phuong"], *policy.STATES)] == ["called", "waiting"]


@command
def _desks(world: World, count: int) -> list[tuple[int, int]]:
    desks = [QueueDesk(unit_id=world["phuong"], label=f"Quầy {n}") for n in range(2, count + 1)]
    people = [User(username=f"clerk{n}", full_name="Người Trực", called_name="Trực", kind="adult", password_hash="x")
              for n in range(count)]  # fmt: skip
    db.session.add_all([*desks, *people])
    db.session.flush()
    every = [first_desk(world), *desks]
    for desk, clerk in zip(every, people, strict=True):
        desk.clerk_id, desk.opened_at = clerk.id, clock.now()
    return [(clerk.id, desk.id) for clerk, desk in zip(people, every, strict=True)]


@pytest.mark.parametrize("clerks", [16, pytest.param(40, marks=pytest.mark.full)])
def test_many_calls_at_once_give_as_many_different_people(
    app: Flask, inside: World, monkeypatch: pytest.MonkeyPatch, clerks: int
) -> None:
    make_queue(inside)
    draw(inside, clerks + 2)
    pairs = _desks(inside, clerks)
    monkeypatch.setattr(commands, "clerk_unit", lambda *_: None)  # so many people with a second factor are not needed
    together = threading.Barrier(8)

    def call(pair: tuple[int, int]) -> int | None:
        with app.app_context():
            together.wait(60)
            return number_of(commands.call_next(person(pair[0]), pair[1]))

    db.session.remove()
    with ThreadPoolExecutor(8) as pool:  # eight of them are in a command at any moment
        called = list(pool.map(call, pairs))
    assert sorted(str(one) for one in called) == sorted(str(n) for n in range(1, clerks + 1))
    at_desks = db.session.scalars(sa.select(QueueTicket.desk_id).where(QueueTicket.state == "called")).all()
    assert len(set(at_desks)) == clerks


def test_of_many_who_draw_at_once_each_has_a_number_of_their_own(app: Flask, inside: World) -> None:
    make_queue(inside)
    chosen = wish(inside)
    db.session.remove()

    def one(_n: int) -> int:
        with app.app_context():
            return commands.draw_ticket(inside["phuong"], chosen, "door").number

    with ThreadPoolExecutor(6) as pool:
        assert sorted(pool.map(one, range(18))) == list(range(1, 19))


def test_who_was_not_there_comes_back_once_behind_three(inside: World, who: Who) -> None:
    make_queue(inside)
    first = draw(inside, 6)[0]
    desk = open_first_desk(inside)
    commands.call_next(who("mai"), desk.id)
    commands.act_on_ticket(who("mai"), first.id, "missed")
    assert [one.number for one in queries.tickets_in(inside["phuong"], "waiting")] == [2, 3, 4, 1, 5, 6]
    current = 0
    for number in (2, 3, 4, 1):
        called = commands.call_next(who("mai"), desk.id, current)
        assert called is not None and called.number == number
        current = called.id
    assert commands.act_on_ticket(who("mai"), first.id, "missed").state == "missed"
    assert queries.ticket_at(desk.id) is None


def test_two_who_were_missed_keep_their_order(inside: World, who: Who) -> None:
    make_queue(inside)
    one, two = draw(inside, 5)[:2]
    desk = open_first_desk(inside)
    for missed in (one, two):
        commands.call_next(who("mai"), desk.id)
        commands.act_on_ticket(who("mai"), missed.id, "missed")
    assert [one.number for one in queries.tickets_in(inside["phuong"], "waiting")] == [3, 4, 1, 2, 5]


def test_a_holder_is_passed_on_and_first_there(inside: World, who: Who) -> None:
    make_queue(inside)
    make_officer(inside, "bay")
    second = setup.add_desk(who("mai"), inside["phuong"], "Quầy 2")
    one = draw(inside, 3)[0]
    desk = open_first_desk(inside)
    commands.call_next(who("mai"), desk.id)
    with pytest.raises(InvalidInput):  # it is not open
        commands.act_on_ticket(who("mai"), one.id, "pass", second.id)
    commands.open_desk(who("bay"), second.id)
    with pytest.raises(InvalidInput):  # the own one
        commands.act_on_ticket(who("mai"), one.id, "pass", desk.id)
    commands.act_on_ticket(who("mai"), one.id, "pass", second.id)
    assert number_of(commands.call_next(who("mai"), desk.id)) == 2  # who waits for another desk is not called here
    assert number_of(commands.call_next(who("bay"), second.id)) == 1


def test_a_closed_desk_gives_back_its_holder_and_who_waits_for_it(inside: World, who: Who) -> None:
    make_queue(inside)
    make_officer(inside, "bay")
    second = setup.add_desk(who("mai"), inside["phuong"], "Quầy 2")
    one = draw(inside, 2)[0]
    desk = open_first_desk(inside)
    commands.open_desk(who("bay"), second.id)
    commands.call_next(who("mai"), desk.id)
    commands.act_on_ticket(who("mai"), one.id, "pass", second.id)
    commands.call_next(who("mai"), desk.id)
    commands.close_desk(who("mai"), second.id)  # the colleague has left
    commands.close_desk(who("mai"), desk.id)
    waiting = queries.tickets_in(inside["phuong"], "waiting")
    assert [(one.number, one.wanted_desk_id) for one in waiting] == [(1, None), (2, None)]


@pytest.mark.parametrize("kind", policy.ASIDE)
def test_who_leaves_the_line_for_a_lesson_or_a_helper_keeps_the_place(inside: World, who: Who, kind: str) -> None:
    make_queue(inside)
    one = draw(inside, 4)[0]
    desk = open_first_desk(inside)
    commands.act_on_ticket(who("mai"), one.id, kind)
    second = commands.call_next(who("mai"), desk.id)
    assert second is not None and second.number == 2
    commands.return_to_queue(one.token)
    commands.return_to_queue(one.token)
    assert number_of(commands.call_next(who("mai"), desk.id, second.id)) == 1


def test_a_limited_desk_calls_its_services_alone(inside: World, who: Who) -> None:
    make_queue(inside)
    services = queries.services_of(inside["phuong"])
    draw(inside, 1, at=0), draw(inside, 1, at=1)
    desk = open_first_desk(inside)
    setup.add_desk(who("mai"), inside["phuong"], "Quầy 2")
    setup.limit_desk(who("mai"), desk.id, [services[1].id])
    assert number_of(commands.call_next(who("mai"), desk.id)) == 2
    setup.limit_desk(who("mai"), desk.id, [])
    assert queries.service_ids_by_desk([desk.id]) == {}


def test_the_place_in_line_counts_those_who_wait_for_the_same_desks(inside: World, who: Who) -> None:
    queue = make_queue(inside)
    services = queries.services_of(inside["phuong"])
    draw(inside, 3, at=0)
    last = draw(inside, 1, at=1)[0]
    assert queries.standing_of(last).ahead == 3
    desk = open_first_desk(inside)
    setup.add_desk(who("mai"), inside["phuong"], "Quầy 2")
    setup.limit_desk(who("mai"), desk.id, [services[1].id])
    assert queries.standing_of(last).ahead == 0
    first = queries.tickets_in(inside["phuong"], "waiting")[0]
    assert (queries.standing_of(last).served, queries.standing_of(first).served) == (True, False)
    assert queries.work_page(queries.queue_at("door", queue.door_code), inside["mai"]).unserved == 3


def test_each_service_keeps_a_desk(inside: World, who: Who) -> None:
    make_queue(inside)
    first, services = first_desk(inside), queries.services_of(inside["phuong"])
    with pytest.raises(Conflict):
        setup.limit_desk(who("mai"), first.id, [services[0].id])
    assert queries.service_ids_by_desk([first.id]) == {}
    second = setup.add_desk(who("mai"), inside["phuong"], "Quầy 2")
    setup.limit_desk(who("mai"), first.id, [services[0].id])
    with pytest.raises(Conflict):  # it alone serves the others
        setup.retire_desk(who("mai"), second.id)
    with pytest.raises(Conflict):  # the first desk would serve all
        setup.retire_service(who("mai"), services[0].id)
    assert queries.service_ids_by_desk([first.id]) == {first.id: {services[0].id}}


def test_the_newest_call_of_the_display_changes_with_calls_alone(inside: World, who: Who) -> None:
    queue = make_queue(inside)
    make_officer(inside, "bay")
    second = setup.add_desk(who("mai"), inside["phuong"], "Quầy 2")
    draw(inside, 2)
    desk = open_first_desk(inside)
    commands.open_desk(who("bay"), second.id)
    assert queries.display_of(queue).newest == ""
    commands.call_next(who("mai"), desk.id)
    one = queries.display_of(queue).newest
    last = commands.call_next(who("bay"), second.id)
    two = queries.display_of(queue).newest
    assert last is not None and "" < one < two
    commands.act_on_ticket(who("bay"), last.id, "done")
    assert queries.display_of(queue).newest == two  # the other number comes to the top uncalled


def test_the_clerk_of_a_closed_desk_is_told(inside: World, who: Who, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[list[int]] = []
    monkeypatch.setattr(realtime, "push_each", lambda _event, _what, clerks: told.append(clerks))
    make_queue(inside)
    make_officer(inside, "bay")
    desk = open_first_desk(inside, "bay")
    told.clear()
    commands.close_desk(who("mai"), desk.id)
    assert told[-1] == [inside["bay"]]
    open_first_desk(inside, "bay")
    told.clear()
    setup.switch_off(who("mai"), inside["phuong"])
    assert told == [[inside["bay"]]]


def test_a_wait_is_told_once_the_day_has_calls(inside: World, who: Who) -> None:
    make_queue(inside)
    tickets = draw(inside, 8)
    desk = open_first_desk(inside)
    assert queries.standing_of(tickets[7]).minutes is None
    current = 0
    for n in range(5):
        called = commands.call_next(who("mai"), desk.id, current)
        assert called is not None
        current = called.id
        change(QueueTicket, called.id, first_called_at=clock.now() - timedelta(minutes=10 * (4 - n)))
    assert queries.standing_of(queries.ticket_of_today(tickets[7].id)).minutes == (20, 40)  # two before, three pauses
    commands.close_desk(who("mai"), desk.id)
    assert queries.standing_of(queries.ticket_of_today(tickets[7].id)).minutes is None


# ---- refusals ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    some("lan", "quang", rest=["minh", "khoa", "hang", "bay", "muoi", "admin1"]),
)
def test_nobody_else_calls_or_sets_up(inside: World, who: Who, name: str) -> None:
    make_queue(inside)
    one, desk, service = draw(inside)[0], first_desk(inside), queries.services_of(inside["phuong"])[0]
    ward = inside["phuong"]
    for act in (
        lambda: commands.issue_ticket(who(name), ward, Wish(service.id)),
        lambda: commands.open_desk(who(name), desk.id),
        lambda: commands.close_desk(who(name), desk.id),
        lambda: commands.call_next(who(name), desk.id),
        *(lambda done=done: commands.act_on_ticket(who(name), one.id, done) for done in policy.ACTS),
        lambda: setup.switch_on(who(name), ward),
        lambda: setup.switch_off(who(name), ward),
        lambda: setup.drop_waiting(who(name), ward),
        lambda: setup.set_hours(who(name), ward, setup.Hours(0, 60, frozenset({0}))),
        lambda: setup.renew_codes(who(name), ward),
        lambda: setup.add_service(who(name), ward, "Việc mới", "scroll"),
        lambda: setup.retire_service(who(name), service.id),
        lambda: setup.add_desk(who(name), ward, "Quầy 9"),
        lambda: setup.limit_desk(who(name), desk.id, []),
        lambda: setup.retire_desk(who(name), desk.id),
    ):
        with pytest.raises(NotFound):
            act()
    assert [row.state for row in queries.tickets_in(ward, *policy.STATES)] == ["waiting"]


def test_only_a_ward_has_a_queue(inside: World, who: Who) -> None:
    make_officer(inside, "bay")
    for unit in ("kp3", "truong", "lop4a"):
        with pytest.raises(NotFound):
            setup.switch_on(who("bay"), inside[unit])


def test_a_holder_at_a_desk_is_that_clerks_alone(inside: World, who: Who) -> None:
    make_queue(inside)
    make_officer(inside, "bay")
    one = draw(inside)[0]
    desk = open_first_desk(inside)
    commands.call_next(who("mai"), desk.id)
    for act in ("again", "missed", "done", "lesson"):
        with pytest.raises(Conflict):
            commands.act_on_ticket(who("bay"), one.id, act)
    with pytest.raises(Conflict):
        commands.call_next(who("bay"), desk.id, one.id)
    with pytest.raises(Conflict):
        commands.open_desk(who("bay"), desk.id)


ENDED = [("done", "missed"), ("done", "back"), ("drop", "lesson"), ("drop", "back")]


@pytest.mark.parametrize(("end", "act"), ENDED)
def test_what_has_ended_is_not_moved(inside: World, who: Who, end: str, act: str) -> None:
    make_queue(inside)
    one = draw(inside)[0]
    desk = open_first_desk(inside)
    if end == "done":
        commands.call_next(who("mai"), desk.id)
    commands.act_on_ticket(who("mai"), one.id, end)
    with pytest.raises(Conflict):
        commands.act_on_ticket(who("mai"), one.id, act)
    with pytest.raises(InvalidInput):
        commands.act_on_ticket(who("mai"), one.id, "erase")


def test_a_ticket_of_yesterday_is_nowhere(inside: World, who: Who) -> None:
    make_queue(inside)
    one = draw(inside)[0]
    desk = open_first_desk(inside)
    commands.call_next(who("mai"), desk.id)
    change(QueueTicket, one.id, day=clock.today() - timedelta(days=1))
    for act in (
        lambda: queries.ticket_under(one.token),
        lambda: commands.leave_queue(one.token),
        lambda: commands.act_on_ticket(who("mai"), one.id, "done"),
    ):
        with pytest.raises(NotFound):
            act()
    two = draw(inside)[0]  # no worker ran in the night: the desk goes on all the same
    assert number_of(commands.call_next(who("mai"), desk.id)) == two.number


def test_a_number_is_given_back_unless_it_is_called(inside: World, who: Who) -> None:
    make_queue(inside)
    one, two = draw(inside, 2)
    desk = open_first_desk(inside)
    commands.call_next(who("mai"), desk.id)
    with pytest.raises(Conflict):
        commands.leave_queue(one.token)
    assert commands.leave_queue(two.token).state == "left"
    assert commands.leave_queue(two.token).state == "left"
    assert commands.return_to_queue(two.token).state == "left"


def test_outside_the_hours_a_clerk_alone_gives_numbers(inside: World, who: Who) -> None:
    make_queue(inside)
    here = clock.local(clock.now())
    far = (here.hour * 60 + here.minute + 600) % 1380
    setup.set_hours(who("mai"), inside["phuong"], setup.Hours(far, far + 30, frozenset(range(7)), False))
    for source in ("phone", "door"):
        with pytest.raises(Conflict):
            draw(inside, source=source)
    assert commands.issue_ticket(who("mai"), inside["phuong"], wish(inside)).source == "clerk"


def test_a_phone_needs_the_code_of_the_day(inside: World, who: Who) -> None:
    queue = make_queue(inside, asks_code=True)
    code = queries.day_code(queue)
    for wrong in ("", "0000" if code != "0000" else "1111", f"{code}0", "mã"):
        with pytest.raises(InvalidInput) as refusal:
            commands.draw_ticket(inside["phuong"], wish(inside, code=wrong), "phone")
        assert refusal.value.code == WRONG_CODE
    assert commands.draw_ticket(inside["phuong"], wish(inside, code=code), "phone").number == 1
    assert draw(inside)[0].number == 2  # the screen at the door needs none
    tomorrow = clock.now() + timedelta(days=1)
    with clock.travel(tomorrow):
        assert queries.day_code(queue) != code or queries.day_code(setup.renew_codes(who("mai"), inside["phuong"]))


def test_phones_fill_the_line_up_to_a_limit_and_clerks_go_on(
    inside: World, who: Who, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(policy, "MAX_FROM", {"phone": 3, "door": 2})
    make_queue(inside)
    draw(inside, 3, source="phone")
    draw(inside, 2)
    for source in ("phone", "door"):
        with pytest.raises(Conflict):
            draw(inside, source=source)
    assert commands.issue_ticket(who("mai"), inside["phuong"], wish(inside)).number == 6


def test_a_day_has_so_many_numbers_but_from_clerks(inside: World, who: Who, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(policy, "MAX_DRAWN", 2)
    make_queue(inside)
    for drawn in draw(inside, 2):
        commands.leave_queue(drawn.token)
    for source in ("phone", "door"):
        with pytest.raises(Conflict):
            draw(inside, source=source)
    assert [commands.issue_ticket(who("mai"), inside["phuong"], wish(inside)).number for _ in range(2)] == [3, 4]


def test_a_flooded_line_is_emptied_and_who_stands_at_a_desk_stays(inside: World, who: Who) -> None:
    make_queue(inside)
    first, second, _third = draw(inside, 3)
    desk = open_first_desk(inside)
    commands.call_next(who("mai"), desk.id)
    commands.act_on_ticket(who("mai"), second.id, "lesson")
    assert setup.drop_waiting(who("mai"), inside["phuong"]) == 2
    assert [one.id for one in queries.tickets_in(inside["phuong"], *policy.OPEN)] == [first.id]


def test_services_and_minutes_are_those_of_the_form(inside: World, who: Who) -> None:
    make_queue(inside)
    gone = setup.add_service(who("mai"), inside["phuong"], "Việc tạm", "scroll")
    setup.retire_service(who("mai"), gone.id)
    for bad in (Wish(gone.id), Wish(999_999), wish(inside, minutes=7)):
        with pytest.raises(InvalidInput):
            commands.draw_ticket(inside["phuong"], bad, "door")


# ---- setting up -------------------------------------------------------------------------------------------------


def test_what_anyone_reads_is_judged(inside: World, who: Who) -> None:
    make_queue(inside)
    for bad in ("Gọi 0901 234 567", "x", "Việc " * 20):
        with pytest.raises(InvalidInput):
            setup.add_service(who("mai"), inside["phuong"], bad, "scroll")
        with pytest.raises(InvalidInput):
            setup.add_desk(who("mai"), inside["phuong"], bad)
    for told in (("Việc mới", "no-picture", ""), ("Việc mới", "scroll", "no-lesson"), ("Việc khác", "scroll", "")):
        with pytest.raises(InvalidInput):
            setup.add_service(who("mai"), inside["phuong"], *told)


def test_nothing_is_taken_away_that_somebody_waits_for(inside: World, who: Who) -> None:
    make_queue(inside)
    draw(inside)
    desk = open_first_desk(inside)
    for act in (
        lambda: setup.retire_service(who("mai"), queries.services_of(inside["phuong"])[0].id),
        lambda: setup.retire_desk(who("mai"), desk.id),
        lambda: setup.switch_off(who("mai"), inside["phuong"]),
    ):
        with pytest.raises(Conflict):
            act()
    commands.close_desk(who("mai"), desk.id)
    with pytest.raises(Conflict):  # the last one
        setup.retire_desk(who("mai"), desk.id)


def test_a_queue_that_is_off_answers_nowhere_and_comes_back_as_it_was(inside: World, who: Who) -> None:
    queue = make_queue(inside)
    door, ward = queue.door_code, inside["phuong"]
    setup.switch_off(who("mai"), ward)
    for act in (
        lambda: queries.queue_at("door", door),
        lambda: draw(inside),
        lambda: open_first_desk(inside),
        lambda: setup.renew_codes(who("mai"), ward),
    ):
        with pytest.raises(NotFound):
            act()
    setup.switch_on(who("mai"), ward)
    assert queries.queue_at("door", door).unit_id == ward
    assert len(queries.services_of(ward)) == 8 and len(queries.desks_of(ward)) == 1


def test_new_addresses_end_the_old_ones(inside: World, who: Who) -> None:
    queue = make_queue(inside)
    before = {kind: getattr(queue, f"{kind}_code") for kind in ("door", "display", "screen")}
    setup.renew_codes(who("mai"), inside["phuong"])
    for kind, code in before.items():
        with pytest.raises(NotFound):
            queries.queue_at(kind, code)
        with pytest.raises(NotFound):  # nor does one stand for another
            queries.queue_at("door", getattr(queue, "display_code"))  # noqa: B009


def test_hours_are_checked(inside: World, who: Who) -> None:
    make_queue(inside)
    for bad in (
        setup.Hours(600, 600, frozenset({0})),
        setup.Hours(600, 1500, frozenset({0})),
        setup.Hours(600, 700, frozenset()),
        setup.Hours(600, 700, frozenset({9})),
    ):
        with pytest.raises(InvalidInput):
            setup.set_hours(who("mai"), inside["phuong"], bad)


# ---- the end of a day -------------------------------------------------------------------------------------------


@command
def _run(job: Callable[[dict[str, Any]], None]) -> None:
    job({})


def test_the_night_leaves_sums_and_no_ticket(inside: World, who: Who) -> None:
    make_queue(inside)
    tickets = draw(inside, 5)
    desk = open_first_desk(inside)
    current = 0
    for waited in (12, 30):
        called = commands.call_next(who("mai"), desk.id, current)
        assert called is not None and called.first_called_at is not None
        change(QueueTicket, called.id, drawn_at=called.first_called_at - timedelta(minutes=waited))
        current = called.id
    commands.leave_queue(tickets[2].token)
    with clock.travel(clock.now() + timedelta(days=1)):
        draw(inside)
        _run(jobs.end_days)
        _run(jobs.end_days)
        db.session.expire_all()
        [day] = queries.past_days(inside["phuong"])
        assert (day.drawn, day.served, day.left, day.missed) == (5, 2, 1, 2)
        assert (day.wait_median, day.wait_longest) == (21, 30)
        assert db.session.scalar(sa.select(sa.func.count()).select_from(QueueTicket)) == 1
        assert first_desk(inside).clerk_id is None
    assert db.session.scalar(sa.select(sa.func.count()).select_from(QueueDay)) == 1


def test_an_erased_clerk_leaves_the_desk(inside: World, who: Who) -> None:
    make_queue(inside)
    make_officer(inside, "bay")
    draw(inside)
    desk = open_first_desk(inside, "bay")
    commands.call_next(who("bay"), desk.id)
    erase_account(inside["bay"])
    assert first_desk(inside).clerk_id is None
    assert [one.state for one in queries.tickets_in(inside["phuong"], *policy.OPEN)] == ["waiting"]


def test_a_clerk_sits_at_one_desk(inside: World, who: Who) -> None:
    make_queue(inside)
    second = setup.add_desk(who("mai"), inside["phuong"], "Quầy 2")
    open_first_desk(inside)
    commands.open_desk(who("mai"), second.id)
    assert [desk.clerk_id for desk in queries.desks_of(inside["phuong"])] == [None, inside["mai"]]
