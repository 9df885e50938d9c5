"""Who may help whom: what a helper cannot do by knowing a number, and what stops at once."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import World, person
from tutoring.accounts.models import Guardian
from tutoring.accounts.registration import create_user
from tutoring.community import commands as community
from tutoring.community.join_codes.commands import use_code
from tutoring.community.memberships import suspensions
from tutoring.community.memberships.nominations import set_nomination
from tutoring.community.models import Membership
from tutoring.home.demo_accounts import phrase_of
from tutoring.kernel import clock, rate_limits
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import NotFound, RateLimited
from tutoring.lessons.skills import commands as skills_commands
from tutoring.lessons.skills.queries import topics
from tutoring.pairing.models import HelpRequest
from tutoring.pairing.offers import commands as offers_commands
from tutoring.pairing.offers.queries import may_take
from tutoring.pairing.requests import commands as requests_commands
from tutoring.pairing.requests import queries
from tutoring.policy.pairing.requests import PersonFacts, may_help
from tutoring.rooms.models import Room

As = Callable[[str], FlaskClient]


def ask(world: World, name: str = "minh") -> int:
    learner = person(world[name])
    return requests_commands.ask_for_help(learner, learner, topics("vi")[0][0], "Em bị kẹt").id


def in_a_room(world: World, learner: str = "minh", helper: str = "khoa") -> int:
    asked = ask(world, learner)
    offers_commands.claim(person(world[helper]), asked)
    requests_commands.answer(person(world[learner]), asked, "accept")
    return asked


def request(request_id: int) -> HelpRequest:
    db.session.expire_all()
    return queries.request(request_id)


def memberships_of(user_id: int) -> list[int]:
    query = sa.select(Membership.id).where(Membership.user_id == user_id).order_by(Membership.id)
    return list(db.session.scalars(query))


@command
def elsewhere(world: World) -> int:
    """A vouched, skilled teacher of a school in another ward."""
    one, two = person(world["admin1"]), person(world["admin2"])
    city = community.create_unit(one, "khac-tp", "city", "Thành phố Khác")
    ward = community.create_unit(one, "khac-phuong", "ward", "Phường Khác", parent_id=city.id)
    school = community.create_unit(one, "khac-truong", "school", "Trường Khác", parent_id=ward.id)
    stranger = create_user("Thầy Khác", "bốn từ dễ nhớ", handle="thaykhac")
    for role in ("teacher", "coordinator"):
        code = community.create_code(one, school.id, role)
        community.confirm_code(two, code.id)
        use_code(stranger if role == "teacher" else person(world["bay"]), code.code)
    for skill, _name in topics("vi"):
        skills_commands.grant_skill(person(world["bay"]), stranger.id, skill, 3)
    return stranger.id


def test_a_helper_of_another_ward_takes_no_request_by_its_number(inside: World) -> None:
    stranger, asked = elsewhere(inside), ask(inside)
    assert not may_take(person(stranger))
    with pytest.raises(NotFound):
        offers_commands.claim(person(stranger), asked)
    assert request(asked).state == "waiting"


def test_a_helper_who_was_declined_does_not_take_the_request_again_by_its_number(inside: World) -> None:
    asked = ask(inside)
    offers_commands.claim(person(inside["khoa"]), asked)
    requests_commands.answer(person(inside["minh"]), asked, "decline")
    with pytest.raises(NotFound):
        offers_commands.claim(person(inside["khoa"]), asked)


@command
def skilled(world: World, name: str) -> None:
    hang = person(world["hang"])
    code = community.create_code(hang, world["lop4a"], "parent")
    use_code(person(world[name]), code.code)
    for skill, _name in topics("vi"):
        skills_commands.grant_skill(hang, world[name], skill, 3)


@pytest.mark.parametrize("name", ["muoi", "mai"])
def test_leads_and_ward_officers_help_grown_ups_and_never_children(inside: World, name: str) -> None:
    skilled(inside, name)
    child, adult = ask(inside, "minh"), ask(inside, "lan")
    helper = person(inside[name])
    assert [found.id for found in may_take(helper)] == [adult]
    with pytest.raises(NotFound):
        offers_commands.claim(helper, child)
    offers_commands.claim(helper, adult)


def test_the_rule_itself_keeps_officers_from_children() -> None:
    learner, officer = (
        PersonFacts(1, True, 12, 6),
        PersonFacts(2, False, None, None, vouched=True, promised=True, adults_only=True),
    )
    teacher = PersonFacts(2, False, None, None, vouched=True, promised=True)
    assert not may_help(officer, learner, observed=True, youth_help_adults=True, holds_skill=True)
    assert may_help(teacher, learner, observed=True, youth_help_adults=True, holds_skill=True)


@pytest.mark.parametrize(("learns", "helps", "able"), [(7, 6, False), (6, 6, False), (6, 7, True), (6, 10, True)])
def test_a_pupil_helps_from_one_grade_above(learns: int, helps: int, able: bool) -> None:
    learner, helper = PersonFacts(1, True, 12, learns), PersonFacts(2, True, 16, helps, vouched=True, promised=True)
    assert may_help(helper, learner, observed=True, youth_help_adults=True, holds_skill=True) is able


@pytest.mark.parametrize("to", ["paused", "barred"])
def test_whoever_is_no_longer_vouched_for_stops_helping_at_once(inside: World, to: str) -> None:
    asked = in_a_room(inside)
    set_nomination(person(inside["hang"]), inside["khoa"], to, "Có phản ánh")
    found = request(asked)
    assert found.state == "ended" and found.outcome == "interrupted"
    assert db.session.get_one(Room, found.room_id).close_reason == "stopped"


def test_a_claim_of_somebody_paused_goes_back_to_the_queue(inside: World) -> None:
    asked = ask(inside)
    offers_commands.claim(person(inside["khoa"]), asked)
    set_nomination(person(inside["hang"]), inside["khoa"], "paused", "Có phản ánh")
    assert request(asked).state == "waiting" and request(asked).helper_id is None


def test_a_teacher_whose_role_ends_stops_helping_at_once(inside: World) -> None:
    asked = in_a_room(inside, "minh", "hang")
    for membership_id in memberships_of(inside["hang"]):
        community.end_member(person(inside["admin1"]), membership_id, "Chuyển trường")
    assert request(asked).state == "ended"
    assert db.session.get_one(Room, request(asked).room_id).closed_at is not None


def test_pausing_a_helper_leaves_what_that_person_asks_for(inside: World) -> None:
    asked = ask(inside, "khoa")
    set_nomination(person(inside["hang"]), inside["khoa"], "paused", "Nghỉ thi")
    assert request(asked).state == "waiting"


@command
def guardian_of_khoa(world: World) -> None:
    db.session.add(Guardian(child_id=world["khoa"], guardian_id=world["lan"], confirmed_at=clock.now()))


def test_from_16_on_the_word_is_the_pupils_own(inside: World, as_: As) -> None:
    guardian_of_khoa(inside)
    lan, khoa = person(inside["lan"]), person(inside["khoa"])
    with pytest.raises(NotFound):
        requests_commands.ask_for_help(lan, khoa, topics("vi")[0][0])
    asked = ask(inside, "khoa")
    offers_commands.claim(person(inside["hang"]), asked)
    for word in ("accept", "decline"):
        with pytest.raises(NotFound):
            requests_commands.answer_as_guardian(person(inside["lan"]), asked, word)


def test_a_guardian_is_not_offered_to_ask_for_a_pupil_of_16(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        guardian_of_khoa(world)
    page = as_("lan").get("/ask").text
    assert f'value="{world["minh"]}"' in page and f'value="{world["khoa"]}"' not in page


def test_a_locked_guardian_says_no_yes_on_the_childs_phone(app: Flask, inside: World) -> None:
    asked = ask(inside, "an")
    offers_commands.claim(person(inside["hang"]), asked)
    requests_commands.answer(person(inside["an"]), asked, "accept")
    suspensions.suspend(person(inside["quang"]), inside["lan"], "Có phản ánh")
    phrase = phrase_of("lan", app.config["SETTINGS"].secret_key)
    with pytest.raises(NotFound):
        requests_commands.approve_on_childs_device(
            person(inside["an"]), asked, inside["lan"], phrase, "accept", "192.0.2.1"
        )


def test_the_childs_phone_gives_no_second_row_of_tries_for_the_guardians_password(inside: World) -> None:
    rate_limits.clear()
    asked = ask(inside, "an")
    offers_commands.claim(person(inside["hang"]), asked)
    for _ in range(5):
        rate_limits.hit("sign_in_account", inside["lan"], "192.0.2.1")
    with pytest.raises(RateLimited):
        requests_commands.approve_on_childs_device(
            person(inside["an"]), asked, inside["lan"], "mật khẩu", "accept", "192.0.2.1"
        )


@pytest.mark.parametrize(("slug", "step"), [("khong-co", 1), ("x" * 60_000, 1), ("vao-lop-bang-duong-dan", 2**31 - 1)])
def test_a_lesson_or_step_that_does_not_exist_is_not_written_down(inside: World, slug: str, step: int) -> None:
    lan = person(inside["lan"])
    asked = requests_commands.ask_for_help(lan, lan, topics("vi")[0][0], lesson_slug=slug, step_number=step)
    assert asked.lesson_slug in (None, "vao-lop-bang-duong-dan") and asked.step_number is None
