"""Help at once: who is asked, in which order and when, and what becomes of it."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import World, person
from tests.pairing.test_commands import many_helpers, nobody_on_duty
from tutoring.accounts.models import LiveSocket, SignIn
from tutoring.accounts.sign_ins import lifecycle, open_sockets
from tutoring.kernel import clock, jobs, rate_limits
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, InvalidInput, NotFound
from tutoring.lessons.skills.queries import topics
from tutoring.notifications.models import Notice
from tutoring.pairing.lifecycle.avoidance import avoid
from tutoring.pairing.models import HelperState, HelpRequest, Offer
from tutoring.pairing.offers import commands as offers_commands
from tutoring.pairing.presence import presences
from tutoring.pairing.requests import commands as requests_commands
from tutoring.pairing.requests import queries
from tutoring.policy.pairing.offers import ALARM_AGAIN, ANSWERS_WITHIN, MOST_UNANSWERED, is_away, looks_after, widened
from tutoring.rooms.comfort.commands import answer_comfort
from tutoring.rooms.sessions import commands as sessions_commands

As = Callable[[str], FlaskClient]
SOON = timedelta(seconds=1)


@command
def opens_a_page(user_id: int, sid: str = "", visible: bool = True) -> str:
    sign_in = lifecycle.begin_sign_in(person(user_id), "test", second_factor=True)
    sid = sid or f"page-{user_id}-{sign_in.id}"
    open_sockets.open_sockets([(sid, sign_in.id, user_id)])
    open_sockets.look_at([open_sockets.Look(sid, user_id, visible)])
    return sid


@command
def closes_pages() -> None:
    db.session.execute(sa.delete(LiveSocket))


def ask(world: World, name: str = "minh") -> int:
    learner = person(world[name])
    return requests_commands.ask_for_help(learner, learner, topics("vi")[0][0], "Em bị kẹt").id


def request(request_id: int) -> HelpRequest:
    db.session.expire_all()
    return queries.request(request_id)


def offers(request_id: int) -> list[Offer]:
    db.session.expire_all()
    return list(db.session.scalars(sa.select(Offer).where(Offer.request_id == request_id).order_by(Offer.id)))


def at(moment: datetime) -> None:
    """What is due at a moment is done, by one worker."""
    with clock.travel(moment):
        while jobs.run_due():
            pass


def told(user_id: int, key: str) -> Notice | None:
    db.session.expire_all()
    return db.session.scalar(sa.select(Notice).where(Notice.user_id == user_id, Notice.key == key))


def test_the_first_wave_asks_who_is_there_and_says_why(inside: World) -> None:
    opens_a_page(inside["khoa"])
    asked, start = ask(inside), clock.now()
    at(start + SOON)
    (offer,) = offers(asked)
    assert (offer.helper_id, offer.state, offer.wave, offer.ring) == (inside["khoa"], "open", 1, 0)
    assert 0 < offer.score <= 10_000 and sum(points for _, _, points in offer.reasons) == offer.score
    assert offer.reserved_until - offer.offered_at == ANSWERS_WITHIN
    waiting = told(inside["khoa"], f"offer:{offer.id}")
    assert waiting is not None and waiting.read_at is None
    offers_commands.claim(person(inside["khoa"]), asked)
    assert [one.state for one in offers(asked)] == ["accepted"]
    settled = told(inside["khoa"], f"offer:{offer.id}")
    assert settled is not None and settled.read_at is not None


@pytest.mark.parametrize("felt", ["fine", "uneasy"])
def test_who_helped_before_is_preferred_unless_the_child_was_not_at_ease(inside: World, felt: str) -> None:
    def next_offer() -> Offer:
        rate_limits.clear()
        asked = ask(inside)
        at(clock.now() + SOON)
        return offers(asked)[0]

    opens_a_page(inside["khoa"])
    offers_commands.claim(person(inside["khoa"]), next_offer().request_id)
    first = db.session.scalars(sa.select(HelpRequest)).one()
    room = requests_commands.answer(person(inside["minh"]), first.id, "accept").room_id or 0
    answer_comfort(person(inside["minh"]), room, felt)
    sessions_commands.end_as_child(person(inside["minh"]), room, thanks=True)
    assert request(first.id).outcome == "yes"
    points = {feature: got for feature, _, got in next_offer().reasons}
    assert (points.get("cont", 0) > 0) is (felt == "fine")


def test_nobody_is_asked_who_is_not_there_is_busy_away_muted_or_avoided(inside: World) -> None:
    topic = topics("vi")[0][0]
    khoa = person(inside["khoa"])
    start = clock.now()

    def asked_of_khoa() -> bool:
        rate_limits.clear()
        asked = ask(inside)
        at(clock.now() + SOON)
        found = inside["khoa"] in [one.helper_id for one in offers(asked)]
        requests_commands.cancel(person(inside["minh"]), asked)
        return found

    assert not asked_of_khoa()
    opens_a_page(inside["khoa"])
    assert asked_of_khoa()
    offers_commands.go_away(khoa)
    assert not asked_of_khoa()
    offers_commands.come_back(khoa)
    offers_commands.mute_topic(khoa, topic)
    assert not asked_of_khoa()
    offers_commands.mute_topic(khoa, topic, False)
    other = ask(inside, "lan")
    offers_commands.claim(khoa, other)
    assert not asked_of_khoa()
    offers_commands.give_back(khoa, other)
    avoid(person(inside["minh"]), inside["khoa"])
    assert not asked_of_khoa()
    assert clock.now() - start < timedelta(minutes=5)


def test_offers_are_turned_off_for_a_skill_that_there_is(inside: World) -> None:
    with pytest.raises(InvalidInput):
        offers_commands.mute_topic(person(inside["khoa"]), "khong-co")


def test_no_wave_for_a_child_while_no_room_could_open(inside: World) -> None:
    opens_a_page(inside["khoa"])
    nobody_on_duty()
    asked = ask(inside)
    at(clock.now() + SOON)
    assert offers(asked) == [] and request(asked).alarmed_at is not None


def test_a_wave_is_as_many_as_make_a_yes_likely_and_no_more(inside: World) -> None:
    for helper_id in many_helpers(inside, 7):
        opens_a_page(helper_id)
    asked = ask(inside)
    at(clock.now() + SOON)
    assert len(offers(asked)) == 3  # 1 - 0.57 ** 2 < 0.70 <= 1 - 0.57 ** 3


def test_an_offered_helper_is_reserved_until_the_time_is_over(inside: World) -> None:
    opens_a_page(inside["khoa"])
    first, start = ask(inside), clock.now()
    at(start + SOON)
    opens_a_page(inside["quang"])
    second = ask(inside, "an")
    at(start + 2 * SOON)
    assert inside["khoa"] not in [one.helper_id for one in offers(second)]
    assert [one.helper_id for one in offers(first)] == [inside["khoa"]]


def test_whoever_leaves_two_in_a_row_unanswered_is_away_and_comes_back_in_one_tap(inside: World) -> None:
    khoa = inside["khoa"]
    opens_a_page(khoa)
    for n in range(MOST_UNANSWERED):
        rate_limits.clear()
        asked, start = ask(inside), clock.now()
        at(start + SOON)
        assert [one.state for one in offers(asked)] == ["open"], n
        at(start + ANSWERS_WITHIN + 2 * SOON)
        assert offers(asked)[0].state == "expired"
        requests_commands.cancel(person(inside["minh"]), asked)
    assert presences([khoa]) == {khoa: "away"} and told(khoa, "away") is not None
    offers_commands.come_back(person(khoa))
    state = db.session.get_one(HelperState, khoa)
    assert state.away_since is None and state.unanswered == 0
    assert presences([khoa]) == {khoa: "active"}


def test_an_answer_between_two_misses_begins_the_count_anew(inside: World) -> None:
    opens_a_page(inside["khoa"])
    for n in range(3):
        rate_limits.clear()
        asked, start = ask(inside), clock.now()
        at(start + SOON)
        if n == 1:
            offers_commands.decline_offer(person(inside["khoa"]), offers(asked)[0].id)
        at(start + ANSWERS_WITHIN + 2 * SOON)
        requests_commands.cancel(person(inside["minh"]), asked)
    assert db.session.get_one(HelperState, inside["khoa"]).unanswered == 1


def test_when_all_have_declined_the_next_wave_does_not_wait(inside: World) -> None:
    first, second = many_helpers(inside, 2)
    opens_a_page(first)
    asked, start = ask(inside), clock.now()
    at(start + SOON)
    opens_a_page(second)
    offers_commands.decline_offer(person(first), offers(asked)[0].id)
    at(clock.now() + SOON)
    assert [(one.helper_id, one.state) for one in offers(asked)] == [(first, "declined"), (second, "open")]
    with pytest.raises(NotFound):
        offers_commands.decline_offer(person(first), offers(asked)[1].id)


def test_from_wave_to_wider_rings_to_the_alarm_that_stands_until_somebody_looks(inside: World) -> None:
    asked, start = ask(inside), clock.now()
    opens_a_page(inside["khoa"])
    at(start + SOON)
    at(start + ANSWERS_WITHIN + 3 * SOON)  # khoa does not answer; who is on duty is asked without an open page
    made = offers(asked)
    assert [one.helper_id for one in made] == [inside["khoa"], *[one.helper_id for one in made[1:]]]
    assert all(one.ring == 3 for one in made[1:])
    moment = start + 3 * ANSWERS_WITHIN
    while request(asked).alarmed_at is None and moment < start + timedelta(minutes=10):
        at(moment)
        moment += ANSWERS_WITHIN
    key = f"nobody:{asked}"
    alarm = told(inside["quang"], key)
    assert alarm is not None and alarm.read_at is None and told(inside["mai"], key) is None

    @command
    def read_it() -> None:
        db.session.execute(sa.update(Notice).where(Notice.key == key).values(read_at=clock.now()))

    read_it()  # reading is not looking after it
    at(moment + ALARM_AGAIN)
    again = told(inside["quang"], key)
    assert again is not None and again.read_at is None
    for name in ("hang", "mai", "minh", "khoa"):
        with pytest.raises(NotFound):
            offers_commands.see_alarm(person(inside[name]), asked)
    seen_by(inside["quang"], asked)
    at(moment + 3 * ALARM_AGAIN)
    quiet = told(inside["quang"], key)
    assert quiet is not None and quiet.read_at is not None
    assert request(asked).state == "waiting"  # nobody was found, and it is not lost


def test_no_alarm_is_seen_before_there_is_one(inside: World) -> None:
    asked = ask(inside)
    with pytest.raises(Conflict):
        seen_by(inside["quang"], asked)
    assert request(asked).alarm_seen_at is None


@command
def seen_by(user_id: int, asked: int) -> None:
    user = person(user_id)
    user.sign_in = lifecycle.begin_sign_in(user, "test", second_factor=True)
    offers_commands.see_alarm(user, asked)


def test_a_worker_that_dies_between_planning_and_doing_sends_nothing_twice(inside: World) -> None:
    opens_a_page(inside["khoa"])
    asked, start = ask(inside), clock.now()
    with clock.travel(start + SOON):
        taken = jobs._claim(20)  # a worker takes the wave, and dies
        assert taken and jobs.run_due() == 0 and offers(asked) == []
    with clock.travel(start + jobs.LEASE + 2 * SOON):
        assert jobs.run_due() >= 1  # its lease has run out: another does it
        for work_id, lease in taken:
            jobs._perform(work_id, lease)  # and the first was only slow
        while jobs.run_due():
            pass
    assert [one.helper_id for one in offers(asked)] == [inside["khoa"]]
    made = sa.select(sa.func.count()).select_from(Notice).where(Notice.key.startswith("offer:"))
    assert db.session.scalar(made) == 1


def test_two_workers_at_once_send_each_wave_once(app: Flask, world: World) -> None:
    with app.app_context():
        for helper_id in many_helpers(world, 4):
            opens_a_page(helper_id)
        asked = [ask(world), ask(world, "an"), ask(world, "lan")]

    def work(_n: int) -> None:
        with app.app_context():
            while jobs.run_due():
                pass

    with clock.travel(clock.now() + SOON), ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(4)))
    with clock.travel(clock.now() + timedelta(seconds=10)), app.app_context():
        while jobs.run_due():
            pass
        made = [(one.request_id, one.helper_id) for request_id in asked for one in offers(request_id)]
        assert len(made) == len(set(made)) == len({helper for _, helper in made})
        assert {request_id for request_id, _ in made} <= set(asked)
        assert all(request(one).state == "waiting" for one in asked)


def test_a_pause_withdraws_the_offers_and_resuming_asks_others(inside: World) -> None:
    first, second = many_helpers(inside, 2)
    opens_a_page(first)
    asked, start = ask(inside), clock.now()
    at(start + SOON)
    requests_commands.pause(person(inside["minh"]), asked)
    assert [one.state for one in offers(asked)] == ["withdrawn"]
    opens_a_page(second)
    at(start + timedelta(minutes=10))
    assert len(offers(asked)) == 1  # nobody is asked meanwhile
    requests_commands.resume(person(inside["minh"]), asked)
    at(clock.now() + SOON)
    assert [one.helper_id for one in offers(asked)] == [first, second]
    assert db.session.get(HelperState, first) is None  # a withdrawn offer counts against nobody


def test_presence_is_the_best_of_all_devices(inside: World) -> None:
    khoa = inside["khoa"]
    assert presences([khoa]) == {khoa: "away"}
    phone = opens_a_page(khoa, "phone", visible=False)
    assert presences([khoa]) == {khoa: "passive"}
    opens_a_page(khoa, "laptop")
    assert presences([khoa]) == {khoa: "active"}

    @command
    def gone() -> None:
        open_sockets.close_sockets(["laptop"])
        open_sockets.look_at(
            [open_sockets.Look(phone, inside["minh"], True)]
        )  # of somebody else's page nobody tells anything

    gone()
    assert presences([khoa]) == {khoa: "passive"}
    asked = ask(inside, "lan")
    offers_commands.claim(person(khoa), asked)
    assert presences([khoa]) == {khoa: "busy"}


def test_who_looks_at_a_page_is_asked_before_who_does_not(inside: World) -> None:
    hidden, looking = many_helpers(inside, 2)
    opens_a_page(hidden, visible=False)
    opens_a_page(looking)
    asked = ask(inside)
    at(clock.now() + SOON)
    assert [one.helper_id for one in offers(asked)] == [looking, hidden]


def test_numbers_of_the_waves() -> None:
    assert not is_away(MOST_UNANSWERED - 1) and is_away(MOST_UNANSWERED)
    assert [widened(ring) for ring in range(4)] == [1, 2, 2, 2]
    assert looks_after(0, True) < looks_after(3600, True) == looks_after(0, False)


def test_the_offer_on_the_page_without_javascript(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        opens_a_page(world["khoa"])
        asked = ask(world)
        at(clock.now() + SOON)
        offer = offers(asked)[0].id
    khoa = as_("khoa")
    page = " ".join(khoa.get("/helping").text.split())
    assert "Em giúp ngay được không?" in page and "giây nữa." in page and "biết việc này" in page
    assert page.count(f"/requests/{asked}/claim") == 1  # not on the board beneath as well
    khoa.post(f"/helping/offers/{offer}/decline")
    page = khoa.get("/helping").text
    assert "Em giúp ngay được không?" not in page and f"/requests/{asked}/claim" in page
    assert as_("minh").post(f"/helping/offers/{offer}/decline").status_code == 404
    khoa.post("/helping/presence", data={"word": "away"})
    assert "Em rảnh rồi" in khoa.get("/helping").text
    khoa.post("/helping/presence", data={"word": "back"})
    assert "Em bận, tạm đừng hỏi em" in khoa.get("/helping").text


def test_the_coordinator_sees_who_was_asked_and_why(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        opens_a_page(world["khoa"])
        asked = ask(world)
        at(clock.now() + SOON)
        offers_commands.decline_offer(person(world["khoa"]), offers(asked)[0].id)
    page = as_("quang").get(f"/units/{world['truong']}/waiting").text
    assert "Em Khoa" in page and "lúc này thì không" in page and "biết việc này" in page
    for name in ("hang", "khoa", "minh"):
        assert as_(name).get(f"/units/{world['truong']}/waiting").status_code in (403, 404)


def test_sign_ins_end_with_their_pages(inside: World) -> None:
    opens_a_page(inside["khoa"])
    assert db.session.scalar(sa.select(sa.func.count()).select_from(SignIn)) != 0
    closes_pages()
    assert presences([inside["khoa"]]) == {inside["khoa"]: "away"}
