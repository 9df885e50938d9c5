"""How long welfare cases are kept, a wish to erase that waits, and clocks of reports that nobody moves."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.factories import World, client_of, person
from tests.moderation.conftest import Who, said
from tests.rooms.conftest import new_id, open_pair
from tutoring.kernel import clock, jobs
from tutoring.kernel.db import db
from tutoring.moderation.cases import claims
from tutoring.moderation.erasure import forget_welfare
from tutoring.moderation.models import Case
from tutoring.moderation.welfare import acts
from tutoring.moderation.welfare.models import Welfare, WelfareAct
from tutoring.moderation.welfare.queries import protects
from tutoring.privacy import commands as privacy
from tutoring.privacy.models import DataRequest
from tutoring.rooms.messages import commands as messages_commands
from tutoring.rooms.moderation import commands as moderation_commands
from tutoring.welfare.models import Disclosure

BEATEN = "Bố em say rượu đánh em chảy máu"


@pytest.fixture
def pair(inside: World, who: Who) -> int:
    room_id = open_pair(inside)
    messages_commands.post_message(who("khoa"), room_id, new_id(), "Sao em học chậm vậy")
    return room_id


def opened(who: Who, room_id: int) -> Case:
    messages_commands.post_message(who("minh"), room_id, new_id(), BEATEN)
    return db.session.scalars(sa.select(Case)).one()


def test_words_go_after_half_a_year_and_acts_after_two(who: Who, pair: int) -> None:
    case = opened(who, pair)
    now = clock.now()
    assert forget_welfare(now + timedelta(days=200)) == 0  # while it is open nothing goes
    acts.record_act(who("hang"), case.id, "talked", "")
    acts.close(who("hang"), case.id)
    assert forget_welfare(now + timedelta(days=179)) == 0
    assert forget_welfare(now + timedelta(days=181)) == 1
    assert db.session.scalar(sa.select(Disclosure.sealed).where(Disclosure.sealed.is_not(None))) is None
    assert db.session.scalar(sa.select(WelfareAct.id)) is not None
    forget_welfare(now + timedelta(days=731))
    assert db.session.scalar(sa.select(WelfareAct.id)) is None
    assert db.session.scalar(sa.select(Welfare.author_id)) is None


def test_words_that_the_law_asks_for_stay(who: Who, pair: int) -> None:
    case = opened(who, pair)
    acts.record_act(who("hang"), case.id, "called_police", "")
    acts.close(who("hang"), case.id)
    acts.keep_words(who("hang"), case.id, True)
    assert forget_welfare(clock.now() + timedelta(days=800)) == 0
    acts.keep_words(who("hang"), case.id, False)
    assert forget_welfare(clock.now() + timedelta(days=200)) == 1


def test_a_guardians_wish_to_erase_waits_unexplained_while_a_case_protects_the_child(who: Who, pair: int) -> None:
    case = opened(who, pair)
    minh = who("minh").id
    assert protects(minh) and not protects(who("khoa").id)
    row_id = privacy.ask_deletion(who("lan"), minh, who("minh").called_name).id
    with clock.travel(clock.now() + timedelta(days=2)):
        while jobs.run_due():
            pass
        db.session.expire_all()
        assert db.session.get_one(DataRequest, row_id).state == "held"
        assert (who("minh").state, who("minh").called_name) == ("active", "Minh")
        acts.record_act(who("hang"), case.id, "talked", "")
        acts.close(who("hang"), case.id)
    with clock.travel(clock.now() + timedelta(days=4)):
        while jobs.run_due():
            pass
        db.session.expire_all()
        assert db.session.get_one(DataRequest, row_id).state in ("working", "done")


def test_claiming_ending_and_muting_move_no_deadline_of_a_childs_report(who: Who, pair: int) -> None:
    case = said(who("minh"), "message", f"{pair}/1", "bullied")
    before = (case.look_by, case.decide_by)
    with clock.travel(clock.now() + timedelta(minutes=5)):
        claims.claim(who("hang"), case.id)
        moderation_commands.mute(who("hang"), pair, who("khoa").id, 10, "Bạn nói nhẹ lại nhé")
        moderation_commands.close_room(who("hang"), pair, "Tạm dừng để xem lại", "")
        db.session.refresh(case)
        assert (case.look_by, case.decide_by) == before


def test_a_case_that_becomes_graver_is_decided_no_later_than_before(who: Who, pair: int) -> None:
    case = said(who("minh"), "message", f"{pair}/1", "bullied")
    before = case.decide_by
    with clock.travel(before - timedelta(hours=2)):
        said(who("lan"), "message", f"{pair}/1", "scared")
        assert case.grade == "S1" and case.decide_by == before


def test_a_room_that_a_teacher_closed_says_so(app: Flask, world: World) -> None:
    with app.app_context():
        room_id = open_pair(world)
        moderation_commands.close_room(person(world["hang"]), room_id, "Tạm dừng để xem lại", "")
    page = client_of(app, world["minh"]).get(f"/rooms/{room_id}").text
    assert "Thầy cô đã đóng phòng này" in page and "Buổi học đã kết thúc." not in page
