"""Group sessions: who announces them, who may come, a limit that holds, a waiting list, and the end."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.factories import World, person
from tests.pairing.group_sessions.fixtures import (
    announced,
    parents,
    plan,
    pupils,
    signs_up,
    stands,
    states,
    tomorrow,
    withdraws,
)
from tests.pairing.test_bookings import told, work
from tutoring.accounts.consents.commands import withdraw
from tutoring.community import commands as community
from tutoring.community.duty import commands as duty_commands
from tutoring.community.memberships import suspensions
from tutoring.community.models import Membership
from tutoring.kernel import clock
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, Forbidden, InvalidInput, NotFound
from tutoring.kernel.jobs import Job
from tutoring.lessons.skills import commands as skills_commands
from tutoring.lessons.skills.queries import topics
from tutoring.notifications.models import Notice
from tutoring.pairing.group_sessions import commands as group_sessions_commands
from tutoring.pairing.group_sessions.models import GroupSession
from tutoring.pairing.lifecycle.avoidance import avoid
from tutoring.policy.pairing import group_sessions as policy

# ---- announcing -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("unit", {"unit_id": 999_999}),
        ("topic", {"topic": "khong-co"}),
        ("level", {"level": 4}),
        ("minutes", {"minutes": 7}),
        ("places", {"places": 1}),
        ("places", {"places": 9}),
        ("highest", {"lowest": 6, "highest": 4}),
        ("highest", {"lowest": 2, "highest": 6}),
        ("highest", {"lowest": None}),
        ("words", {"words": "  "}),
        ("words", {"words": "a" * 81}),
        ("words", {"words": "Gọi cô 0912 345 678 nhé"}),
        ("time", {"at": -1}),
        ("day", {"at": 61 * 24}),
    ],
)
def test_what_is_wrong_is_named_beside_its_field(inside: World, field: str, wrong: dict[str, Any]) -> None:
    if "at" in wrong:
        wrong = {"at": clock.now() + timedelta(hours=wrong["at"])}
    with pytest.raises(InvalidInput) as refused:
        announced(inside, **wrong)
    assert refused.value.field == field
    assert db.session.scalar(sa.select(GroupSession.id)) is None


def test_only_within_the_hours_of_rooms_with_minors(inside: World) -> None:
    duty_commands.set_hours(person(inside["quang"]), inside["truong"], 7 * 60, 18 * 60 + 30)
    with pytest.raises(InvalidInput) as refused:
        announced(inside)  # 18:00–18:45
    assert refused.value.field == "time" and "18:30" in str(refused.value)
    assert announced(inside, minutes=30)
    grown = announced(inside, pupils=False, lowest=None, highest=None, at=tomorrow() + timedelta(hours=2))
    assert stands(grown).lowest is None  # adults come at any hour


def test_two_sessions_of_one_leader_never_overlap(inside: World) -> None:
    announced(inside)
    with pytest.raises(InvalidInput) as refused:
        announced(inside, at=tomorrow() + timedelta(minutes=30))
    assert refused.value.field == "time"
    assert announced(inside, at=tomorrow() + timedelta(minutes=45))


@pytest.mark.parametrize("name", ["minh", "lan", "bay", "khoa", "muoi", "mai"])
def test_who_is_not_yet_trusted_with_a_group_announces_none(inside: World, name: str) -> None:
    """khoa helps already, but the first observed sessions are not behind him; muoi leads adults, and no pupils."""
    unit = {"bay": "kp3", "muoi": "kp3", "mai": "phuong"}.get(name, "lop6a" if name != "khoa" else "lop11a")
    with pytest.raises(Forbidden):
        announced(inside, name, unit_id=inside[unit])


def test_a_lead_opens_one_for_the_adults_of_the_neighbourhood(inside: World) -> None:
    skills_commands.grant_skill(person(inside["mai"]), inside["muoi"], topics("vi")[0][0], 2)
    session_id = announced(inside, "muoi", unit_id=inside["kp3"], pupils=False, lowest=None, highest=None)
    assert signs_up(inside["bay"], session_id) == "in"
    with pytest.raises(NotFound):  # nobody of the school is told that it exists
        signs_up(inside["lan"], session_id)


def test_the_skill_is_asked_for_at_its_level(inside: World) -> None:
    skills_commands.grant_skill(person(inside["quang"]), inside["hang"], topics("vi")[0][0], 1)
    with pytest.raises(InvalidInput) as refused:
        announced(inside, level=2)
    assert refused.value.field == "topic"


def test_the_table_of_who_announces() -> None:
    for pupils_ in (True, False):
        assert policy.may_announce({"teacher"}, False, "new", pupils=pupils_)
        assert policy.may_announce((), True, "active", pupils=pupils_)
        assert not policy.may_announce((), True, "probation", pupils=pupils_)
        assert not policy.may_announce((), False, "active", pupils=pupils_)
    assert policy.may_announce({"officer"}, True, "active", pupils=False)
    assert not policy.may_announce({"lead"}, True, "active", pupils=True)
    assert policy.fewest(helper_minor=False, pupils=True) == 2
    assert policy.fewest(helper_minor=True, pupils=True) == policy.fewest(helper_minor=False, pupils=False) == 1


# ---- coming ---------------------------------------------------------------------------------------------------


def test_a_full_session_has_a_waiting_list_and_a_freed_place_goes_to_the_first(inside: World) -> None:
    session_id, (one, two, three) = announced(inside), pupils(inside, 3)
    assert [signs_up(who, session_id) for who in (inside["minh"], one, two, three)] == [
        "in",
        "in",
        "waiting",
        "waiting",
    ]
    withdraws(one, session_id)
    assert states(session_id) == {inside["minh"]: "in", one: "gone", two: "in", three: "waiting"}
    assert stands(session_id).taken == 2
    heard = sa.select(Notice.user_id).where(Notice.key == f"session-place:{session_id}")
    assert list(db.session.scalars(heard)) == [two]
    assert signs_up(one, session_id) == "waiting"  # who comes again stands last
    withdraws(two, session_id)
    assert states(session_id)[three] == "in" and states(session_id)[one] == "waiting"
    withdraws(one, session_id)
    withdraws(three, session_id)
    assert stands(session_id).taken == 1
    assert signs_up(two, session_id) == "in"


def test_signing_up_twice_and_withdrawing_twice_are_refused(inside: World) -> None:
    session_id = announced(inside)
    signs_up(inside["minh"], session_id)
    with pytest.raises(Conflict, match="rồi"):
        signs_up(inside["minh"], session_id)
    assert stands(session_id).taken == 1
    withdraws(inside["minh"], session_id)
    with pytest.raises(Conflict, match="rồi"):
        withdraws(inside["minh"], session_id)
    assert stands(session_id).taken == 0
    with pytest.raises(NotFound):
        withdraws(inside["khoa"], session_id)


def test_the_waiting_list_has_an_end(inside: World) -> None:
    session_id = announced(inside, pupils=False, lowest=None, highest=None)
    *people, late = parents(inside, 2 + policy.MOST_WAITING + 1)
    assert [signs_up(one, session_id) for one in people].count("waiting") == policy.MOST_WAITING
    with pytest.raises(Conflict, match="đầy"):
        signs_up(late, session_id)


def test_minors_sit_with_minors_of_near_grades_and_adults_with_adults(inside: World) -> None:
    for_pupils = announced(inside, lowest=5, highest=6)
    for_adults = announced(inside, pupils=False, lowest=None, highest=None, at=tomorrow() + timedelta(hours=1))
    assert signs_up(inside["minh"], for_pupils) == "in"
    assert signs_up(inside["lan"], for_adults) == "in"
    for name, session_id in (("lan", for_pupils), ("khoa", for_pupils), ("minh", for_adults)):
        with pytest.raises(Conflict, match="không dành cho bạn"):
            signs_up(inside[name], session_id)
    with pytest.raises(Conflict, match="không dành cho bạn"):  # grade 4
        signs_up(inside["lan"], for_pupils, inside["an"])


def test_a_guardian_signs_up_a_child_of_ten_who_cannot_alone(inside: World) -> None:
    session_id = announced(inside)
    with pytest.raises(Forbidden, match="ba mẹ"):
        signs_up(inside["an"], session_id)
    assert signs_up(inside["lan"], session_id, inside["an"]) == "in"
    with pytest.raises(NotFound):  # a child of somebody else
        signs_up(inside["bay"], session_id, inside["minh"])
    with pytest.raises(NotFound):
        withdraws(inside["bay"], session_id, inside["an"])
    withdraws(inside["an"], session_id)  # a no is always one's own
    assert states(session_id)[inside["an"]] == "gone"


def test_guardians_hear_of_what_a_pupil_signs_up_for(inside: World) -> None:
    signs_up(inside["minh"], announced(inside))
    assert "đăng ký buổi học nhóm" in told(inside, "lan")[-1]


def test_whoever_one_avoids_one_never_meets_and_is_not_told_who(inside: World) -> None:
    session_id, (one, two) = announced(inside, places=4), pupils(inside, 2)
    avoid(person(one), inside["hang"])
    avoid(person(inside["minh"]), two)
    assert signs_up(two, session_id) == "in"
    for who in (one, inside["minh"]):
        with pytest.raises(Conflict, match="không dành cho bạn"):
            signs_up(who, session_id)


def test_nobody_is_in_two_sessions_at_once_nor_in_the_own_one(inside: World) -> None:
    first = announced(inside)
    second = announced(inside, "quang", at=tomorrow() + timedelta(minutes=30))
    signs_up(inside["minh"], first)
    with pytest.raises(Conflict, match="cùng giờ"):
        signs_up(inside["minh"], second)
    own = announced(inside, pupils=False, lowest=None, highest=None, at=tomorrow() + timedelta(hours=3))
    with pytest.raises(Conflict, match="buổi của bạn"):
        signs_up(inside["hang"], own)


def test_without_consent_nobody_signs_up_and_with_its_end_the_place_is_free(inside: World) -> None:
    session_id, (one, two) = announced(inside), pupils(inside, 2)
    for who in (inside["minh"], one, two):
        signs_up(who, session_id)
    withdraw(person(inside["lan"]), inside["minh"], "pairing")
    assert states(session_id) == {inside["minh"]: "gone", one: "in", two: "in"}
    with pytest.raises(Forbidden):
        signs_up(inside["minh"], session_id)


def test_of_many_at_once_two_have_a_place_and_no_place_is_lost(
    app: Flask, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(group_sessions_commands, "MOST_WAITING", 3)
    with app.app_context():
        session_id = announced(world, pupils=False, lowest=None, highest=None)
        people = parents(world, 2 + 3 + 4)

    def come(user_id: int) -> str:
        with app.app_context():
            try:
                return signs_up(user_id, session_id)
            except Conflict:
                return "full"

    def go(user_id: int) -> None:
        with app.app_context():
            withdraws(user_id, session_id)

    with ThreadPoolExecutor(9) as pool:
        answers = list(pool.map(come, people))
    assert {word: answers.count(word) for word in ("in", "waiting", "full")} == {"in": 2, "waiting": 3, "full": 4}
    placed = [one for one, word in zip(people, answers, strict=True) if word == "in"]
    late = [one for one, word in zip(people, answers, strict=True) if word == "full"]
    with ThreadPoolExecutor(6) as pool:  # two go and four come in the same moment
        list(pool.map(lambda act: act(), [*(lambda one=one: go(one) for one in placed),
                                          *(lambda one=one: come(one) for one in late)]))  # fmt: skip
    with app.app_context():
        found = states(session_id)
        assert sum(state == "in" for state in found.values()) == stands(session_id).taken == 2
        assert all(found[one] == "gone" for one in placed)


# ---- the end before the beginning -----------------------------------------------------------------------------


def test_it_is_cancelled_with_a_reason_that_everybody_is_told_of(inside: World) -> None:
    session_id, (one, two) = announced(inside), pupils(inside, 2)
    for who in (inside["minh"], one, two):
        signs_up(who, session_id)
    hang = person(inside["hang"])
    for why in ("", "a" * 201, "Gọi cô 0912 345 678"):
        with pytest.raises(InvalidInput) as refused:
            group_sessions_commands.cancel_session(hang, session_id, why)
        assert refused.value.field == "why"
    for name in ("minh", "khoa", "muoi"):
        with pytest.raises(NotFound):
            group_sessions_commands.cancel_session(person(inside[name]), session_id, "Bận")
    group_sessions_commands.cancel_session(person(inside["quang"]), session_id, "Trường nghỉ học")
    row = stands(session_id)
    assert (row.state, row.why, row.ended_by_id) == ("cancelled", "Trường nghỉ học", inside["quang"])
    heard = set(db.session.scalars(sa.select(Notice.user_id).where(Notice.key.startswith("session-cancelled"))))
    assert heard == {inside["minh"], one, two, inside["hang"], inside["lan"]}
    assert db.session.scalar(sa.select(Job.id).where(Job.kind.startswith("pairing.session"))) is None
    for act in (lambda: signs_up(inside["minh"], session_id), lambda: withdraws(one, session_id)):
        with pytest.raises(Conflict):
            act()
    with pytest.raises(Conflict):
        group_sessions_commands.cancel_session(hang, session_id, "Bận")


def test_lost_rights_end_what_somebody_leads(inside: World) -> None:
    session_id = announced(inside)
    signs_up(inside["minh"], session_id)
    suspensions.suspend(person(inside["quang"]), inside["hang"], "Xem lại")
    assert stands(session_id).state == "cancelled"
    assert "đã huỷ" in told(inside, "minh")[-1]


def test_who_leaves_the_school_leaves_its_sessions(inside: World) -> None:
    session_id, (one,) = announced(inside), pupils(inside, 1)
    signs_up(one, session_id)
    member = db.session.scalars(sa.select(Membership.id).where(Membership.user_id == one)).one()
    community.end_member(person(inside["quang"]), member, "Chuyển trường")
    assert states(session_id) == {one: "gone"} and stands(session_id).taken == 0


def test_reminders_name_the_time_and_come_once(inside: World) -> None:
    session_id = announced(inside, at=tomorrow() + timedelta(days=1))
    signs_up(inside["minh"], session_id)
    begins = stands(session_id).at
    for early, say in ((timedelta(hours=24), "Ngày mai có buổi"), (timedelta(hours=1), "Một giờ nữa có buổi")):
        with clock.travel(begins - early + timedelta(seconds=5)):
            work()
            work()
            for name in ("minh", "hang"):
                assert sum(say in one for one in told(inside, name)) == 1


def test_words_of_sessions_that_are_over_are_erased(inside: World) -> None:
    done, coming = announced(inside), announced(inside, at=tomorrow() + timedelta(hours=1))
    group_sessions_commands.cancel_session(person(inside["hang"]), done, "Cô ốm")
    group_sessions_commands.forget_session_words(inside["hang"])
    assert (stands(done).words, stands(done).why, stands(coming).words) == ("", "", "Cùng vào lớp")


def test_a_plan_is_of_adults_or_of_grades(inside: World) -> None:
    assert plan(inside).pupils
    session_id = announced(inside, pupils=False)  # grades of adults are nothing
    assert stands(session_id).lowest is None and stands(session_id).highest is None
