"""A watcher asks somebody else to help on: whom they may choose, what becomes of the request, who is told what."""

import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from tests.administration.test_settings_used import put
from tests.factories import World, person
from tests.pairing.offers.test_dispatch import ask, at, offers, opens_a_page, request, told
from tests.pairing.test_no_shows import opened, writes
from tests.parametrize import some
from tests.rooms.conftest import open_adults, open_pair
from tutoring.kernel import clock
from tutoring.kernel.audit import AuditRow
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, Forbidden, InvalidInput, NotFound
from tutoring.pairing.fallbacks import commands as fallbacks_commands
from tutoring.pairing.handoff import commands as handoff_commands
from tutoring.pairing.handoff.queries import can_hand_over, helpers_for, helps_on
from tutoring.pairing.lifecycle.avoidance import avoid
from tutoring.pairing.models import Offer, PassedRequest
from tutoring.pairing.offers import commands as offers_commands
from tutoring.pairing.offers.helper_selection import RankedHelper
from tutoring.pairing.requests import commands as requests_commands
from tutoring.pairing.requests import queries
from tutoring.pairing.scheduling import appointments
from tutoring.policy.pairing.offers import NAMED_ANSWERS_WITHIN
from tutoring.rooms import queries as room_queries
from tutoring.rooms.messages import commands as messages_commands
from tutoring.rooms.models import Message, Room, Seat
from tutoring.rooms.moderation import commands as moderation_commands
from tutoring.rooms.presence import commands as presence_commands
from tutoring.rooms.sessions import commands as sessions_commands
from tutoring.rooms.volunteer_minutes.models import HelpSession

As = Callable[[str], FlaskClient]
WHY = "Việc này cần người quen máy này."


def choices(world: World, asked: int, actor: str = "hang") -> list[int]:
    return [one.helper_id for one in helpers_for(request(asked), person(world[actor]))]


def hand_over(world: World, room_id: int, to: str | None = None, by: str = "hang") -> None:
    handoff_commands.hand_over(person(world[by]), room_id, WHY, world[to] if to else None)


def last_line(room_id: int) -> str | None:
    query = sa.select(Message.text).where(Message.room_id == room_id, Message.kind == "system")
    return db.session.scalar(query.order_by(Message.seq.desc()).limit(1))


def test_the_list_holds_who_could_take_this_very_request_and_nobody_else(inside: World) -> None:
    asked, _room = opened(inside)
    assert inside["quang"] in choices(inside, asked)  # on duty, page open or not
    found = choices(inside, asked, "quang")
    assert inside["hang"] in found
    assert not {inside["khoa"], inside["quang"], inside["minh"], inside["an"], inside["bay"]} & set(found)


def test_who_is_avoided_busy_or_had_the_request_is_not_on_the_list(inside: World) -> None:
    asked, _room = opened(inside)
    assert choices(inside, asked) == [inside["quang"]]
    avoid(person(inside["minh"]), inside["quang"])
    assert choices(inside, asked) == []


def test_who_helps_somebody_else_is_not_on_the_list(inside: World) -> None:
    asked, _room = opened(inside)
    other = requests_commands.ask_for_help(
        person(inside["an"]), person(inside["an"]), request(asked).topic, "Em kẹt"
    ).id
    offers_commands.claim(person(inside["quang"]), other)
    assert inside["quang"] not in choices(inside, asked)


@pytest.mark.parametrize(("state", "stays"), [("withdrawn", True), ("declined", False), ("expired", False)])
def test_whose_offer_was_only_withdrawn_may_be_asked_again(inside: World, state: str, stays: bool) -> None:
    asked, _room = opened(inside)
    moment = clock.now()
    made = Offer(request_id=asked, helper_id=inside["quang"], wave=1, ring=0, score=1, state=state,
                 reserved_until=moment, answered_at=moment)  # fmt: skip
    _keep(made)
    assert (inside["quang"] in choices(inside, asked)) is stays


def _keep(row: object) -> None:
    db.session.add(row)
    db.session.commit()


