"""Every act of the desk: what it does, what undoes it, its audit rows, its notice, and what open pages feel at once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.factories import World, person
from tests.moderation.conftest import Who, said
from tests.rooms.conftest import new_id, open_adults, open_pair
from tutoring.accounts.models import Guardian
from tutoring.accounts.sign_ins import lifecycle, open_sockets
from tutoring.community.queries import nomination
from tutoring.kernel import audit, clock, jobs
from tutoring.kernel.audit import AuditRow
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, DomainError, Forbidden, InvalidInput, NotFound
from tutoring.moderation.actions import commands as actions_commands
from tutoring.moderation.actions import queries as actions_queries
from tutoring.moderation.actions.commands import forget_words
from tutoring.moderation.cases import claims
from tutoring.moderation.cases import commands as cases_commands
from tutoring.moderation.models import Case, ModerationAction
from tutoring.notifications.models import Notice
from tutoring.pairing.eligibility import avoided
from tutoring.pairing.lifecycle.avoidance import avoid
from tutoring.pairing.models import Avoidance
from tutoring.policy.moderation.actions import ACTION_RULES, REASONS, audit_row, may_act, may_act_in_room, undo_row
from tutoring.policy.moderation.cases import CaseFacts
from tutoring.policy.rooms.participation import RoomFacts
from tutoring.rooms import queries
from tutoring.rooms.erasure import consent_withdrawal
from tutoring.rooms.hooks import rooms_on_legal_hold
from tutoring.rooms.messages import commands as messages_commands
from tutoring.rooms.models import Message, MessageOriginal
from tutoring.rooms.moderation import commands as moderation_commands
from tutoring.web.socket_io import realtime

WORDS = "Mình cùng giữ lời tử tế nhé."
Felt = tuple[str, str]


@pytest.fixture
def felt(monkeypatch: pytest.MonkeyPatch) -> list[Felt]:
    """What open pages hear, and whose sockets part or are cut, in order."""
    seen: list[Felt] = []
    monkeypatch.setattr(
        realtime, "push", lambda event, payload, to: seen.append((f"{event}:{payload.get('what', '')}", to))
    )
    monkeypatch.setattr(realtime, "leave", lambda sids, room: seen.extend((f"leaves:{sid}", room) for sid in sids))
    monkeypatch.setattr(realtime, "close_sockets", lambda sids: seen.extend(("cut", sid) for sid in sids))
    return seen


@command
def line_of(user_id: int) -> None:
    """An open socket of this person, called by the id of the person."""
    sign_in = lifecycle.begin_sign_in(person(user_id), "test", second_factor=True)
    open_sockets.open_sockets([(f"s{user_id}", sign_in.id, user_id)])


@dataclass(frozen=True)
class Row:
    """How one act shows: `state` is what it changes and its reversal restores; `felt` what pages feel, where {pair}
    and {khoa} stand for ids; `told` who gets a notice beside Khoa, whom all of this is about."""

    state: Callable[[World, int], Any]
    after: Any
    felt: set[Felt]
    told: set[str] = field(default_factory=set)
    more: dict[str, Any] = field(default_factory=dict)
    ready: Callable[[World, int], None] = lambda _world, _pair: None


def _status(_world: World, pair: int) -> Any:
    found = queries.message(pair, 1)
    return found.status, found.text, found.decided_by_id, found.found


def _text_of(world: World, pair: int) -> Any:
    return _status(world, pair)[:2]


def _held(world: World, pair: int) -> None:
    @command
    def hold() -> None:
        db.session.execute(
            sa.update(Message).where(Message.room_id == pair, Message.seq == 1).values(status="held", held_for="found")
        )

    hold()


def _writes(world: World, room_id: int) -> Any:
    seat = queries.seat(room_id, world["khoa"])
    assert seat is not None
    return seat.is_muted, seat.removed_at is None


def _locked(_world: World, pair: int) -> Any:
    return queries.room(pair).locked_at is not None


def _helps_and_writes(world: World, pair: int) -> Any:
    vouch = nomination(world["khoa"])
    assert vouch is not None
    return vouch.state, _writes(world, pair)[0]


def _kept(_world: World, pair: int) -> Any:
    return pair in set(db.session.scalars(rooms_on_legal_hold().where(sa.literal(True))))


ROOM = "room:{pair}"
ME = "user:{khoa}"
ROWS: dict[str, Row] = {
    "release": Row(_text_of, ("sent", "Sao em học chậm vậy"), {("changed:released", ROOM)}, ready=_held),
    "mask": Row(
        _status, ("masked", "Sao em học [người trực đã che] vậy", "quang", []), {("changed:desk", ROOM)},
        more={"part": "chậm"},
    ),
    "hide": Row(_status, ("hidden", "Sao em học chậm vậy", "quang", []), {("changed:desk", ROOM)}),
    "warn": Row(_text_of, ("sent", "Sao em học chậm vậy"), {("changed:notices", ME)}),
    "mute": Row(_writes, (True, True), {("changed:muted", ROOM)}, more={"minutes": 60}),
    "remove": Row(_writes, (False, False), {("leaves:s{khoa}", ROOM), ("changed:removed", ROOM)}),
    "lock": Row(_locked, True, {("changed:locked", ROOM)}, {"minh", "lan"}),
    "unpair": Row(
        lambda world, _pair: avoided(world["minh"], world["khoa"]), True, {("changed:closed", ROOM)}, {"minh"}
    ),
    "quarantine": Row(_helps_and_writes, ("paused", True), {("changed:muted", ROOM)}),
    "suspend": Row(lambda world, _pair: person(world["khoa"]).state, "suspended", {("cut", "s{khoa}")}),
    "legal_hold": Row(_kept, True, {("changed:notices", ME)}),
}  # fmt: skip


def test_the_table_of_this_test_names_every_act() -> None:
    assert set(ROWS) == set(ACTION_RULES)
    for kind, act in ACTION_RULES.items():
        parts = [felt for felt, _to in ROWS[kind].felt]
        assert (act.sockets == "cut") == ("cut" in parts)
        assert (act.sockets == "out") == any(one.startswith("leaves") for one in parts)
        assert (act.sockets == "shut") == ("changed:closed" in parts)
        assert act.reversible


def rows_of(name: str) -> list[AuditRow]:
    return list(db.session.scalars(sa.select(AuditRow).where(AuditRow.action == name).order_by(AuditRow.id)))


def told(act: ModerationAction, key: str = "act") -> set[int]:
    return set(db.session.scalars(sa.select(Notice.user_id).where(Notice.key == f"{key}:{act.id}")))


@pytest.mark.parametrize("kind", sorted(ACTION_RULES))
def test_each_act_has_its_effect_reversal_audit_rows_notice_and_is_felt_at_once(
    kind: str, who: Who, inside: World, pair: int, felt: list[Felt]
) -> None:
    row = ROWS[kind]
    line_of(inside["khoa"])
    # A room keeps what is in it while its case is open, so that a hold shows only without one.
    where: dict[str, Any] = {"room_id": pair, "seq": 1, "about_id": inside["khoa"]}
    if kind != "legal_hold":
        where = {"case_id": said(who("minh"), "message", f"{pair}/1", "bullied").id}
    row.ready(inside, pair)
    before = row.state(inside, pair)
    felt.clear()
    act = actions_commands.act(who("quang"), kind, **where, reason="insult", words=WORDS, **row.more)
    # effect
    after = (
        tuple(inside[one] if one == "quang" else one for one in row.after) if kind in ("mask", "hide") else row.after
    )
    assert before != after or kind == "warn"
    assert row.state(inside, pair) == after and act.stands
    # audit row: numbers and codes, no words
    [written] = rows_of(audit_row(kind))
    assert (written.actor_id, written.reason, written.facts["act"]) == (inside["quang"], "insult", act.id)
    assert WORDS not in str(written.facts) and "chậm" not in str(written.facts)
    # notice: what both sides read
    assert told(act) == {inside["khoa"], *(inside[name] for name in row.told)}
    notice = db.session.scalars(
        sa.select(Notice).where(Notice.key == f"act:{act.id}", Notice.user_id == inside["khoa"])
    ).one()
    assert WORDS in notice.say % notice.params and notice.path == f"/acts/{act.id}"
    assert actions_queries.act_for(who("khoa"), act.id).id == act.id
    # what open pages feel, after the commit
    ids = {"pair": pair, "khoa": inside["khoa"]}
    assert {(what.format(**ids), to.format(**ids)) for what, to in row.felt} <= set(felt)
    # reversal
    actions_commands.reverse(who("quang"), act.id, "Đã xem lại.")
    db.session.expire_all()
    assert row.state(inside, pair) == before and not act.stands and act.undone_for == "reversed"
    [undone] = rows_of(undo_row(kind))
    assert (undone.actor_id, undone.reason) == (inside["quang"], "reversed")
    assert inside["khoa"] in told(act, "act-undone")
    with pytest.raises(Conflict) as refused:
        actions_commands.reverse(who("quang"), act.id)
    assert refused.value.code == "undone"
    assert audit.verify().broken_at is None


# ---- what single ones have of their own -------------------------------------------------------------------------


def test_a_masked_part_is_sealed_and_its_original_is_read_at_the_desk(who: Who, pair: int) -> None:
    case = said(who("minh"), "message", f"{pair}/1", "bullied")
    with pytest.raises(InvalidInput) as refused:  # the detector finds nothing in it
        actions_commands.act(who("quang"), "mask", case_id=case.id, reason="insult", words=WORDS)
    assert refused.value.field == "part"
    with pytest.raises(InvalidInput):
        actions_commands.act(who("quang"), "mask", case_id=case.id, reason="insult", words=WORDS, part="không có")
    act = actions_commands.act(who("quang"), "mask", case_id=case.id, reason="insult", words=WORDS, part="chậm")
    assert "chậm" not in queries.message(pair, 1).text + str(act.was)
    assert moderation_commands.read_original(who("hang"), pair, 1, "Xem lại") == "Sao em học chậm vậy"
    with pytest.raises(Conflict):
        actions_commands.act(who("quang"), "mask", case_id=case.id, reason="insult", words=WORDS, part="Sao")
    actions_commands.reverse(who("quang"), act.id)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(MessageOriginal)) == 0


def test_a_mute_and_a_quarantine_end_by_themselves_and_are_noted_as_expired(who: Who, inside: World, pair: int) -> None:
    case = said(who("minh"), "message", f"{pair}/1", "bullied")
    given = {"case_id": case.id, "reason": "insult", "words": WORDS}
    mute = actions_commands.act(who("quang"), "mute", **given, minutes=30)
    still = actions_commands.act(who("quang"), "quarantine", **given)
    with clock.travel(clock.now() + timedelta(minutes=31)):
        assert not mute.stands
        with pytest.raises(Conflict) as refused:
            actions_commands.reverse(who("quang"), mute.id)
        assert refused.value.code == "expired"
    with clock.travel(clock.now() + timedelta(hours=24, minutes=1)):
        while jobs.run_due():
            pass
        cases_commands.look(who("quang"), case.id)
        db.session.expire_all()
        assert (mute.undone_for, still.undone_for) == ("expired", "expired")
        vouch = nomination(inside["khoa"])
        assert vouch is not None and vouch.state == "active"
        assert not told(still, "act-undone") and not _writes(inside, pair)[0]


def test_a_quarantine_holds_in_every_room_and_in_those_that_open_meanwhile(who: Who, inside: World, pair: int) -> None:
    case = said(who("minh"), "message", f"{pair}/1", "bullied")
    other = open_pair(inside)
    act = actions_commands.act(who("quang"), "quarantine", case_id=case.id, reason="insult", words=WORDS)
    later = open_pair(inside)
    assert [_writes(inside, room)[0] for room in (pair, other, later)] == [True, True, True]
    seat = queries.seat(later, inside["khoa"])
    assert seat is not None and seat.mute_reason == WORDS
    actions_commands.reverse(who("quang"), act.id)
    assert [_writes(inside, room)[0] for room in (pair, other)] == [False, False]


def test_a_pause_that_a_grave_case_still_needs_outlasts_the_quarantine(who: Who, inside: World, pair: int) -> None:
    case = said(who("minh"), "message", f"{pair}/1", "bullied")
    act = actions_commands.act(who("quang"), "quarantine", case_id=case.id, reason="insult", words=WORDS)
    grave = said(who("lan"), "person", str(inside["khoa"]), "danger")
    actions_commands.reverse(who("quang"), act.id)
    vouch = nomination(inside["khoa"])
    assert vouch is not None and vouch.state == "paused"
    cases_commands.decide(who("quang"), grave.id, "none", "Đã hỏi cả hai.")
    vouch = nomination(inside["khoa"])
    assert vouch is not None and vouch.state == "active"


def test_a_mute_that_somebody_has_changed_since_stays_when_the_act_is_undone(
    who: Who, inside: World, pair: int
) -> None:
    case = said(who("minh"), "message", f"{pair}/1", "bullied")
    act = actions_commands.act(who("quang"), "mute", case_id=case.id, reason="insult", words=WORDS, minutes=5)
    moderation_commands.mute(who("hang"), pair, inside["khoa"], 60, "Còn nói nữa")
    actions_commands.reverse(who("quang"), act.id)
    assert _writes(inside, pair)[0]


def test_whom_one_avoids_by_oneself_one_still_avoids_when_the_desk_lets_them_meet(
    who: Who, inside: World, pair: int
) -> None:
    from_minh = {"room_id": pair, "about_id": inside["minh"], "toward_id": inside["khoa"]}
    act = actions_commands.act(who("quang"), "unpair", **from_minh, reason="contact", words=WORDS)
    with pytest.raises(Conflict):
        actions_commands.act(who("quang"), "unpair", **from_minh, reason="contact", words=WORDS)
    avoid(who("minh"), inside["khoa"])
    actions_commands.reverse(who("quang"), act.id)
    assert avoided(inside["minh"], inside["khoa"])
    assert [(one.own, one.by_desk) for one in db.session.scalars(sa.select(Avoidance))] == [(True, False)]


def test_what_was_erased_meanwhile_is_not_brought_back(who: Who, pair: int) -> None:
    case = said(who("minh"), "message", f"{pair}/1", "bullied")
    act = actions_commands.act(who("quang"), "hide", case_id=case.id, reason="insult", words=WORDS)

    @command
    def erased() -> None:
        found = queries.message(pair, 1)
        found.text = ""

    erased()
    with pytest.raises(Conflict):
        actions_commands.reverse(who("quang"), act.id)
    assert act.stands


def test_nothing_is_erased_from_the_rooms_of_a_person_on_hold(who: Who, inside: World, pair: int) -> None:
    act = actions_commands.act(
        who("quang"), "legal_hold", room_id=pair, about_id=inside["khoa"], reason="danger", words=WORDS
    )
    other = open_adults(inside)
    masked = messages_commands.post_message(who("khoa"), pair, new_id(), "Số của anh là 0912 345 678")
    with clock.travel(clock.now() + timedelta(days=92)):
        while jobs.run_due():
            pass
        assert (
            moderation_commands.read_original(who("hang"), pair, masked.seq, "Xem lại") == "Số của anh là 0912 345 678"
        )
        consent_withdrawal.erase_words(inside["khoa"])
        assert queries.message(pair, 1).text and _kept(inside, pair) and not _kept(inside, other)
        actions_commands.reverse(who("quang"), act.id)
    with clock.travel(clock.now() + timedelta(days=94)):
        while jobs.run_due():
            pass
        assert db.session.scalar(sa.select(MessageOriginal.message_id)) is None
        consent_withdrawal.erase_words(inside["khoa"])
        db.session.expire_all()
        assert not queries.message(pair, 1).text


def test_undoing_inside_another_command_is_part_of_its_transaction(who: Who, pair: int) -> None:
    case = said(who("minh"), "message", f"{pair}/1", "bullied")
    act = actions_commands.act(who("quang"), "hide", case_id=case.id, reason="insult", words=WORDS)
    act_id = act.id

    @command
    def second_look(fail: bool) -> None:
        actions_commands.undo(actions_queries.get_action(act_id), who("hang").id, "overturned")
        if fail:
            raise RuntimeError

    with pytest.raises(RuntimeError):
        second_look(True)
    assert queries.message(pair, 1).status == "hidden"
    second_look(False)
    db.session.expire_all()
    assert queries.message(pair, 1).status == "sent"
    assert actions_queries.get_action(act_id).undone_for == "overturned"


# ---- the rules ---------------------------------------------------------------------------------------------------


def test_who_may_what() -> None:
    teacher, coordinator = frozenset({"teacher"}), frozenset({"coordinator"})
    for kind, act in ACTION_RULES.items():
        assert may_act(kind, CaseFacts("S2", True, teacher)) is (act.by != "coordinates")
        assert may_act(kind, CaseFacts("S1", True, teacher)) is (act.by == "sees")
        assert may_act(kind, CaseFacts("S0", True, coordinator))
        assert may_act(kind, CaseFacts("S0", True, frozenset({"site_admin"}), alarmed=True))
        for fact in ("is_about", "reported", "family_of_about", "family_of_reporter"):
            assert not may_act(kind, CaseFacts("S2", True, coordinator, **{fact: True}))  # type: ignore[arg-type]
        assert not may_act(kind, CaseFacts("S2", True, frozenset({"officer"})))
        assert may_act_in_room(kind, RoomFacts(held=coordinator))
        assert may_act_in_room(kind, RoomFacts(held=teacher)) is (act.by != "coordinates")
        assert not may_act_in_room(kind, RoomFacts(role="helper", held=coordinator))
        assert not may_act_in_room(kind, RoomFacts(held=frozenset({"officer"})))


# ---- bad input ---------------------------------------------------------------------------------------------------


def refused(who: Who, name: str, kind: str, **given: Any) -> DomainError:
    with pytest.raises(DomainError) as found:
        actions_commands.act(who(name), kind, **{"reason": "insult", "words": WORDS, **given})
    return found.value


def test_each_fault_is_a_refusal_of_its_own(who: Who, inside: World, pair: int, adults: int) -> None:
    case = said(who("minh"), "message", f"{pair}/1", "bullied").id
    khoa = inside["khoa"]
    faults: list[tuple[str, dict[str, Any], type[DomainError], str]] = [
        ("ban", {"case_id": case}, InvalidInput, "việc cần làm"),
        ("hide", {"case_id": case, "reason": "whim"}, InvalidInput, "lý do"),
        ("hide", {"case_id": case, "words": " "}, InvalidInput, "vài câu"),
        ("hide", {"case_id": case, "words": "a" * 201}, InvalidInput, "200"),
        ("hide", {"case_id": case, "words": "Gọi 0912345678 nhé"}, InvalidInput, ""),
        ("mute", {"case_id": case, "minutes": 24 * 60 + 1}, InvalidInput, "24 giờ"),
        ("mute", {"case_id": case}, InvalidInput, "24 giờ"),
        ("hide", {"case_id": case, "seq": 77}, NotFound, ""),
        ("hide", {"case_id": 99_999}, NotFound, ""),
        ("hide", {"room_id": 99_999, "seq": 1}, NotFound, ""),
        ("hide", {}, NotFound, ""),
        ("hide", {"room_id": pair}, InvalidInput, "chọn tin"),
        ("mute", {"room_id": pair, "minutes": 5}, InvalidInput, "chọn người"),
        ("hide", {"case_id": case, "room_id": adults}, NotFound, ""),  # a case is no way into another room
        ("suspend", {"case_id": case, "about_id": inside["bay"]}, NotFound, ""),  # nor to somebody else
        ("warn", {"case_id": case, "about_id": inside["bay"]}, NotFound, ""),
        ("release", {"case_id": case}, Conflict, "được xem rồi"),
        ("unpair", {"room_id": pair, "about_id": khoa, "toward_id": khoa}, InvalidInput, "hai người"),
    ]
    for kind, given, refusal, words in faults:
        found = refused(who, "quang", kind, **given)
        assert type(found) is refusal and words in str(found), (kind, given, found)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(ModerationAction)) == 0


def test_what_is_gone_is_named(who: Who, inside: World, pair: int) -> None:
    case = said(who("minh"), "message", f"{pair}/1", "bullied").id
    actions_commands.act(who("quang"), "hide", case_id=case, reason="insult", words=WORDS)
    assert "đã được ẩn" in str(refused(who, "quang", "hide", case_id=case))
    actions_commands.act(who("quang"), "lock", case_id=case, reason="insult", words=WORDS)
    assert "đang khoá" in str(refused(who, "quang", "lock", case_id=case))
    actions_commands.act(who("quang"), "remove", case_id=case, reason="insult", words=WORDS)
    assert refused(who, "quang", "mute", case_id=case, minutes=5).code == "gone"
    moderation_commands.close_room(who("hang"), pair, "Hết giờ")
    for kind in ("mute", "remove", "lock"):
        assert refused(who, "quang", kind, case_id=case, minutes=5).code == "closed"
    cases_commands.decide(who("quang"), case, "reminded", "Đã nói chuyện.")
    assert "đã được quyết định" in str(refused(who, "quang", "warn", case_id=case))


def test_a_case_without_a_room_has_no_room_to_lock(who: Who) -> None:
    case = said(who("minh"), "site", "", "danger", "Ở nhà")
    assert refused(who, "quang", "lock", case_id=case.id).code == "closed"


def test_nobody_acts_on_oneself_nor_on_the_own_family(who: Who, inside: World, pair: int) -> None:
    moderation_commands.enter_as_observer(who("hang"), pair)
    messages_commands.post_message(who("hang"), pair, new_id(), "Em làm bài đi")
    own = queries.room(pair).last_seq
    assert "chính bạn" in str(refused(who, "hang", "hide", room_id=pair, seq=own))
    assert "chính bạn" in str(refused(who, "hang", "warn", room_id=pair, about_id=inside["hang"]))

    @command
    def mother() -> None:
        db.session.add(Guardian(guardian_id=inside["hang"], child_id=inside["khoa"], confirmed_at=clock.now()))

    mother()
    assert "người nhà" in str(refused(who, "hang", "hide", room_id=pair, seq=1))
    case = said(who("minh"), "message", f"{pair}/1", "bullied").id
    assert type(refused(who, "hang", "hide", case_id=case)) is NotFound  # nor is told that there is a case


def test_who_reported_or_may_not_decide_is_refused_by_name(who: Who, inside: World, pair: int) -> None:
    moderation_commands.enter_as_observer(who("hang"), pair)
    case = said(who("hang"), "message", f"{pair}/1", "bullied").id
    assert "người báo" in str(refused(who, "hang", "hide", case_id=case))
    assert type(refused(who, "hang", "suspend", room_id=pair, about_id=inside["khoa"])) is Forbidden
    for name in ("minh", "khoa", "bay", "mai", "admin1"):
        assert type(refused(who, name, "hide", case_id=case)) is NotFound
        assert type(refused(who, name, "hide", room_id=pair, seq=1)) is NotFound
    act = actions_commands.act(who("quang"), "suspend", case_id=case, reason="danger", words=WORDS)
    with pytest.raises(Forbidden):
        actions_commands.reverse(who("hang"), act.id)
    with pytest.raises(NotFound):
        actions_commands.reverse(who("bay"), act.id)
    with pytest.raises(NotFound):
        actions_commands.reverse(who("quang"), 99_999)
    of_room = actions_commands.act(who("quang"), "lock", room_id=pair, reason="looking", words=WORDS)
    with pytest.raises(NotFound):  # not Forbidden, which would tell a stranger of the act
        actions_commands.reverse(who("bay"), of_room.id)


def test_what_was_done_is_read_by_those_it_concerns_alone(who: Who, inside: World, pair: int) -> None:
    about_khoa = actions_commands.act(who("quang"), "hide", room_id=pair, seq=1, reason="insult", words=WORDS)
    of_room = actions_commands.act(who("quang"), "lock", room_id=pair, reason="looking", words=WORDS)
    for name, sees_his, sees_rooms in (
        ("khoa", True, True), ("minh", False, True), ("lan", False, True), ("bay", False, False)
    ):  # fmt: skip
        for act, sees in ((about_khoa, sees_his), (of_room, sees_rooms)):
            if sees:
                assert actions_queries.act_for(who(name), act.id).id == act.id
            else:
                with pytest.raises(NotFound):
                    actions_queries.act_for(who(name), act.id)


# ---- claims ------------------------------------------------------------------------------------------------------


def test_while_one_has_a_case_in_hand_the_other_is_told_who_and_until_when(who: Who, pair: int) -> None:
    case = said(who("minh"), "message", f"{pair}/1", "bullied")
    claims.claim(who("hang"), case.id)
    for refused_now in (
        lambda: claims.claim(who("quang"), case.id),
        lambda: cases_commands.decide(who("quang"), case.id, "none", "Không có gì."),
        lambda: actions_commands.act(who("quang"), "hide", case_id=case.id, reason="insult", words=WORDS),
    ):
        with pytest.raises(Conflict) as refusal:
            refused_now()
        assert refusal.value.code == "claimed" and "Cô Hằng đang xem việc này đến" in str(refusal.value)
    with clock.travel(clock.now() + timedelta(minutes=9)):
        actions_commands.act(
            who("hang"), "warn", case_id=case.id, reason="insult", words=WORDS
        )  # who acts goes on having it
    with clock.travel(clock.now() + timedelta(minutes=18)), pytest.raises(Conflict):
        claims.claim(who("quang"), case.id)
    with clock.travel(clock.now() + timedelta(minutes=19, seconds=1)):
        assert claims.claim(who("quang"), case.id).claimed_by_id == who("quang").id


def test_who_may_not_decide_a_grave_case_holds_up_nobody_who_may(who: Who, pair: int) -> None:
    case = said(who("minh"), "message", f"{pair}/1", "danger")
    claims.claim(who("hang"), case.id)  # a teacher looks, mutes, locks; the coordinator decides
    actions_commands.act(who("hang"), "lock", case_id=case.id, reason="danger", words=WORDS)
    with pytest.raises(Conflict) as refusal:
        claims.claim(who("quang"), case.id)
    assert refusal.value.code == "claimed" and "hãy ghi lý do" in str(refusal.value)
    taken = claims.claim(who("quang"), case.id, "Việc này cần quyết định ngay")
    assert taken.claimed_by_id == who("quang").id
    with pytest.raises(Conflict):
        actions_commands.act(who("hang"), "warn", case_id=case.id, reason="danger", words=WORDS)


def test_a_second_look_at_a_message_ends_the_act_on_it(who: Who, pair: int) -> None:
    case = said(who("minh"), "message", f"{pair}/1", "bullied")
    act = actions_commands.act(who("quang"), "hide", case_id=case.id, reason="insult", words=WORDS)
    moderation_commands.appeal(who("khoa"), pair, 1)
    moderation_commands.decide_appeal(who("hang"), pair, 1, True, "Không sao")
    db.session.expire_all()
    assert (act.undone_for, act.undone_by_id) == ("overturned", who("hang").id)
    assert len(rows_of(undo_row("hide"))) == 1


def test_a_clean_up_takes_the_words_of_what_is_over_and_leaves_what_is_on_hold(
    who: Who, inside: World, pair: int
) -> None:
    given = {"room_id": pair, "about_id": inside["khoa"], "reason": "insult", "words": WORDS}
    warn = actions_commands.act(who("quang"), "warn", **given)
    hold = actions_commands.act(who("quang"), "legal_hold", **given)
    forget_words(inside["khoa"])
    db.session.expire_all()
    assert warn.words == WORDS
    actions_commands.reverse(who("quang"), hold.id)
    forget_words(inside["khoa"])
    db.session.expire_all()
    assert (warn.words, warn.reason) == ("", "insult")


def test_a_case_is_let_go_by_hand_and_by_its_end(who: Who, pair: int) -> None:
    case = said(who("minh"), "message", f"{pair}/1", "bullied")
    claims.claim(who("hang"), case.id)
    claims.let_go(who("quang"), case.id)  # not theirs to let go
    assert case.claimed_by_id == who("hang").id
    claims.let_go(who("hang"), case.id)
    claims.claim(who("quang"), case.id)
    cases_commands.decide(who("quang"), case.id, "none", "Không có gì.")
    assert case.claimed_by_id is None
    with pytest.raises(Conflict):
        claims.claim(who("hang"), case.id)


def test_of_two_who_take_a_case_in_one_moment_one_gets_it(app: Flask, world: World) -> None:
    with app.app_context():
        pair = open_pair(world)
        messages_commands.post_message(person(world["khoa"]), pair, new_id(), "Sao em học chậm vậy")
        case_id = said(person(world["minh"]), "message", f"{pair}/1", "bullied").id

    def take(name: str) -> str:
        with app.app_context():
            try:
                actions_commands.act(person(world[name]), "hide", case_id=case_id, reason="insult", words=WORDS)
                return "won"
            except Conflict as refusal:
                return refusal.code
            finally:
                db.session.remove()

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(take, ("hang", "quang"))) == ["claimed", "won"]
    with app.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(ModerationAction)) == 1
        assert db.session.get_one(Case, case_id).claimed_by_id is not None


def test_every_reason_has_words() -> None:
    assert all(REASONS.values()) and {"contact", "secrecy", "insult", "danger", "scam", "other"} <= set(REASONS)
