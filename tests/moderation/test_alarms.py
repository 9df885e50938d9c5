"""The alarm of a welfare case: who is called, what ends it, and that nothing is delivered to whom it may be about."""

from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from tests.factories import World
from tests.moderation.conftest import Who
from tests.rooms.conftest import new_id, open_pair
from tutoring.community.models import DutyShift, DutySlot
from tutoring.kernel import clock, jobs
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, InvalidInput, NotFound
from tutoring.kernel.monitoring import heartbeat
from tutoring.moderation.cases import claims
from tutoring.moderation.cases import commands as cases_commands
from tutoring.moderation.cases import queries as cases_queries
from tutoring.moderation.models import Case
from tutoring.moderation.welfare import acts
from tutoring.moderation.welfare.alarm_ladder import ladder
from tutoring.moderation.welfare.queries import needs_act
from tutoring.notifications.channels.registry import CHANNELS, Unreachable
from tutoring.notifications.delivery.schedule import EVERYBODY
from tutoring.notifications.models import Notice, NoticeDelivery
from tutoring.notifications.preferences.queries import EffectivePreferences
from tutoring.notifications.preferences.topics import TOPICS, topic_of
from tutoring.rooms.messages import commands as messages_commands
from tutoring.rooms.models import Message
from tutoring.welfare.models import Disclosure

NOON = datetime(2026, 11, 25, 12, 0, tzinfo=clock.LOCAL)
NIGHT = datetime(2026, 11, 25, 23, 30, tzinfo=clock.LOCAL)
CLEAR = "Em không muốn sống nữa"
UNCLEAR = "Em mệt mỏi quá, em chẳng thiết gì nữa"
BY_TEACHER = "Thầy chủ nhiệm sờ vào người em"


@pytest.fixture
def pair(inside: World) -> int:
    return open_pair(inside)


def opened(who: Who, room_id: int, text: str = CLEAR, name: str = "minh") -> Case:
    made = messages_commands.post_message(who(name), room_id, new_id(), text)
    query = sa.select(Disclosure).where(Disclosure.place == f"{room_id}/{made.seq}")
    return db.session.get_one(Case, db.session.scalars(query).one().case_id)


def work() -> None:
    while jobs.run_due():
        pass
    db.session.expire_all()


def rung(who: Who, case: Case, name: str) -> list[str]:
    """The keys of alarms that this person was told of."""
    path = f"/desk/cases/{case.id}"
    query = sa.select(Notice.key).where(Notice.user_id == who(name).id, Notice.path == path).order_by(Notice.id)
    return list(db.session.scalars(query))


def waits(who: Who, case: Case, name: str) -> int:
    path = f"/desk/cases/{case.id}"
    query = sa.select(sa.func.count()).where(Notice.user_id == who(name).id, Notice.path == path)
    return db.session.scalar(query.where(Notice.read_at.is_(None))) or 0


@command
def nobody_on_duty() -> None:
    db.session.execute(sa.delete(DutySlot))
    db.session.execute(sa.delete(DutyShift))


def test_those_on_duty_are_called_at_once_and_the_next_after_five_minutes(who: Who, pair: int) -> None:
    with clock.travel(NOON):
        case = opened(who, pair)
        assert [topic_of(key) for key in rung(who, case, "hang")] == ["alarm"]
        assert rung(who, case, "admin1") == []
    with clock.travel(NOON + timedelta(minutes=5, seconds=1)):
        work()
        assert len(rung(who, case, "hang")) == 2
        assert waits(who, case, "hang") == 1  # the newest round takes the place of the one before
    with clock.travel(NOON + timedelta(minutes=30)):
        for _round in range(6):
            work()
    with clock.travel(NOON + timedelta(minutes=40)):
        work()
        assert rung(who, case, "admin1") != []


def test_to_take_it_in_hand_does_not_end_it_but_an_act_does(who: Who, pair: int) -> None:
    with clock.travel(NOON):
        case = opened(who, pair)
        cases_commands.look(who("hang"), case.id)
        claims.claim(who("hang"), case.id)
    with clock.travel(NOON + timedelta(minutes=6)):
        work()
        assert len(rung(who, case, "hang")) == 2
        acts.record_act(who("hang"), case.id, "talked", "")
        assert not needs_act(case)
        assert waits(who, case, "hang") == waits(who, case, "quang") == 0
    with clock.travel(NOON + timedelta(minutes=30)):
        work()
        assert len(rung(who, case, "hang")) == 2


