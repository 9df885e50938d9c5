"""A report is classed, meets others of the same thing, and has its first measures at once."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from tests.factories import World
from tests.moderation.conftest import Who, reports, said
from tests.parametrize import some
from tests.rooms.conftest import new_id
from tutoring.community.models import Membership
from tutoring.community.queries import nomination
from tutoring.kernel import audit, clock
from tutoring.kernel.audit import AuditRow
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import Forbidden, NotFound
from tutoring.moderation.cases import commands as cases_commands
from tutoring.moderation.cases import evidence
from tutoring.moderation.cases import queries as cases_queries
from tutoring.moderation.models import Case, Evidence
from tutoring.moderation.reports import commands as reports_commands
from tutoring.moderation.reports.targets import find
from tutoring.notifications.models import Notice
from tutoring.policy.welfare import LOOK
from tutoring.rooms import queries
from tutoring.rooms import serializers as rooms_serializers
from tutoring.rooms.messages import commands as messages_commands
from tutoring.rooms.moderation import commands as moderation_commands
from tutoring.rooms.sessions import commands as sessions_commands
from tutoring.safety import detector
from tutoring.safety.findings import Hit
from tutoring.welfare.models import Disclosure


def told(user_id: int) -> list[str]:
    """What somebody's inbox says of cases."""
    query = sa.select(Notice.say).where(Notice.user_id == user_id, Notice.key.startswith("case:")).order_by(Notice.id)
    return list(db.session.scalars(query))


def test_a_childs_report_of_a_photo_asked_for_stops_the_writer_at_once(who: Who, pair: int) -> None:
    case = said(who("minh"), "message", f"{pair}/1", "contact")
    assert (case.grade, case.about_id, case.minors) == ("S1", who("khoa").id, True)
    assert queries.message(pair, 1).status == "hidden"
    seat = queries.seat(pair, who("khoa").id)
    assert seat is not None and seat.is_muted
    with pytest.raises(Forbidden):
        messages_commands.post_message(who("khoa"), pair, new_id(), "Sao em không trả lời?")
    vouch = nomination(who("khoa").id)
    assert vouch is not None and vouch.state == "paused"
    # The room stays open: the child still reaches the grown-ups in it.
    assert messages_commands.post_message(who("minh"), pair, new_id(), "Cô ơi").status == "sent"
    for name in ("hang", "quang"):
        assert "Gấp: có báo cáo nghiêm trọng. Mở xem trong 2 giờ." in told(who(name).id)
    for name in ("muoi", "mai", "khoa", "lan", "minh", "admin1"):
        assert told(who(name).id) == [], name


def test_no_line_in_the_room_and_no_reason_tells_of_a_report(who: Who, pair: int) -> None:
    said(who("minh"), "message", f"{pair}/1", "danger")
    said(who("minh"), "person", str(who("khoa").id), "contact")
    seat = queries.seat(pair, who("khoa").id)
    lines = [one.text for one in queries.messages_after(pair, 2).items]
    assert lines
    for text in [*lines, seat.mute_reason if seat else ""]:
        assert "báo" not in text and "Minh" not in text


def test_danger_locks_the_room_and_rings_everybody_on_duty(who: Who, pair: int) -> None:
    case = said(who("minh"), "room", str(pair), "danger")
    assert case.grade == "S0" and queries.room(pair).hold_all
    held = messages_commands.post_message(who("khoa"), pair, new_id(), "Em đâu rồi?")
    assert held.status == "held" and rooms_serializers.serialize_message(held)["text"] is None
    assert (
        messages_commands.post_message(who("minh"), pair, new_id(), "Cứu em").status == "held"
    )  # and is read by the watchers
    for name in ("hang", "quang"):
        assert "Khẩn: có người báo đang gặp nguy hiểm. Mở xem ngay." in told(who(name).id)


def test_evidence_is_sealed_and_each_line_stands_by_its_digest_in_the_audit_chain(who: Who, pair: int) -> None:
    case = said(who("minh"), "message", f"{pair}/1", "danger")
    kept = db.session.scalars(sa.select(Evidence).where(Evidence.case_id == case.id)).one()
    assert "học chậm".encode() not in kept.sealed
    opened = evidence.opened(kept)
    assert [one["text"] for one in opened["messages"]] == ["Sao em học chậm vậy", "Dạ thôi ạ"]
    assert opened["messages"][0]["status"] == "sent"  # as it stood before it was hidden
    row = db.session.scalars(sa.select(AuditRow).where(AuditRow.action == "freeze_evidence")).one()
    assert row.facts["sha256"] == [[one["seq"], evidence.digest(one)] for one in opened["messages"]]
    assert audit.verify().broken_at is None