def test_the_chosen_one_is_asked_first_and_helper_and_learner_both_say_yes(inside: World) -> None:
    asked, room_id = opened(inside)
    writes(inside, "khoa", room_id)
    before = request(asked)
    kept = (before.queued_at, before.words)
    hand_over(inside, room_id, "quang")
    found = request(asked)
    assert (found.stage, found.room_id, found.helper_id) == ("waiting", None, None)
    assert (found.queued_at, found.words) == kept and found.in_front and queries.place(found) == 1
    (offer,) = [one for one in offers(asked) if one.state == "open"]
    assert offer.helper_id == inside["quang"] and offer.reasons
    room = db.session.get_one(Room, room_id)
    assert room.closed_at is not None and room.handed_over and room.close_reason == "stopped"
    assert last_line(room_id) == "Cô Hằng đã nhờ thầy Quang giúp tiếp: Việc này cần người quen máy này."
    offers_commands.claim(person(inside["quang"]), asked)
    assert request(asked).state == "offered"
    requests_commands.answer(person(inside["minh"]), asked, "accept")
    again = request(asked)
    assert again.state == "helping" and again.room_id not in (None, room_id)
    assert [step.why for step in queries.history(asked)].count("handed_over") == 1


def test_a_withdrawn_offer_that_is_made_again_is_told_again(inside: World) -> None:
    opens_a_page(inside["khoa"])
    opens_a_page(inside["quang"])
    asked, room_id = opened(inside)
    moment = clock.now()
    if not any(one.helper_id == inside["quang"] for one in offers(asked)):
        _keep(Offer(request_id=asked, helper_id=inside["quang"], wave=1, ring=0, score=1, state="withdrawn",
                    reserved_until=moment, answered_at=moment))  # fmt: skip
    hand_over(inside, room_id, "quang")
    (mine,) = [one for one in offers(asked) if one.helper_id == inside["quang"]]
    assert mine.state == "open" and mine.answered_at is None
    notice = told(inside["quang"], f"offer:{mine.id}")
    assert notice is not None and notice.read_at is None


def test_a_chosen_helper_who_does_not_answer_lets_the_next_wave_go_out(inside: World) -> None:
    asked, room_id = opened(inside)
    hand_over(inside, room_id, "quang")
    start = clock.now()
    at(start + NAMED_ANSWERS_WITHIN - timedelta(seconds=5))
    assert [one.state for one in offers(asked) if one.helper_id == inside["quang"]] == ["open"]
    opens_a_page(inside["khoa"])
    at(start + NAMED_ANSWERS_WITHIN + timedelta(seconds=1))
    assert [one.state for one in offers(asked) if one.helper_id == inside["quang"]] == ["expired"]
    assert inside["khoa"] not in [one.helper_id for one in offers(asked)]  # never who helped before
    assert request(asked).stage == "waiting"


def test_a_no_of_the_chosen_one_goes_on_at_once(inside: World) -> None:
    asked, room_id = opened(inside)
    hand_over(inside, room_id, "quang")
    wave = request(asked).wave
    offers_commands.decline_offer(person(inside["quang"]), offers(asked)[-1].id)
    assert request(asked).wave == wave + 1


def test_without_a_choice_it_goes_before_all_others_and_whoever_is_free_is_asked(inside: World) -> None:
    earlier = ask(inside, "bay")
    asked, room_id = opened(inside)
    hand_over(inside, room_id)
    assert queries.place(request(asked)) == 1 and queries.place(request(earlier)) == 2
    assert not [one for one in offers(asked) if one.state == "open"]
    say = "Cô Hằng đã chuyển yêu cầu về đầu hàng chờ để người khác giúp tiếp: Việc này cần người quen máy này."
    assert last_line(room_id) == say


def test_times_wished_for_are_no_more_since_the_learner_is_here_now(inside: World) -> None:
    asked = ask(inside)
    hour = clock.now().replace(minute=0, second=0, microsecond=0) + timedelta(hours=2)
    fallbacks_commands.wish_times(person(inside["minh"]), asked, [hour, hour + timedelta(days=1)])
    appointments.claim_time(person(inside["khoa"]), asked, request(asked).times[0])
    requests_commands.answer(person(inside["minh"]), asked, "accept")
    at(hour)
    room_id = request(asked).room_id or 0
    with clock.travel(hour + timedelta(minutes=5)):
        hand_over(inside, room_id)
    found = request(asked)
    assert found.stage == "waiting" and found.times == [] and found.times_until is None and found.meet_at is None