def test_asking_the_helper_how_they_are_ends_no_alarm(who: Who, pair: int) -> None:
    case = opened(who, pair)
    acts.record_act(who("hang"), case.id, "asked_helper", "cô Hằng")
    assert needs_act(case)
    with pytest.raises(Conflict):
        acts.close(who("hang"), case.id)


def test_a_new_clear_word_after_an_act_rings_again(who: Who, pair: int) -> None:
    with clock.travel(NOON):
        case = opened(who, pair)
        acts.record_act(who("hang"), case.id, "talked", "")
    with clock.travel(NOON + timedelta(minutes=10)):
        assert opened(who, pair, "Bố em lại đánh em chảy máu").id == case.id
        assert needs_act(case) and waits(who, case, "hang") == 1


def test_unclear_words_ask_for_a_look_within_a_quarter_of_an_hour_and_ring_nobody(who: Who, pair: int) -> None:
    with clock.travel(NOON):
        case = opened(who, pair, UNCLEAR)
        assert [topic_of(key) for key in rung(who, case, "hang")] == ["care"]
    with clock.travel(NOON + timedelta(minutes=16)):
        work()
        assert rung(who, case, "quang") == [f"care:{case.id}", f"case:{case.id}:late1"]
        assert not any(topic_of(key) == "alarm" for key in rung(who, case, "hang"))


def test_a_turn_of_duty_overrides_quiet_hours_and_nothing_else_of_it_does() -> None:
    chosen = EffectivePreferences(EVERYBODY, True)
    for way in ("mail", "push", "sms"):
        assert chosen.at(NIGHT, "alarm", way) == NIGHT
        assert chosen.goes("alarm", way)
    assert not chosen.quiet_now(NIGHT, "alarm")
    assert chosen.quiet_now(NIGHT, "care") and chosen.quiet_now(NIGHT, "danger")
    assert [name for name, topic in TOPICS.items() if topic.through] == ["alarm", "alarm-test"]


def test_with_nobody_on_duty_coordinators_are_called_at_once(who: Who, pair: int) -> None:
    nobody_on_duty()
    with clock.travel(NIGHT):
        case = opened(who, pair)
        assert len(rung(who, case, "quang")) == 1
        assert topic_of(rung(who, case, "quang")[0]) == "danger"  # no turn of duty: quiet hours are as chosen


def test_what_may_be_about_staff_goes_above_their_heads(inside: World, who: Who, pair: int) -> None:
    case = opened(who, pair, BY_TEACHER)
    assert case.welfare is not None and case.welfare.accuses_staff
    assert case.unit_id != inside["lop6a"]
    assert rung(who, case, "hang") == []
    assert rung(who, case, "admin1") != []
    with pytest.raises(NotFound):
        cases_queries.case_for(who("hang"), case.id)
    assert cases_queries.case_for(who("admin1"), case.id)[0].id == case.id


def test_a_teacher_who_is_spoken_to_is_not_accused(who: Who, pair: int) -> None:
    case = opened(who, pair, "Cô ơi bố đánh em chảy máu")
    assert case.welfare is not None and not case.welfare.accuses_staff
    assert rung(who, case, "hang") != []


def test_no_danger_is_one_tap_that_delivers_and_calms(who: Who, pair: int) -> None:
    case = opened(who, pair, UNCLEAR)
    acts.calm(who("hang"), case.id)
    assert case.welfare is not None
    assert (case.state, case.outcome, case.welfare.ending) == ("decided", "none", "no_danger")
    [sent] = db.session.scalars(sa.select(Message).where(Message.room_id == pair, Message.kind == "text")).all()
    assert (sent.text, sent.status, sent.disclosed) == (UNCLEAR, "sent", False)
    query = sa.select(Notice.key).where(Notice.user_id == who("minh").id, Notice.key == f"calmed:{case.id}")
    assert db.session.scalar(query) is not None


def test_what_its_author_put_away_is_not_delivered(who: Who, pair: int) -> None:
    case = opened(who, pair, UNCLEAR)
    from_here = [one.id for one in db.session.scalars(sa.select(Disclosure))]
    hide(who)
    acts.calm(who("hang"), case.id)
    [kept] = db.session.scalars(sa.select(Message).where(Message.room_id == pair, Message.kind == "text")).all()
    assert (kept.text, kept.disclosed, len(from_here)) == ("", True, 1)


def hide(who: Who) -> None:
    from_author(who("minh").id)


@command
def from_author(author_id: int) -> None:
    db.session.execute(sa.update(Disclosure).where(Disclosure.author_id == author_id).values(hidden_at=clock.now()))