def test_what_a_reported_message_said_before_it_was_changed_is_kept_and_shown(who: Who, pair: int) -> None:
    messages_commands.edit_message(who("khoa"), pair, 1, "Sao em học giỏi vậy")
    case = said(who("minh"), "message", f"{pair}/1", "danger")
    kept = db.session.scalars(sa.select(Evidence).where(Evidence.case_id == case.id)).one()
    line = evidence.opened(kept)["messages"][0]
    assert line["text"] == "Sao em học giỏi vậy" and [words for words, _at in line["before"]] == ["Sao em học chậm vậy"]
    assert next(one.before for one in cases_queries.context(case)) == ["Sao em học chậm vậy"]


def test_reports_of_the_same_thing_meet_in_one_case_and_the_sternest_counts(who: Who, pair: int) -> None:
    first = said(who("minh"), "message", f"{pair}/1", "bullied")
    assert (first.grade, queries.message(pair, 1).status) == ("S2", "sent")
    second = said(who("lan"), "message", f"{pair}/1", "scam")
    assert second.id == first.id and second.grade == "S1" and len(reports()) == 2
    assert said(who("lan"), "message", f"{pair}/1", "scam").id == first.id and len(reports()) == 2  # tapped twice
    assert said(who("lan"), "message", f"{pair}/2", "bullied").id != first.id


def test_the_chain_does_not_say_who_reported(who: Who, pair: int) -> None:
    said(who("minh"), "message", f"{pair}/1", "contact")
    rows = db.session.scalars(sa.select(AuditRow).where(AuditRow.action.in_(("report", "open_case")))).all()
    assert len(rows) == 2
    for row in rows:
        assert row.actor_id is None and str(who("minh").id) not in [str(value) for value in row.facts.values()]


@pytest.mark.parametrize(
    ("what", "by", "target", "grade"),
    some(
        ("danger", "bay", "adults", "S0"),
        ("other", "bay", "adults", "S3"),
        ("scared", "minh", "pair", "S1"),
        ("other", "minh", "pair", "S2"),
        ("contact", "lan", "pair", "S1"),
        rest=[
            ("scam", "bay", "adults", "S1"),
            ("contact", "bay", "adults", "S2"),
            ("away", "minh", "pair", "S1"),
            ("bullied", "minh", "pair", "S2"),
        ],
    ),
)
def test_the_grade_follows_from_what_is_reported_and_where(
    who: Who, pair: int, adults: int, what: str, by: str, target: str, grade: str
) -> None:
    room = {"pair": pair, "adults": adults}[target]
    assert said(who(by), "message", f"{room}/1", what).grade == grade


# ---- three people ----------------------------------------------------------------------------------------------


def _group(inside: World, who: Who, *names: str) -> int:
    seats = [(inside["khoa"], "helper"), *((inside[name], "learner") for name in names)]
    room_id = sessions_commands.open_room(inside["lop6a"], seats, "join-class", minors=True, observed=True).id
    messages_commands.post_message(who("khoa"), room_id, new_id(), "Đồ ngốc")
    return room_id


def _older(*people: Any) -> None:
    for one in people:
        one.created_at = clock.now() - timedelta(days=3)
    db.session.commit()


def test_three_reports_of_three_different_people_hide_a_message(inside: World, who: Who) -> None:
    room_id = _group(inside, who, "minh", "bay", "muoi")
    _older(who("minh"), who("bay"), who("muoi"))
    for name in ("minh", "bay"):
        said(who(name), "message", f"{room_id}/1", "bullied")
        assert queries.message(room_id, 1).status == "sent"
    said(who("minh"), "message", f"{room_id}/1", "other")  # again the same person
    assert queries.message(room_id, 1).status == "sent"
    case = said(who("muoi"), "message", f"{room_id}/1", "bullied")
    assert queries.message(room_id, 1).status == "hidden"
    assert (case.grade, [one["act"] for one in case.acts]) == ("S2", ["hide"])