def test_nobody_is_blamed_and_the_minutes_stand(inside: World) -> None:
    start = clock.now()
    asked, room_id = opened(inside)
    for name in ("khoa", "minh"):
        presence_commands.visit(person(inside[name]), room_id)
    for minute in range(6):
        with clock.travel(start + timedelta(minutes=minute)):
            for name in ("khoa", "minh"):
                presence_commands.visit(person(inside[name]), room_id)
                if minute in (0, 4):
                    writes(inside, name, room_id)
    with clock.travel(start + timedelta(minutes=6)):
        hand_over(inside, room_id)
    (counted,) = db.session.scalars(sa.select(HelpSession).where(HelpSession.room_id == room_id))
    assert counted.helper_id == inside["khoa"] and counted.minutes >= 4 and counted.struck_at is None
    seat = db.session.scalar(sa.select(Seat).where(Seat.room_id == room_id, Seat.user_id == inside["khoa"]))
    assert seat is not None and seat.removed_at is None  # what was written stays readable
    assert db.session.get(PassedRequest, (asked, inside["khoa"])) is not None and not queries.busy(inside["khoa"])


def test_all_sides_are_told_what_happens_now(inside: World) -> None:
    asked, room_id = opened(inside)
    hand_over(inside, room_id, "quang")
    said = {name: told(inside[name], f"handed:{room_id}") for name in ("minh", "khoa", "lan")}
    assert all(said.values())
    minh, khoa, lan = (said[name] for name in ("minh", "khoa", "lan"))
    assert minh is not None and minh.path == f"/requests/{asked}" and minh.params["helper"] == "thầy Quang"
    assert khoa is not None and khoa.path == f"/rooms/{room_id}" and "vẫn được tính" in khoa.say
    assert lan is not None and lan.path == f"/requests/{asked}" and lan.params["child"] == "Minh"
    row = db.session.scalars(sa.select(AuditRow).where(AuditRow.action == "hand_over")).one()
    assert (row.actor_id, row.target, row.reason) == (inside["hang"], f"room:{room_id}", WHY)


@pytest.mark.parametrize(
    "name",
    some("minh", "bay", rest=["khoa", "lan", "muoi", "mai", "admin1"]),
)
def test_nobody_but_watchers_hands_over(inside: World, name: str) -> None:
    asked, room_id = opened(inside)
    with pytest.raises(Forbidden if name in {"minh", "khoa", "lan"} else NotFound):
        hand_over(inside, room_id, "quang", by=name)
    assert request(asked).state == "helping"


def test_nobody_is_chosen_who_is_not_on_the_list(inside: World) -> None:
    asked, room_id = opened(inside)
    for name in ("khoa", "bay", "hang", "an"):  # who helps, a stranger to the skill, who chooses, a child
        with pytest.raises(Conflict):
            hand_over(inside, room_id, name)
    assert request(asked).state == "helping" and db.session.get_one(Room, room_id).closed_at is None


def test_what_ended_while_the_list_was_read_is_not_handed_over(inside: World, monkeypatch: pytest.MonkeyPatch) -> None:
    asked, room_id = opened(inside)
    waits = ask(inside, "bay")
    for other in (waits, asked):
        monkeypatch.setattr(handoff_commands, "request_to_hand_over", lambda *_who, other=other: request(other))
        with pytest.raises(Conflict):
            hand_over(inside, room_id)
        assert db.session.get_one(Room, room_id).closed_at is None
        requests_commands.end_with_room(room_id, "yes")
    assert request(waits).stage == "waiting" and not request(waits).in_front and request(asked).state == "ended"


