"""How somebody comes to help others: the states of vetting, from the first word to the yearly renewal."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.factories import World, person
from tutoring.accounts.consents.commands import give_consent
from tutoring.accounts.models import User
from tutoring.accounts.registration import create_user, record_assent
from tutoring.community import commands as community
from tutoring.community.events import RenewalDue
from tutoring.community.join_codes.commands import use_code
from tutoring.community.memberships.nominations import nominate, renew, set_nomination
from tutoring.community.models import Nomination
from tutoring.kernel import clock, events, jobs, rate_limits
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, Forbidden, InvalidInput, NotFound
from tutoring.lessons.catalogue import queries as catalogue_queries
from tutoring.lessons.quizzes import commands as quizzes_commands
from tutoring.lessons.quizzes import queries as quizzes_queries
from tutoring.lessons.quizzes.models import QuizTry
from tutoring.lessons.skills.queries import topics
from tutoring.notifications.models import Notice
from tutoring.pairing import eligibility
from tutoring.pairing.models import ConductAcceptance, HelpRequest
from tutoring.pairing.offers import commands as offers_commands
from tutoring.pairing.requests import commands as requests_commands
from tutoring.pairing.requests import queries
from tutoring.pairing.vetting import commands as vetting_commands
from tutoring.pairing.vetting import conduct_texts
from tutoring.pairing.vetting.queries import TRAINING, trusted, vetting_status_of, vetting_statuses_of
from tutoring.policy.accounts import HELP_PURPOSES
from tutoring.policy.pairing.requests import PersonFacts, may_help
from tutoring.policy.pairing.vetting import VettingFacts, VettingStatus
from tutoring.policy.pairing.vetting import vetting_status as stands
from tutoring.rooms.models import Attendance, Message, Room, Seat
from tutoring.rooms.sessions import commands as sessions_commands

NOW = datetime(2026, 11, 25, 3, tzinfo=UTC)
LONG_AGO, LATELY = NOW - timedelta(days=365), NOW - timedelta(days=364)


@pytest.fixture
def inside(app: Flask, world: World) -> Iterator[World]:
    rate_limits.clear()
    with app.app_context():
        yield world


# ---- the rules ------------------------------------------------------------------------------------------------

READY = {"nomination": "active", "confirmed_at": LATELY, "promised": True, "trained": True}


@pytest.mark.parametrize(
    ("known", "state", "missing", "left"),
    [
        ({"staff": True, "nomination": "nominated"}, "nominated", ["second", "conduct", "training", "sessions"], 3),
        ({}, "new", ["nomination", "second", "conduct", "training", "sessions"], 3),
        ({"promised": True, "trained": True}, "new", ["nomination", "second", "sessions"], 3),
        ({"nomination": "nominated"}, "nominated", ["second", "conduct", "training", "sessions"], 3),
        ({"nomination": "nominated", "promised": True, "trained": True, "observed": 3}, "nominated", ["second"], 0),
        ({"nomination": "active", "confirmed_at": LATELY}, "confirmed", ["conduct", "training", "sessions"], 3),
        ({**READY, "trained": False}, "confirmed", ["training", "sessions"], 3),
        ({**READY, "promised": False, "observed": 9}, "confirmed", ["conduct"], 0),
        (READY, "probation", ["sessions"], 3),
        ({**READY, "observed": 2}, "probation", ["sessions"], 1),
        ({**READY, "observed": 3}, "active", [], 0),
        ({**READY, "observed": 3, "confirmed_at": LONG_AGO}, "expired", ["renewal"], 0),
        ({**READY, "confirmed_at": None}, "expired", ["renewal", "sessions"], 3),
        ({**READY, "nomination": "paused", "observed": 3}, "paused", ["again"], 0),
        ({**READY, "nomination": "barred", "observed": 3}, "barred", ["again"], 0),
        ({"staff": True}, "active", ["conduct"], 0),
        ({"staff": True, "promised": True}, "active", [], 0),
        ({"staff": True, "promised": True, "nomination": "paused"}, "paused", ["again"], 0),
        ({"staff": True, "promised": True, "nomination": "active", "confirmed_at": LONG_AGO}, "active", [], 0),
    ],
)  # fmt: skip
def test_the_state_follows_from_the_facts(known: dict[str, object], state: str, missing: list[str], left: int) -> None:
    found = stands(VettingFacts(**known), NOW)  # type: ignore[arg-type]
    assert (found.state, list(found.missing), found.observed_left) == (state, missing, left)
    assert found.vouched is (state in {"probation", "active"}) and found.on_probation is (state == "probation")


def test_on_probation_every_room_is_observed_of_grown_ups_too() -> None:
    adult = PersonFacts(1, False, None, None)
    new = PersonFacts(2, False, None, None, vouched=True, promised=True, on_probation=True)
    old = PersonFacts(2, False, None, None, vouched=True, promised=True)
    allowed = {
        (helper, observed): may_help(helper, adult, observed=observed, youth_help_adults=True, holds_skill=True)
        for helper in (new, old)
        for observed in (True, False)
    }
    assert allowed == {(new, True): True, (new, False): False, (old, True): True, (old, False): True}


def test_a_minor_is_paired_with_a_stranger_outside_observed_rooms_by_nobody() -> None:
    minh, khoa = PersonFacts(1, True, 11, 6), PersonFacts(2, True, 16, 9, vouched=True, promised=True)
    for probation in (True, False):
        helper = PersonFacts(2, True, 16, 9, vouched=True, promised=True, on_probation=probation)
        assert not may_help(helper, minh, observed=False, youth_help_adults=True, holds_skill=True)
    assert may_help(khoa, minh, observed=True, youth_help_adults=True, holds_skill=True)


def test_without_the_promises_nobody_helps_a_minor() -> None:
    minor, adult = PersonFacts(1, True, 11, 6), PersonFacts(1, False, None, None)
    teacher = PersonFacts(2, False, None, None, vouched=True)
    assert not may_help(teacher, minor, observed=True, youth_help_adults=True, holds_skill=True)
    assert may_help(teacher, adult, observed=False, youth_help_adults=True, holds_skill=True)


# ---- step by step ---------------------------------------------------------------------------------------------


def train(user: User, right: int = 5) -> QuizTry:
    row = quizzes_commands.begin_quiz(user.id, TRAINING)
    answers = {}
    for n, question in enumerate(row.questions):
        answers[question["id"]] = [one["id"] for one in question["options"] if one["correct"] is (n < right)]
    return quizzes_commands.hand_in(user.id, row.id, answers)


def promise(user: User) -> None:
    vetting_commands.accept_conduct(user, conduct_texts.conduct_for(user.is_minor).text_hash)


@command
def session(
    helper_id: int, learner_id: int, unit_id: int, days_ago: int = 0, *, minutes: int = 0, answered: bool = True,
    observed: bool = True, observer_id: int | None = None, reason: str = "ended", solved: str = "yes",
) -> int:  # fmt: skip
    """A session that is over, as it stands in the tables."""
    then = clock.now() - timedelta(days=days_ago, minutes=minutes)
    seats = [(learner_id, "learner"), (helper_id, "helper")]
    room = sessions_commands.open_room(unit_id, seats, minors=False, observed=observed)
    room.opened_at = then
    for user_id in (learner_id, helper_id):
        until = then + timedelta(minutes=minutes)
        db.session.add(Attendance(room_id=room.id, user_id=user_id, from_at=then, until_at=until))
    if observer_id is not None:
        db.session.add(Seat(room_id=room.id, user_id=observer_id, role="observer", joined_at=then))
    if answered:
        sessions_commands.give_feedback(person(learner_id), room.id, solved)
    room.closed_at, room.close_reason = then + timedelta(minutes=minutes), reason
    db.session.flush()
    return room.id


def state(user_id: int) -> str:
    db.session.expire_all()
    return vetting_status_of(person(user_id)).state


@command
def grown_up(world: World, handle: str = "sau") -> int:
    """A volunteer of the neighbourhood for whom nobody has spoken."""
    user = create_user("Chú Sáu", "bốn từ dễ nhớ", handle=handle, birth_year=1980)
    code = community.create_code(person(world["muoi"]), world["kp3"], "learner", 5)
    use_code(user, code.code)
    return user.id


def test_from_the_first_word_to_active_nothing_can_be_left_out(inside: World) -> None:
    sau, kp3 = grown_up(inside), inside["kp3"]
    assert state(sau) == "new"
    nominate(person(inside["muoi"]), sau, kp3)
    assert state(sau) == "nominated"
    set_nomination(person(inside["admin1"]), sau, "active")
    assert state(sau) == "confirmed"
    promise(person(sau))
    assert state(sau) == "confirmed"
    train(person(sau))
    assert state(sau) == "probation" and eligibility.is_vouched(person(sau))
    for n, learner in enumerate(("lan", "bay", "lan")):
        assert state(sau) == "probation"
        session(sau, inside[learner], kp3, days_ago=n)
    assert state(sau) == "active"


def test_an_adult_is_let_in_by_a_coordinator_not_by_any_second_person(inside: World) -> None:
    sau = grown_up(inside)
    nominate(person(inside["muoi"]), sau, inside["kp3"])
    with pytest.raises(Forbidden):
        set_nomination(person(inside["mai"]), sau, "active")
    assert state(sau) == "nominated"


def test_staff_need_no_nomination_and_cannot_be_stopped_by_one(inside: World) -> None:
    with pytest.raises(Conflict):
        nominate(person(inside["quang"]), inside["hang"], inside["truong"])
    assert state(inside["hang"]) == "active"


def test_the_quiz_of_helpers_asks_for_nine_of_ten(inside: World) -> None:
    assert quizzes_queries.quiz_size(TRAINING) == 5 and catalogue_queries.find_lesson(TRAINING) is not None
    sau = grown_up(inside)
    assert train(person(sau), right=4).passed is False
    assert "training" in vetting_status_of(person(sau)).missing
    assert train(person(sau)).passed is True
    assert "training" not in vetting_status_of(person(sau)).missing


@pytest.mark.parametrize(("name", "kind"), [("khoa", "pupil"), ("lan", "adult")])
def test_the_promises_are_kept_with_their_words_and_asked_again_when_they_change(
    inside: World, name: str, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = person(inside[name])
    promise(user)
    promise(user)
    kept = db.session.scalars(sa.select(ConductAcceptance).where(ConductAcceptance.user_id == user.id)).all()
    words = conduct_texts.BY_KIND[kind]
    assert [(row.kind, row.text_version, row.text_hash) for row in kept] == [
        (kind, conduct_texts.VERSION, words.text_hash)
    ]
    with pytest.raises(Conflict):
        vetting_commands.accept_conduct(person(user.id), "0" * 64)
    changed = conduct_texts.Conduct(kind, words.title, words.lead, (*words.promises, "Thêm một điều."), words.yes)
    monkeypatch.setattr(conduct_texts, kind.upper(), changed)
    assert "conduct" in vetting_status_of(person(user.id)).missing


@pytest.mark.usefixtures("whole_app")  # which has the tables of every feature
def test_nobody_is_asked_for_a_certificate_or_an_identity_number() -> None:
    for words in conduct_texts.BY_KIND.values():
        assert all("lý lịch" not in promise for promise in words.promises)
    columns = {column.name for table in db.metadata.sorted_tables for column in table.columns}
    assert not {name for name in columns if "certificate" in name or "criminal" in name or "citizen" in name}


# ---- observed sessions ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("how", "counts"),
    [
        ({}, True),
        ({"reason": "duty"}, True),
        ({"answered": False, "minutes": 5}, True),
        ({"answered": False, "minutes": 4}, False),
        ({"observed": False}, False),
        ({"observed": False, "observer": True}, True),
        ({"reason": "watcher"}, False),
        ({"reason": "stopped"}, False),
    ],
)
def test_what_counts_as_an_observed_session(inside: World, how: dict[str, object], counts: bool) -> None:
    khoa = inside["khoa"]
    assert vetting_status_of(person(khoa)).observed_left == 3
    if how.pop("observer", False):
        how["observer_id"] = inside["hang"]
    session(khoa, inside["minh"], inside["lop6a"], **how)  # type: ignore[arg-type]
    assert vetting_status_of(person(khoa)).observed_left == (2 if counts else 3)


def test_a_helpers_own_word_does_not_make_it_a_session(inside: World) -> None:
    room = session(inside["khoa"], inside["minh"], inside["lop6a"], answered=False)
    sessions_commands.give_feedback(person(inside["khoa"]), room, "yes")
    assert vetting_status_of(person(inside["khoa"])).observed_left == 3


def test_a_session_from_which_the_helper_was_removed_does_not_count(inside: World) -> None:
    room = session(inside["khoa"], inside["minh"], inside["lop6a"])

    @command
    def remove() -> None:
        db.session.execute(
            sa.update(Seat).where(Seat.room_id == room, Seat.user_id == inside["khoa"]).values(removed_at=clock.now())
        )

    remove()
    assert vetting_status_of(person(inside["khoa"])).observed_left == 3


def test_the_same_two_people_count_once_a_day(inside: World) -> None:
    khoa, minh, unit = inside["khoa"], inside["minh"], inside["lop6a"]
    for _ in range(5):
        session(khoa, minh, unit)
    assert vetting_status_of(person(khoa)).observed_left == 2
    session(khoa, inside["an"], unit)
    session(khoa, minh, unit, days_ago=1)
    assert state(khoa) == "active"


def test_an_open_room_counts_only_when_it_is_over(inside: World) -> None:
    asked = requests_commands.ask_for_help(person(inside["minh"]), person(inside["minh"]), topics("vi")[0][0]).id
    offers_commands.claim(person(inside["khoa"]), asked)
    requests_commands.answer(person(inside["minh"]), asked, "accept")
    room = queries.request(asked).room_id or 0
    sessions_commands.give_feedback(person(inside["minh"]), room, "yes")
    assert vetting_status_of(person(inside["khoa"])).observed_left == 3
    sessions_commands.end_session(person(inside["minh"]), room, "yes")
    assert vetting_status_of(person(inside["khoa"])).observed_left == 2


def test_many_standings_cost_as_many_questions_as_one(inside: World, queries: list[str]) -> None:
    people = [person(id) for id in inside.people.values()]
    queries.clear()
    vetting_statuses_of(people[-1:])
    one = len(queries)
    queries.clear()
    assert len(vetting_statuses_of(people)) == len(people)
    assert len(queries) == one <= 5


# ---- back, and forward again ----------------------------------------------------------------------------------


def test_whoever_was_barred_comes_back_by_two_people_and_begins_again(inside: World) -> None:
    khoa, unit = inside["khoa"], inside["lop11a"]
    for n in range(3):
        session(khoa, inside["minh"], inside["lop6a"], days_ago=n)
    assert state(khoa) == "active"
    set_nomination(person(inside["hang"]), khoa, "barred", "xin số điện thoại")
    assert state(khoa) == "barred" and not eligibility.is_vouched(person(khoa))
    nominate(person(inside["hang"]), khoa, unit)
    assert state(khoa) == "nominated"
    set_nomination(person(inside["quang"]), khoa, "active")
    found = vetting_status_of(person(khoa))
    assert (found.state, found.missing) == ("confirmed", ("conduct", "training", "sessions"))
    promise(person(khoa))
    train(person(khoa))
    assert state(khoa) == "probation"


def test_a_pause_takes_back_the_yes_and_keeps_what_was_done(inside: World) -> None:
    khoa = inside["khoa"]
    session(khoa, inside["minh"], inside["lop6a"])
    set_nomination(person(inside["hang"]), khoa, "paused", "nghỉ thi")
    nominate(person(inside["hang"]), khoa, inside["lop11a"])
    set_nomination(person(inside["quang"]), khoa, "active")
    assert (state(khoa), vetting_status_of(person(khoa)).observed_left) == ("probation", 2)


# ---- a year ---------------------------------------------------------------------------------------------------


def notices(user_id: int) -> list[str]:
    return list(db.session.scalars(sa.select(Notice.say).where(Notice.user_id == user_id).order_by(Notice.id)))


def test_a_month_before_the_year_is_over_people_are_told_once(inside: World) -> None:
    heard: list[RenewalDue] = []
    events.on(RenewalDue)(heard.append)
    start = clock.now()
    try:
        for days in (334, 336, 350):
            with clock.travel(start + timedelta(days=days)):
                while jobs.run_due():
                    pass
                assert len(heard) == (0 if days == 334 else 1)
    finally:
        events._reactions[RenewalDue].remove(heard.append)
    assert heard[0].user_id == inside["khoa"]
    assert any("hết hạn" in said for said in notices(inside["khoa"]))
    assert any("gia hạn" in said for said in notices(inside["quang"]))
    assert not any("gia hạn" in said for said in notices(inside["lan"]))


def test_after_a_year_nobody_helps_until_a_second_person_renews(inside: World) -> None:
    khoa, minh = inside["khoa"], inside["minh"]
    with pytest.raises(Conflict):  # not yet
        renew(person(inside["quang"]), khoa)
    with clock.travel(clock.now() + timedelta(days=365, minutes=1)):
        rate_limits.clear()
        for purpose in HELP_PURPOSES:  # a school year has ended, and with it every yes
            give_consent(person(inside["lan"]), person(minh), purpose)
            give_consent(person(khoa), person(khoa), purpose)
        record_assent(person(inside["lan"]), minh, HELP_PURPOSES)
        asked = requests_commands.ask_for_help(person(minh), person(minh), topics("vi")[0][0]).id
        assert state(khoa) == "expired"
        with pytest.raises(NotFound):
            offers_commands.claim(person(khoa), asked)
        for name in ("hang", "mai", "khoa"):  # who vouched, who has no say in a class, oneself
            with pytest.raises((Forbidden, NotFound)):
                renew(person(inside[name]), khoa)
        renew(person(inside["quang"]), khoa)
        assert state(khoa) == "probation"
        offers_commands.claim(person(khoa), asked)
    for days, over in ((729, False), (731, True)):
        with clock.travel(clock.now() + timedelta(days=days)):
            assert (state(khoa) == "expired") is over


def test_a_claim_of_somebody_whose_year_ends_meanwhile_opens_no_room(inside: World) -> None:
    asked = requests_commands.ask_for_help(person(inside["minh"]), person(inside["minh"]), topics("vi")[0][0]).id
    offers_commands.claim(person(inside["khoa"]), asked)

    @command
    def a_year_passes() -> None:
        found = db.session.scalars(sa.select(Nomination).where(Nomination.user_id == inside["khoa"])).one()
        found.confirmed_at = clock.now() - timedelta(days=366)

    a_year_passes()
    with pytest.raises(Conflict):
        requests_commands.answer(person(inside["minh"]), asked, "accept")
    assert db.session.get_one(HelpRequest, asked).room_id is None


# ---- a pair that has proved itself ----------------------------------------------------------------------------


def three_good_days(world: World) -> list[int]:
    return [
        session(world["khoa"], world["minh"], world["lop6a"], days_ago=n, solved=solved)
        for n, solved in enumerate(("yes", "partly", "yes"))
    ]


def test_a_pair_is_trusted_after_three_good_days_and_the_room_is_told_when_it_opens(inside: World) -> None:
    three_good_days(inside)
    assert trusted(inside["minh"], person(inside["khoa"]))
    asked = requests_commands.ask_for_help(person(inside["minh"]), person(inside["minh"]), topics("vi")[0][0]).id
    offers_commands.claim(person(inside["khoa"]), asked)
    requests_commands.answer(person(inside["minh"]), asked, "accept")
    room = db.session.get_one(Room, queries.request(asked).room_id)
    assert room.trusted
    assert not trusted(inside["an"], person(inside["khoa"]))


def test_a_first_room_is_not_trusted(inside: World) -> None:
    asked = requests_commands.ask_for_help(person(inside["minh"]), person(inside["minh"]), topics("vi")[0][0]).id
    offers_commands.claim(person(inside["khoa"]), asked)
    requests_commands.answer(person(inside["minh"]), asked, "accept")
    assert not db.session.get_one(Room, queries.request(asked).room_id).trusted


@pytest.mark.parametrize("fault", ["masked", "held", "hidden", "found", "muted", "removed", "watcher"])
def test_one_thing_that_was_wrong_ends_the_trust(inside: World, fault: str) -> None:
    room_id = three_good_days(inside)[0]

    @command
    def happen() -> None:
        seat = db.session.scalars(sa.select(Seat).where(Seat.room_id == room_id, Seat.role == "helper")).one()
        if fault == "muted":
            seat.muted_until = clock.now()
        elif fault == "removed":
            seat.removed_at = clock.now()
        elif fault == "watcher":
            db.session.get_one(Room, room_id).close_reason = "watcher"
        else:
            status, why = ("sent", "found") if fault == "found" else (fault, "")
            db.session.add(
                Message(room_id=room_id, seq=1, author_id=inside["minh"], client_id="a", text="x", status=status,
                        held_for=why)
            )  # fmt: skip

    happen()
    assert not trusted(inside["minh"], person(inside["khoa"]))


@pytest.mark.parametrize("held_for", ["picture", "everything"])
def test_what_waited_by_rule_and_was_released_does_not_end_the_trust(inside: World, held_for: str) -> None:
    room_id = three_good_days(inside)[0]

    @command
    def release() -> None:
        db.session.add(
            Message(room_id=room_id, seq=1, author_id=inside["minh"], client_id="a", text="x", held_for=held_for)
        )

    release()
    assert trusted(inside["minh"], person(inside["khoa"]))


def test_three_sessions_of_one_day_or_unsolved_ones_make_no_trust(inside: World) -> None:
    for n in range(3):
        session(inside["khoa"], inside["minh"], inside["lop6a"], days_ago=0)
        session(inside["khoa"], inside["an"], inside["lop4a"], days_ago=n, solved="no")
    assert state(inside["khoa"]) == "active"
    assert not trusted(inside["minh"], person(inside["khoa"]))
    assert not trusted(inside["an"], person(inside["khoa"]))


def test_a_paused_helper_is_trusted_by_no_pair(inside: World) -> None:
    three_good_days(inside)
    set_nomination(person(inside["hang"]), inside["khoa"], "paused", "chờ trao đổi")
    assert not trusted(inside["minh"], person(inside["khoa"]))


def test_a_reason_is_needed_to_take_somebody_back(inside: World) -> None:
    with pytest.raises(InvalidInput):
        set_nomination(person(inside["hang"]), inside["khoa"], "barred")
    assert isinstance(vetting_status_of(person(inside["khoa"])), VettingStatus)