def test_a_guardian_is_told_by_nobody_but_who_knows_that_the_home_is_safe(who: Who, pair: int) -> None:
    of_lan = sa.select(Notice).where(Notice.user_id == who("lan").id)
    before = len(db.session.scalars(of_lan).all())
    case = opened(who, pair)
    with pytest.raises(InvalidInput):
        acts.record_act(who("hang"), case.id, "told_guardian", "")
    acts.set_home(who("hang"), case.id, "danger", "author")
    with pytest.raises(InvalidInput):
        acts.record_act(who("hang"), case.id, "told_guardian", "")
    acts.set_home(who("hang"), case.id, "safe", "author")
    acts.record_act(who("hang"), case.id, "told_guardian", "")
    assert len(db.session.scalars(of_lan).all()) == before


def test_a_case_ends_as_what_was_done(who: Who, pair: int) -> None:
    case = opened(who, pair)
    acts.record_act(who("hang"), case.id, "called_111", "cô Hằng", clock.now() - timedelta(minutes=3))
    acts.close(who("hang"), case.id)
    assert case.welfare is not None
    assert (case.state, case.outcome, case.welfare.ending) == ("decided", "outside", "outside")
    [kept] = db.session.scalars(sa.select(Message).where(Message.room_id == pair, Message.kind == "text")).all()
    assert kept.text == ""
    query = sa.select(Notice.user_id).where(Notice.key == f"after-care:{case.id}")
    assert list(db.session.scalars(query)) == [who("khoa").id]


def test_the_room_hears_who_comes_only_once_somebody_has_taken_it(who: Who, pair: int) -> None:
    def lines() -> list[str]:
        query = sa.select(Message.text).where(Message.room_id == pair, Message.kind == "system")
        return [text for text in db.session.scalars(query) if "đang vào giúp" in text]

    case = opened(who, pair)
    cases_commands.look(who("hang"), case.id)
    assert lines() == []
    claims.claim(who("hang"), case.id)
    assert lines() == ["Cô Hằng đang vào giúp."]


def test_an_alarm_that_could_not_go_out_is_told_to_who_runs_the_site(who: Who, pair: int) -> None:
    with clock.travel(NOON):
        case = opened(who, pair)
    late = sa.select(Notice.user_id).where(Notice.key == f"alarms-late:{case.id}")
    with clock.travel(NOON + timedelta(minutes=6)):
        work()
        assert db.session.scalars(late).all() == []
    with clock.travel(NOON + timedelta(minutes=40)):  # nothing worked for half an hour
        work()
        assert {who("admin1").id, who("admin2").id} == set(db.session.scalars(late))


def test_a_gap_that_was_told_is_not_told_once_more_for_each_alarm(who: Who, pair: int) -> None:
    with clock.travel(NOON):
        heartbeat.beat()
        case = opened(who, pair)
    with clock.travel(NOON + timedelta(minutes=40)):
        heartbeat.beat()
        work()
        found = sa.select(Notice.key, Notice.params).where(Notice.user_id == who("admin1").id)
        told = {key.partition(":")[0]: params for key, params in db.session.execute(found)}
        assert "alarms-late" not in told and told["stood-still"]["num"] == 1
        assert f"alarm:{case.id}:2" in rung(who, case, "hang")


class Broken:
    """A way out that never carries anything."""

    name = "mail"

    def ready(self) -> bool:
        return True

    def reaches(self, _person: object) -> bool:
        return True

    def deliver(self, _person: object, _letter: object) -> None:
        raise Unreachable


def test_an_alarm_that_reaches_nobody_goes_to_the_next(who: Who, pair: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(CHANNELS, "mail", Broken())
    with clock.travel(NOON):
        case = opened(who, pair)
        first = ladder(case)
        work()
        failed = sa.select(NoticeDelivery.user_id).where(NoticeDelivery.state == "failed")
        assert set(first[0]) <= set(db.session.scalars(failed))
    with clock.travel(NOON + timedelta(minutes=5, seconds=1)):
        work()
        path = f"/desk/cases/{case.id}"
        told = set(db.session.scalars(sa.select(Notice.user_id).where(Notice.path == path)))
        assert set(first[1]) <= told


def test_whom_the_alarm_calls_is_asked_at_the_same_cost_however_many_they_are(
    who: Who, pair: int, queries: list[str]
) -> None:
    case = opened(who, pair)
    queries.clear()
    ladder(case)
    assert len(queries) <= 20
    assert {id for step in ladder(case) for id in step} >= set(cases_queries.users_to_notify(case))
