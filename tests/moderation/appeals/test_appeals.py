"""Second looks at acts of the desk and at decisions: who asks, who takes them, what is restored, who hears of it."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import World, person
from tests.moderation.conftest import Who, said
from tests.parametrize import some
from tests.rooms.conftest import new_id, open_pair
from tutoring.accounts.events import DataErasureDue
from tutoring.accounts.models import Guardian
from tutoring.community.models import Membership
from tutoring.community.queries import nomination
from tutoring.kernel import audit, clock, jobs
from tutoring.kernel.audit import AuditRow
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, DomainError, Forbidden, InvalidInput, NotFound
from tutoring.kernel.events import publish
from tutoring.moderation.actions import commands as actions_commands
from tutoring.moderation.appeals import queries as appeals_queries
from tutoring.moderation.appeals.commands import appeal_act, decide_act_appeal
from tutoring.moderation.appeals.models import ActionAppeal
from tutoring.moderation.cases import commands as cases_commands
from tutoring.moderation.models import ModerationAction
from tutoring.moderation.queue import queue
from tutoring.notifications.models import Notice
from tutoring.policy.moderation.appeals import AppealFacts, may_ask, may_take, why_not
from tutoring.rooms import queries
from tutoring.rooms.messages import commands as messages_commands
from tutoring.rooms.models import Message
from tutoring.rooms.moderation import commands as moderation_commands
from tutoring.rooms.presence import commands as presence_commands
from tutoring.rooms.sessions import closure
from tutoring.rooms.sessions.history import behind
from tutoring.rooms.volunteer_minutes.queries import sessions_of_room

WORDS = "Mình cùng giữ lời tử tế nhé."
FAIR = "Đã nghe cả hai bên, việc này là nhầm."
FAMILY = "Việc này là về người nhà của bạn, nên người khác quyết định."
SELF = "Việc này là về chính bạn, nên người khác quyết định."


@command
def _let_in(user_id: int, unit_id: int, role: str) -> None:
    db.session.add(Membership(user_id=user_id, unit_id=unit_id, role=role, confirmed_at=clock.now()))


@command
def _guardian(guardian_id: int, child_id: int) -> None:
    db.session.add(Guardian(guardian_id=guardian_id, child_id=child_id, confirmed_at=clock.now()))


@pytest.fixture
def second(inside: World) -> str:
    """Bảy coordinates the school, too: a second coordinator beside Quang."""
    _let_in(inside["bay"], inside["truong"], "coordinator")
    return "bay"


def did(who: Who, kind: str, pair: int, **given: Any) -> ModerationAction:
    given = {"about_id": who("khoa").id, **given}
    if kind in ("hide", "mask"):
        given |= {"seq": 1, "about_id": None}
    return actions_commands.act(who("quang"), kind, room_id=pair, reason="insult", words=WORDS, **given)


def decided(who: Who, pair: int, outcome: str, what: str = "bullied") -> ModerationAction:
    case = said(who("minh"), "message", f"{pair}/1", what)
    cases_commands.decide(who("quang"), case.id, outcome, WORDS)
    return db.session.scalars(sa.select(ModerationAction).where(ModerationAction.case_id == case.id)).one()


def inbox(user_id: int) -> list[str]:
    query = sa.select(Notice.say).where(Notice.user_id == user_id, Notice.key.startswith("second-look"))
    return list(db.session.scalars(query.order_by(Notice.id)))


def refusal(call: Callable[[], object]) -> tuple[type[DomainError], str]:
    with pytest.raises(DomainError) as caught:
        call()
    return type(caught.value), str(caught.value)


# ---- the rules ---------------------------------------------------------------------------------------------------


def test_who_acted_reported_or_is_family_takes_no_second_look() -> None:
    assert may_take(AppealFacts(sees=True, high=True))
    for fact, code in (("is_subject", "self"), ("family", "family"), ("did_it", "did_it"), ("reported", "reported")):
        assert why_not(AppealFacts(sees=True, high=True, **{fact: True})) == code
    assert why_not(AppealFacts(high=True)) == "missing" and why_not(AppealFacts(sees=True)) == "higher"


def test_who_may_ask() -> None:
    assert may_ask(True, False, "mute") and may_ask(False, True, "decision")
    assert not may_ask(False, False, "mute")
    assert not may_ask(True, True, "release") and not may_ask(True, False, "legal_hold")


# ---- asking ------------------------------------------------------------------------------------------------------


def test_the_one_it_concerns_asks_once_and_those_who_may_look_again_hear(who: Who, pair: int) -> None:
    act = did(who, "warn", pair)
    made = appeal_act(who("khoa"), act.id, "Em không có ý đó")
    assert made.due_at - made.at == timedelta(days=5) and made.alarm == 0
    assert len(inbox(who("hang").id)) == 1 and inbox(who("quang").id) == []  # who acted is not asked
    waits = {name: [item.second for item in queue(who(name)).items if item.second] for name in ("hang", "quang")}
    assert waits == {"hang": [made], "quang": []}
    assert refusal(lambda: appeal_act(who("khoa"), act.id))[0] is Conflict
    for name in ("minh", "lan", "hang", "mai"):
        with pytest.raises(NotFound):
            appeal_act(who(name), act.id)
    with pytest.raises(NotFound):
        appeal_act(who("khoa"), 999_999)


def test_a_guardian_asks_for_the_child(inside: World, who: Who, pair: int) -> None:
    act = did(who, "warn", pair, about_id=inside["minh"])
    assert [one.act.id for one in appeals_queries.about(who("lan"))[1]] == [act.id]
    appeal_act(who("lan"), act.id, "Cháu chỉ đùa")
    with pytest.raises(Conflict):
        appeal_act(who("minh"), act.id)  # one for each act
    decide_act_appeal(who("hang"), act.id, True, FAIR)
    assert len(inbox(inside["lan"])) == len(inbox(inside["minh"])) == 1
    assert "%(child)s" in inbox(inside["lan"])[0] and "%(child)s" not in inbox(inside["minh"])[0]


def test_what_cannot_be_looked_at_again_is_named(who: Who, pair: int) -> None:
    act = did(who, "hide", pair)
    with clock.travel(clock.now() + timedelta(days=20, seconds=1)):
        late = refusal(lambda: appeal_act(who("khoa"), act.id))
    assert late == (Conflict, "Đã quá 20 ngày nên không nhờ xem lại được nữa.")
    assert refusal(lambda: appeal_act(who("khoa"), act.id, "Gọi em số 0912 345 678"))[0] is InvalidInput
    assert refusal(lambda: appeal_act(who("khoa"), act.id, "a" * 301))[0] is InvalidInput
    actions_commands.reverse(who("quang"), act.id)
    assert refusal(lambda: appeal_act(who("khoa"), act.id)) == (Conflict, "Việc này đã được hoàn tác rồi.")


def test_a_message_is_looked_at_again_in_one_way(who: Who, pair: int) -> None:
    act = did(who, "hide", pair)
    moderation_commands.appeal(who("khoa"), pair, 1, "Em xin lỗi")
    assert refusal(lambda: appeal_act(who("khoa"), act.id))[0] is Conflict
    other = actions_commands.act(who("quang"), "hide", room_id=pair, seq=2, reason="insult", words=WORDS)
    appeal_act(who("minh"), other.id)
    assert refusal(lambda: moderation_commands.appeal(who("minh"), pair, 2))[0] is Conflict


# ---- taking it ---------------------------------------------------------------------------------------------------


def test_somebody_else_decides_and_each_of_the_others_is_refused_by_name(
    inside: World, who: Who, pair: int, second: str
) -> None:
    def takes(name: str) -> tuple[type[DomainError], str]:
        return refusal(lambda: decide_act_appeal(who(name), act.id, True, FAIR))

    moderation_commands.enter_as_observer(who("hang"), pair)
    case = said(who("hang"), "message", f"{pair}/1", "bullied")
    act = actions_commands.act(who("quang"), "hide", case_id=case.id, reason="insult", words=WORDS)
    assert takes(second)[0] is NotFound  # nobody has asked
    appeal_act(who("khoa"), act.id)
    assert takes("quang") == (Forbidden, "Bạn là người đã quyết định, nên người khác xem lại.")
    assert takes("hang") == (Forbidden, "Bạn là người báo việc này, nên người khác quyết định.")
    _guardian(inside["bay"], inside["khoa"])
    assert takes(second) == (Forbidden, FAMILY)
    assert {takes(name)[0] for name in ("mai", "minh", "lan", "admin1")} == {NotFound}
    assert takes("khoa") == (Forbidden, SELF)
    assert appeals_queries.appeal(act.id).outcome == ""


def test_a_teacher_whom_it_is_about_does_not_decide(who: Who, pair: int) -> None:
    moderation_commands.enter_as_observer(who("hang"), pair)
    messages_commands.post_message(who("hang"), pair, new_id(), "Em im đi")
    case = said(who("minh"), "message", f"{pair}/{queries.room(pair).last_seq}", "bullied")
    act = actions_commands.act(who("quang"), "warn", case_id=case.id, reason="insult", words=WORDS)
    made = appeal_act(who("hang"), act.id)
    assert made.alarm == 2  # nobody else of the school may take it, so it comes to the site admins
    assert refusal(lambda: decide_act_appeal(who("hang"), act.id, True, FAIR)) == (Forbidden, SELF)
    assert decide_act_appeal(who("admin1"), act.id, False, FAIR).outcome == "upheld"


def test_grave_decisions_are_looked_at_again_by_coordinators(who: Who, pair: int, second: str) -> None:
    act = decided(who, pair, "reminded", what="scared")
    appeal_act(who("khoa"), act.id)
    assert len(inbox(who(second).id)) == 1 and inbox(who("hang").id) == []
    higher = refusal(lambda: decide_act_appeal(who("hang"), act.id, True, FAIR))
    assert higher == (Forbidden, "Việc này do điều phối viên hoặc quản trị làm.")
    decide_act_appeal(who(second), act.id, True, FAIR)
    vouch = nomination(who("khoa").id)
    assert vouch is not None and vouch.state == "active" and queries.message(pair, 1).status == "sent"


def test_two_who_decide_in_one_moment_are_one_and_the_other_is_told(who: Who, pair: int, second: str) -> None:
    act = did(who, "hide", pair)
    appeal_act(who("khoa"), act.id)
    decide_act_appeal(who("hang"), act.id, False, FAIR)
    other = refusal(lambda: decide_act_appeal(who(second), act.id, True, FAIR))
    assert other == (Conflict, "Việc này đã được người khác xem lại rồi.")
    assert queries.message(pair, 1).status == "hidden"


def test_of_two_in_one_moment_one_wins(app: Flask, world: World) -> None:
    with app.app_context():
        pair = open_pair(world)
        messages_commands.post_message(person(world["khoa"]), pair, new_id(), "Sao em học chậm vậy")
        _let_in(world["bay"], world["truong"], "coordinator")
        done = actions_commands.act(
            person(world["quang"]), "hide", room_id=pair, seq=1, reason="insult", words=WORDS
        ).id
        appeal_act(person(world["khoa"]), done)

    def take(name: str) -> str:
        with app.app_context():
            try:
                decide_act_appeal(person(world[name]), done, True, FAIR)
                return "won"
            except Conflict as refusal:
                return str(refusal)
            finally:
                db.session.remove()

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(take, ("hang", "bay"))) == ["Việc này đã được người khác xem lại rồi.", "won"]
    with app.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).where(AuditRow.action == "decide_second_look")) == 1


def test_an_answer_is_needed_and_nothing_private(who: Who, pair: int) -> None:
    act = did(who, "hide", pair)
    appeal_act(who("khoa"), act.id)
    for words in ("  ", "a" * 301, "Gọi thầy số 0912 345 678"):
        assert refusal(lambda words=words: decide_act_appeal(who("hang"), act.id, True, words))[0] is InvalidInput


# ---- what is restored --------------------------------------------------------------------------------------------


def test_a_hidden_message_is_back_and_both_sides_hear(who: Who, pair: int) -> None:
    act = decided(who, pair, "hidden")
    assert queries.message(pair, 1).status == "hidden"
    appeal_act(who("khoa"), act.id, "Em đùa thôi")
    decide_act_appeal(who("hang"), act.id, True, FAIR)
    assert (queries.message(pair, 1).status, act.undone_for) == ("sent", "overturned")
    for name in ("khoa", "quang", "minh"):
        assert len(inbox(who(name).id)) == 1, name
    row = db.session.scalars(sa.select(AuditRow).where(AuditRow.action == "decide_second_look")).one()
    assert (row.actor_id, row.reason, row.facts["outcome"]) == (who("hang").id, FAIR, "overturned")
    assert audit.verify().broken_at is None


def test_what_is_upheld_stays_and_who_reported_hears_nothing(who: Who, pair: int) -> None:
    act = decided(who, pair, "hidden")
    appeal_act(who("khoa"), act.id)
    decide_act_appeal(who("hang"), act.id, False, "Lời này làm bạn buồn.")
    assert queries.message(pair, 1).status == "hidden" and act.undone_at is None
    assert len(inbox(who("khoa").id)) == 1 and inbox(who("minh").id) == []


@pytest.mark.parametrize(
    "outcome",
    some("reminded", "removed", rest=["hidden", "paused"]),
)
def test_all_that_a_decision_left_standing_is_undone(who: Who, pair: int, second: str, outcome: str) -> None:
    act = decided(who, pair, outcome, what="scared")  # S1: muted, paused and hidden at once
    assert act.kind == "decision" and act.was["outcome"] == outcome
    appeal_act(who("khoa"), act.id)
    decide_act_appeal(who(second), act.id, True, FAIR)
    vouch, seat = nomination(who("khoa").id), queries.seat(pair, who("khoa").id)
    assert vouch is not None and vouch.state == "active" and queries.message(pair, 1).status == "sent"
    assert seat is not None and (seat.removed_at, seat.muted_until) == (None, None)
    assert messages_commands.post_message(who("khoa"), pair, new_id(), "Chào em").status == "sent"


@pytest.mark.parametrize("outcome", ["none", "outside"])
def test_where_nothing_was_left_or_the_police_have_it_there_is_nothing_to_look_at(
    who: Who, pair: int, outcome: str
) -> None:
    case = said(who("minh"), "message", f"{pair}/1", "scared")
    cases_commands.decide(who("quang"), case.id, outcome, WORDS)
    assert db.session.scalars(sa.select(ModerationAction)).all() == []


def spoiled(who: Who) -> bool:
    return any(one.spoiled for one in behind(who("minh").id, who("khoa").id))


MORE: dict[str, dict[str, Any]] = {"hide": {}, "mask": {"part": "chậm"}, "mute": {"minutes": 10}, "remove": {}}


@pytest.mark.parametrize("kind", MORE)
@pytest.mark.parametrize(
    "later", [timedelta(0), pytest.param(timedelta(days=2), marks=pytest.mark.full)], ids=["at once", "after its time"]
)
def test_what_was_overturned_does_not_count_against_a_trusted_pair(
    who: Who, pair: int, kind: str, later: timedelta
) -> None:
    act = did(who, kind, pair, **MORE[kind])
    assert spoiled(who)
    with clock.travel(clock.now() + later):  # a mute has run out by then
        appeal_act(who("khoa"), act.id)
        decide_act_appeal(who("hang"), act.id, True, FAIR)
    assert act.undone_for == "overturned" and not spoiled(who)


def test_minutes_that_were_struck_because_of_a_removal_count_again(who: Who, pair: int) -> None:
    for name in ("minh", "khoa"):
        presence_commands.visit(who(name), pair)
    act = did(who, "remove", pair)
    closure.close_room_by_rule(pair, "ended")
    [session] = [one for one in sessions_of_room(pair) if one.helper_id == who("khoa").id]
    assert session.struck_at is not None
    appeal_act(who("khoa"), act.id)
    decide_act_appeal(who("hang"), act.id, True, FAIR)
    assert session.struck_at is None and session.struck_reason == ""


def test_a_message_that_is_gone_cannot_be_brought_back(who: Who, pair: int) -> None:
    act = did(who, "hide", pair)
    appeal_act(who("khoa"), act.id)
    command(lambda: db.session.execute(sa.update(Message).where(Message.seq == 1).values(text="")))()
    assert refusal(lambda: decide_act_appeal(who("hang"), act.id, True, FAIR))[0] is Conflict
    assert decide_act_appeal(who("hang"), act.id, False, FAIR).outcome == "upheld"


def test_an_act_that_the_desk_itself_undoes_needs_no_second_look_any_more(who: Who, pair: int) -> None:
    act = did(who, "hide", pair)
    appeal_act(who("khoa"), act.id)
    actions_commands.reverse(who("quang"), act.id, "Tôi nhầm")
    made = appeals_queries.appeal(act.id)
    assert (made.outcome, made.answer) == ("overturned", "Tôi nhầm") and appeals_queries.waiting_for(who("hang")) == []


# ---- deadlines and erasure -----------------------------------------------------------------------------------------


def work(at: datetime) -> None:
    with clock.travel(at):
        while jobs.run_due():
            pass


def test_who_does_not_answer_in_five_days_is_passed_over(who: Who, pair: int, second: str) -> None:
    act = did(who, "hide", pair)
    due = appeal_act(who("khoa"), act.id).due_at
    work(due - timedelta(minutes=1))
    assert appeals_queries.appeal(act.id).alarm == 0
    work(due + timedelta(minutes=1))
    assert (
        appeals_queries.appeal(act.id).alarm == 1 and len(inbox(who(second).id)) == 2 and inbox(who("admin1").id) == []
    )
    work(due + timedelta(days=1, minutes=2))
    assert appeals_queries.appeal(act.id).alarm == 2 and len(inbox(who("admin1").id)) == 1
    assert [one.act_id for one in appeals_queries.waiting_for(who("admin1"))] == [act.id]
    decide_act_appeal(who("admin1"), act.id, True, FAIR)
    assert queries.message(pair, 1).status == "sent"


def test_an_answer_in_time_alarms_nobody(who: Who, pair: int, second: str) -> None:
    act = did(who, "hide", pair)
    due = appeal_act(who("khoa"), act.id).due_at
    decide_act_appeal(who("hang"), act.id, False, FAIR)
    work(due + timedelta(days=3))
    assert appeals_queries.appeal(act.id).alarm == 0 and len(inbox(who(second).id)) == 1


def test_words_of_who_asked_go_with_the_yes_to_talking(who: Who, pair: int) -> None:
    act = did(who, "hide", pair)
    appeal_act(who("khoa"), act.id, "Em đùa thôi")
    decide_act_appeal(who("hang"), act.id, False, FAIR)
    command(publish)(DataErasureDue(who("khoa").id, "chat", clock.now()))
    db.session.expire_all()
    assert db.session.scalars(sa.select(ActionAppeal.words)).all() == [""]


# ---- pages ---------------------------------------------------------------------------------------------------------


def test_the_pages_lead_from_the_notice_to_the_answer(
    app: Flask, world: World, as_: Callable[[str], FlaskClient]
) -> None:
    with app.app_context():
        pair = open_pair(world)
        messages_commands.post_message(person(world["khoa"]), pair, new_id(), "Sao em học chậm vậy")
        case = said(person(world["minh"]), "message", f"{pair}/1", "bullied")
        cases_commands.decide(person(world["quang"]), case.id, "hidden", "Lời này làm bạn buồn.")
        act = db.session.scalars(sa.select(ModerationAction)).one().id
    khoa, hang = as_("khoa"), as_("hang")
    about = khoa.get("/acts-about-me").text
    assert "Lời này làm bạn buồn." in about and "điều phối viên" in about and "Quang" not in about
    place = f"/acts/{act}/second-look"
    assert place in about and as_("minh").get(place).status_code == 404
    assert khoa.post(place, data={"words": "Em đùa thôi ạ"}).status_code == 302
    assert "đang chờ xem lại" in khoa.get("/acts-about-me").text and "Gửi yêu cầu" not in khoa.get(place).text
    assert "Khoa" in hang.get("/desk/second-looks").text
    desk = f"/desk/second-looks/{act}"
    page = hang.get(desk).text
    assert "Em đùa thôi ạ" in page and "Sao em học chậm vậy" in page
    assert "người khác xem lại" in as_("quang").get(desk).text and as_("mai").get(desk).status_code == 404
    assert hang.post(desk, data={"answer": "Nhầm"}).status_code == 422
    done = hang.post(desk, data={"outcome": "overturned", "answer": FAIR}, follow_redirects=True)
    assert "Đã trả lời" in done.text and FAIR in khoa.get("/acts-about-me").text