def test_three_accounts_of_one_person_hide_nothing(inside: World, who: Who) -> None:
    room_id = _group(inside, who, "minh", "bay", "muoi")
    _older(who("minh"), who("bay"), who("muoi"))
    for name in ("minh", "bay", "muoi"):
        case = said(who(name), "message", f"{room_id}/1", "bullied", marks=(f"browser of {name}", "one network"))
    assert len(reports()) == 3 and case.state == "open"
    assert queries.message(room_id, 1).status == "sent"


def test_one_family_counts_once_and_an_account_of_today_not_at_all(inside: World, who: Who) -> None:
    room_id = _group(inside, who, "minh", "an", "bay", "lan", "muoi")
    _older(who("minh"), who("an"), who("lan"), who("bay"))
    for name in ("minh", "an", "lan", "bay", "muoi"):  # a mother, her two children, one more; and a new account
        said(who(name), "message", f"{room_id}/1", "bullied")
    assert queries.message(room_id, 1).status == "sent"


def test_who_reports_again_and_again_where_nothing_is_found_hides_nothing_any_more(inside: World, who: Who) -> None:
    room_id = _group(inside, who, "minh", "bay", "muoi")
    _older(who("minh"), who("bay"), who("muoi"))
    for _ in range(3):
        messages_commands.post_message(who("khoa"), room_id, new_id(), "Chào em")
        seq = queries.room(room_id).last_seq
        cases_commands.decide(who("quang"), said(who("bay"), "message", f"{room_id}/{seq}", "bullied").id, "none", "Ổn")
    for name in ("minh", "bay", "muoi"):
        case = said(who(name), "message", f"{room_id}/1", "bullied")
    assert queries.message(room_id, 1).status == "sent" and case.state == "open"


# ---- what is kept of words -----------------------------------------------------------------------------------------