def test_who_is_asked_for_somebody_else_in_this_moment_is_not_asked_twice(
    inside: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, room_id = opened(inside)
    other, moment = ask(inside, "bay"), clock.now()
    _keep(Offer(request_id=other, helper_id=inside["quang"], wave=9, ring=0, score=1, state="open",
                reserved_until=moment))  # fmt: skip
    assert inside["quang"] not in choices(inside, asked)
    monkeypatch.setattr(handoff_commands, "helpers_for", lambda *_who: [RankedHelper(inside["quang"], 1, [])])
    with pytest.raises(Conflict):
        hand_over(inside, room_id, "quang")
    db.session.rollback()
    assert request(asked).state == "helping" and db.session.get_one(Room, room_id).closed_at is None


@pytest.mark.parametrize("reason", ["", "x" * 201, "Gọi số 0912 345 678"])
def test_handing_over_needs_a_short_reason(inside: World, reason: str) -> None:
    asked, room_id = opened(inside)
    with pytest.raises(InvalidInput):
        handoff_commands.hand_over(person(inside["hang"]), room_id, reason)
    assert request(asked).state == "helping" and db.session.get_one(Room, room_id).closed_at is None


def test_a_room_without_a_request_and_one_that_is_over_are_not_handed_over(inside: World) -> None:
    plain = open_pair(inside)
    assert not can_hand_over(plain) and not can_hand_over(open_adults(inside))
    with pytest.raises(Conflict):
        hand_over(inside, plain)
    _asked, room_id = opened(inside)
    assert can_hand_over(room_id)
    moderation_commands.enter_as_observer(person(inside["hang"]), room_id)
    sessions_commands.end_session(person(inside["khoa"]), room_id, "yes")
    assert not can_hand_over(room_id)
    with pytest.raises(Conflict):
        hand_over(inside, room_id)


def test_who_helped_hears_no_more_of_the_room_and_still_reads_it(inside: World) -> None:
    _asked, room_id = opened(inside)
    from_khoa = messages_commands.post_message(person(inside["khoa"]), room_id, str(uuid.uuid4()), "Anh đây").seq
    assert room_queries.may_hear(person(inside["khoa"]), room_id)
    hand_over(inside, room_id)
    assert not room_queries.may_hear(person(inside["khoa"]), room_id)
    assert room_queries.may_hear(person(inside["minh"]), room_id)
    room_queries.readable_room(person(inside["khoa"]), room_id)
    assert from_khoa == 1


@pytest.mark.full
def test_a_teachers_pages_show_who_could_help_on_and_why(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        asked, room_id = opened(world)
    hang, path = as_("hang"), f"/rooms/{room_id}/hand-over"
    assert "Vào phòng này?" in hang.get(f"/rooms/{room_id}").text
    page = hang.get(path)
    assert page.status_code == 200 and "Thầy Quang" in page.text and "đang trực" in page.text
    assert "Về đầu hàng chờ" in page.text and "Không ai bị trách" in page.text
    hang.post(f"/rooms/{room_id}/enter")
    assert path in hang.get(f"/rooms/{room_id}").text
    empty = hang.post(path, data={"to": str(world["quang"])})
    assert empty.status_code == 422 and "Hãy ghi lý do ngắn gọn." in empty.text
    nobody = hang.post(path, data={"reason": WHY})
    assert nobody.status_code == 422 and "Hãy chọn một người" in nobody.text
    odd = hang.post(path, data={"to": str(world["bay"]), "reason": WHY})
    assert odd.status_code == 422
    assert hang.post(path, data={"to": str(world["quang"]), "reason": WHY}).status_code == 302
    assert "đã nhờ thầy Quang giúp tiếp" in as_("minh").get(f"/rooms/{room_id}").text
    mine = as_("minh").get(f"/requests/{asked}").text
    assert "Một người khác sẽ giúp tiếp." in mine and "Đang hỏi thầy Quang." in mine
    assert "Xem yêu cầu" in as_("minh").get(f"/rooms/{room_id}/end").text
    khoa = as_("khoa").get(f"/rooms/{room_id}/end").text
    assert "Số phút đã học cùng nhau vẫn được tính." in khoa and "Xem yêu cầu" not in khoa
    assert as_("khoa").get(path).status_code in (403, 404)
    assert hang.get(path).status_code == 409


def test_where_nobody_could_help_on_the_page_says_so(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        asked, room_id = opened(world)
        avoid(person(world["minh"]), world["quang"])
    hang, path = as_("hang"), f"/rooms/{room_id}/hand-over"
    assert "chưa có ai khác" in hang.get(path).text
    hang.post(path, data={"to": "0", "reason": WHY})
    page = as_("minh").get(f"/requests/{asked}").text
    assert "Một người khác sẽ giúp tiếp." in page and "Em ở đầu hàng chờ" in page


def test_an_ordinary_offer_that_waits_as_long_as_one_by_name_is_not_taken_for_one(inside: World) -> None:
    put("wave_seconds", int(NAMED_ANSWERS_WITHIN.total_seconds()))
    opens_a_page(inside["quang"])
    asked, room_id = opened(inside)
    hand_over(inside, room_id)
    at(clock.now() + timedelta(seconds=1))
    (offer,) = [one for one in offers(asked) if one.state == "open"]
    assert offer.reserved_until - offer.offered_at == NAMED_ANSWERS_WITHIN
    assert helps_on(request(asked)) == (True, None)


def test_the_page_of_the_request_names_whom_the_watcher_chose(inside: World) -> None:
    asked, room_id = opened(inside)
    hand_over(inside, room_id, "quang")
    assert helps_on(request(asked)) == (True, person(inside["quang"]))