def test_no_report_is_refused_for_what_it_says_and_codes_are_not_kept(
    who: Who, pair: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "Anh ấy xin mã 482913 và số 0912345678, em gọi 111"
    at = text.index("482913")
    hits = [Hit("otp", at, at + 6, "482913", "mã"), Hit("phone", text.index("0912"), text.index("0912") + 10, "", "số")]
    monkeypatch.setattr(detector, "scan", lambda *_: hits)
    said(who("minh"), "message", f"{pair}/1", "scam", text)
    kept = reports()[0].words
    assert "482913" not in kept and "0912345678" in kept and "111" in kept

    monkeypatch.setattr(detector, "scan", lambda *_: 1 / 0)  # a fault loses no report, and keeps no number
    said(who("minh"), "message", f"{pair}/1", "contact", text)
    kept = reports()[1].words
    assert "482913" not in kept and "0912345678" not in kept and "xin mã" in kept and "111" in kept


# ---- what one can report -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["bay", "an", "muoi", "mai"])
def test_what_one_does_not_see_is_missing_just_as_what_is_not_there(who: Who, pair: int, name: str) -> None:
    answers = set()
    for kind, target in (
        ("message", f"{pair}/1"), ("message", f"{pair}/99"), ("message", "9999/1"), ("room", str(pair)),
        ("room", "9999"), ("room", "x"), ("person", str(who("khoa").id)), ("person", "99999"),
        ("lesson", "khong-co"), ("message", "1"), ("room", "9" * 30),
    ):  # fmt: skip
        with pytest.raises(NotFound) as refused:
            reports_commands.report(who(name), kind, target, "other")
        answers.add((refused.value.say, refused.value.code))
    assert len(answers) == 1 and reports() == []


def test_a_former_member_reports_what_was_there_in_their_time_and_nothing_later(who: Who, pair: int) -> None:
    moderation_commands.remove_member(who("hang"), pair, who("minh").id, "Nhắc nhở")
    messages_commands.post_message(who("khoa"), pair, new_id(), "Về sau")
    assert said(who("minh"), "message", f"{pair}/1", "bullied").about_id == who("khoa").id
    assert said(who("minh"), "room", str(pair), "bullied").kind == "room"
    newest = queries.room(pair).last_seq
    with pytest.raises(NotFound):
        reports_commands.report(who("minh"), "message", f"{pair}/{newest}", "bullied")
    assert {one.place for one in reports()} == {"formerly"}


def test_a_watcher_whose_role_has_ended_reads_no_message_by_reporting_it(who: Who, pair: int) -> None:
    moderation_commands.enter_as_observer(who("hang"), pair)
    assert find(who("hang"), "message", f"{pair}/1").place == "room"
    _end_roles(who("hang").id)
    with pytest.raises(NotFound):
        find(who("hang"), "message", f"{pair}/1")


@command
def _end_roles(user_id: int) -> None:
    db.session.execute(sa.update(Membership).where(Membership.user_id == user_id).values(state="ended"))


def test_a_held_message_is_missing_to_those_who_have_not_read_it(who: Who, pair: int) -> None:
    moderation_commands.hold_everything(who("hang"), pair)
    held = messages_commands.post_message(who("khoa"), pair, new_id(), "Giữ lại")
    with pytest.raises(NotFound):
        reports_commands.report(who("minh"), "message", f"{pair}/{held.seq}", "bullied")
    assert said(who("hang"), "message", f"{pair}/{held.seq}", "bullied").about_id == who("khoa").id


def test_a_word_about_a_person_on_a_lessons_page_is_not_put_to_the_lesson(inside: World, who: Who) -> None:
    about_lesson = said(who("minh"), "lesson", "otp-khong-doc-cho-ai", "wrong")
    assert (about_lesson.kind, about_lesson.grade, about_lesson.unit_id) == ("lesson", "S3", None)
    danger = said(who("minh"), "lesson", "otp-khong-doc-cho-ai", "danger")
    assert (danger.kind, danger.grade, danger.unit_id) == ("site", "S0", inside["lop6a"])
    assert "Khẩn: có người báo đang gặp nguy hiểm. Mở xem ngay." in told(who("hang").id)


def test_a_risk_that_is_found_becomes_a_case_with_its_reasons(who: Who, pair: int) -> None:
    case = reports_commands.raise_risk(pair, who("khoa").id, who("minh").id, "notice", ["hỏi ảnh"])
    assert (case.grade, case.reasons, case.acts) == ("S2", ["hỏi ảnh"], [])
    again = reports_commands.raise_risk(pair, who("khoa").id, who("minh").id, "case", ["hỏi ảnh", "rủ giữ bí mật"])
    assert again.id == case.id and again.grade == "S1" and again.reasons == ["hỏi ảnh", "rủ giữ bí mật"]
    seat = queries.seat(pair, who("khoa").id)
    assert seat is not None and seat.is_muted
    assert len(list(db.session.scalars(sa.select(Case)))) == 1


@pytest.mark.parametrize("what", ["contact", "bullied"])
def test_a_report_of_what_the_reported_user_does_is_one_case_with_the_stricter_deadlines(
    who: Who, pair: int, what: str
) -> None:
    reports_commands.report(who("minh"), "message", f"{pair}/1", what, "Anh ấy xin ảnh em")
    [case] = db.session.scalars(sa.select(Case)).all()
    assert (case.about_id, case.is_welfare, case.grade) == (who("khoa").id, False, "S1")
    assert case.look_by - case.opened_at <= LOOK + timedelta(seconds=5)  # as for a text of danger
    assert case.decide_by - case.opened_at <= timedelta(hours=24, seconds=5)  # as for its grade
    assert db.session.scalar(sa.select(Disclosure.id)) is None
    cases_commands.look(who("hang"), case.id)
    reports_commands.report(who("lan"), "message", f"{pair}/1", "scared", "Anh ấy xin ảnh bạn Minh")
    [again] = db.session.scalars(sa.select(Case)).all()
    assert again.looked_at is None and again.look_by <= clock.now() + LOOK


@pytest.mark.parametrize(
    ("what", "text"),
    [
        ("bullied", "Bạn ấy đánh em chảy máu"),  # clear: its alarm repeats until somebody acts
        ("other", "Anh ấy xin ảnh em"),  # not said of the reported user
        ("contact", "Em mệt mỏi quá, em chẳng thiết gì nữa"),  # of the reporter, whose report stays without a name
    ],
)
def test_what_needs_somebody_for_the_author_has_a_case_of_the_author(who: Who, pair: int, what: str, text: str) -> None:
    reports_commands.report(who("minh"), "message", f"{pair}/1", what, text)
    cases = db.session.scalars(sa.select(Case).order_by(Case.id)).all()
    assert [one.is_welfare for one in cases] == [False, True]
