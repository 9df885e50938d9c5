"""Who sees and decides a case; what a decision does and takes back; who learns what."""

import pytest
import sqlalchemy as sa

from tests.factories import World
from tests.moderation.conftest import Who, reports, said
from tests.rooms.conftest import new_id
from tutoring.accounts.models import Guardian
from tutoring.community.models import Membership
from tutoring.community.queries import nomination
from tutoring.kernel import audit, clock
from tutoring.kernel.audit import AuditRow
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, Forbidden, InvalidInput, NotFound
from tutoring.moderation.cases import claims
from tutoring.moderation.cases import commands as cases_commands
from tutoring.moderation.cases import queries as cases_queries
from tutoring.moderation.cases.commands import outcomes_for
from tutoring.moderation.cases.queries import Viewer, visible
from tutoring.moderation.models import Case
from tutoring.notifications.models import Notice
from tutoring.policy.moderation.cases import CaseFacts, may_decide_case, may_regrade, may_see_case
from tutoring.rooms import queries
from tutoring.rooms.messages import commands as messages_commands
from tutoring.rooms.moderation import commands as moderation_commands
from tutoring.rooms.sessions import commands as sessions_commands

TEACHER, COORDINATOR = frozenset({"teacher"}), frozenset({"coordinator"})


def sees(who: Who, case: Case) -> set[str]:
    names = ("minh", "an", "lan", "khoa", "hang", "quang", "muoi", "mai", "bay", "admin1", "admin2")
    found = {name for name in names if may_see_case(Viewer(who(name)).facts(case))}
    assert found == {name for name in names if case.id in [one.id for one in visible(Viewer(who(name)))]}
    return found


@command
def _let_in(user_id: int, unit_id: int, role: str) -> None:
    db.session.add(Membership(user_id=user_id, unit_id=unit_id, role=role, confirmed_at=clock.now()))


@command
def _guardian(guardian_id: int, child_id: int) -> None:
    db.session.add(Guardian(guardian_id=guardian_id, child_id=child_id, confirmed_at=clock.now()))


# ---- the rules ---------------------------------------------------------------------------------------------------


def test_ward_officers_and_leads_see_the_cases_of_grown_ups_alone() -> None:
    for role in ("lead", "officer"):
        assert not may_see_case(CaseFacts("S2", minors=True, held={role}))
        assert may_see_case(CaseFacts("S2", minors=False, held={role}))


@pytest.mark.parametrize("fact", ["is_about", "family_of_about", "family_of_reporter"])
def test_neither_the_one_it_is_about_nor_the_families_see_a_case_whatever_their_role(fact: str) -> None:
    for held in (TEACHER, COORDINATOR, frozenset({"site_admin"})):
        facts = CaseFacts("S2", minors=True, held=held, alarmed=True, **{fact: True})
        assert not may_see_case(facts) and not may_decide_case(facts) and not may_regrade(facts, "S0")


def test_who_reported_sees_but_does_not_decide() -> None:
    facts = CaseFacts("S2", minors=True, held=COORDINATOR, reported=True)
    assert may_see_case(facts) and not may_decide_case(facts)
    assert may_regrade(facts, "S1") and not may_regrade(facts, "S3")


def test_grave_cases_are_decided_by_coordinators_and_site_admins() -> None:
    for grade, teacher in (("S0", False), ("S1", False), ("S2", True), ("S3", True)):
        assert may_decide_case(CaseFacts(grade, minors=True, held=TEACHER)) is teacher
        assert may_decide_case(CaseFacts(grade, minors=True, held=COORDINATOR))
    assert may_regrade(CaseFacts("S1", minors=True, held=TEACHER), "S0")
    assert not may_regrade(CaseFacts("S1", minors=True, held=TEACHER), "S2")  # or a teacher would decide it after all


def test_site_admins_see_what_has_no_unit_or_has_come_to_them() -> None:
    admin = frozenset({"site_admin"})
    assert not may_see_case(CaseFacts("S0", minors=True, held=admin))
    assert may_see_case(CaseFacts("S0", minors=True, held=admin, alarmed=True))
    assert may_see_case(CaseFacts("S0", minors=True, held=admin, of_unit=False))


# ---- in the community --------------------------------------------------------------------------------------------


def test_a_childs_case_is_seen_by_teacher_and_coordinator_of_its_school(who: Who, pair: int, adults: int) -> None:
    assert sees(who, said(who("minh"), "message", f"{pair}/1", "bullied")) == {"hang", "quang"}
    assert sees(who, said(who("bay"), "message", f"{adults}/1", "contact")) == {"muoi", "mai"}


def test_a_case_about_the_only_ones_who_could_see_it_comes_to_the_site_admins(
    inside: World, who: Who, pair: int
) -> None:
    moderation_commands.enter_as_observer(who("quang"), pair)
    messages_commands.post_message(who("quang"), pair, new_id(), "Em im đi")
    seq = queries.room(pair).last_seq
    _guardian(inside["hang"], inside["minh"])  # the other teacher is the reporter's mother
    case = said(who("minh"), "message", f"{pair}/{seq}", "scared")
    assert case.alarm == 2 and sees(who, case) == {"admin1", "admin2"}
    told = db.session.scalars(sa.select(Notice.user_id).where(Notice.path == f"/desk/cases/{case.id}")).all()
    assert set(told) == {inside["admin1"], inside["admin2"]}


def test_a_teacher_who_is_reported_neither_sees_nor_hears_of_it(inside: World, who: Who, pair: int) -> None:
    moderation_commands.enter_as_observer(who("hang"), pair)
    messages_commands.post_message(who("hang"), pair, new_id(), "Em im đi")
    seq = queries.room(pair).last_seq
    case = said(who("minh"), "message", f"{pair}/{seq}", "scared")
    assert case.about_id == inside["hang"] and sees(who, case) == {"quang"}
    told = db.session.scalars(sa.select(Notice.user_id).where(Notice.path == f"/desk/cases/{case.id}")).all()
    assert list(told) == [inside["quang"]]
    seat = queries.seat(pair, inside["hang"])
    assert seat is not None and not seat.is_muted  # a pupil's tap does not take the room's watch away
    with pytest.raises(NotFound):
        cases_commands.look(who("hang"), case.id)


def test_a_teacher_who_helps_in_the_room_does_not_see_what_a_child_reports_of_it(inside: World, who: Who) -> None:
    seats = [(inside["minh"], "learner"), (inside["khoa"], "helper"), (inside["hang"], "helper")]
    room = sessions_commands.open_room(inside["lop6a"], seats, minors=True, observed=True)
    case = said(who("minh"), "room", str(room.id), "bullied")
    assert case.about_id is None and sees(who, case) == {"quang"}  # it may well be about her


def test_a_teacher_does_not_see_what_the_own_child_reports(inside: World, who: Who, pair: int) -> None:
    _guardian(inside["hang"], inside["minh"])
    case = said(who("minh"), "message", f"{pair}/1", "bullied")
    assert sees(who, case) == {"quang"}


def test_the_family_of_the_reported_one_stands_aside(inside: World, who: Who, pair: int) -> None:
    _guardian(inside["quang"], inside["khoa"])
    case = said(who("minh"), "message", f"{pair}/1", "bullied")
    assert sees(who, case) == {"hang"}


def test_the_first_look_stops_the_clock_and_every_reading_is_logged(who: Who, pair: int) -> None:
    case = said(who("minh"), "message", f"{pair}/1", "contact")
    cases_commands.look(who("hang"), case.id)
    cases_commands.look(who("hang"), case.id)
    cases_commands.look(who("quang"), case.id)
    assert case.looked_by_id == who("hang").id
    rows = db.session.scalars(sa.select(AuditRow.actor_id).where(AuditRow.action == "read_case").order_by(AuditRow.id))
    assert list(rows) == [who("hang").id, who("quang").id]
    for name in ("khoa", "minh", "lan", "mai", "admin1"):
        with pytest.raises(NotFound):
            cases_commands.look(who(name), case.id)


def test_around_the_message_stand_roles_and_no_names(who: Who, pair: int) -> None:
    case = said(who("minh"), "message", f"{pair}/1", "contact")
    lines = cases_queries.context(case)
    assert [(one.role, one.about, one.reported) for one in lines[:2]] == [
        ("helper", True, True),
        ("learner", False, False),
    ]
    assert lines[0].message.text == "Sao em học chậm vậy"  # the desk reads what is hidden from the room


# ---- decisions ---------------------------------------------------------------------------------------------------


def test_where_nothing_is_found_everything_is_as_before(who: Who, pair: int) -> None:
    case = said(who("minh"), "message", f"{pair}/1", "danger")
    vouch = nomination(who("khoa").id)
    assert vouch is not None and vouch.state == "paused" and queries.room(pair).hold_all
    cases_commands.decide(who("quang"), case.id, "none", "Đã hỏi cả hai bạn.")
    assert queries.message(pair, 1).status == "sent" and not queries.room(pair).hold_all
    vouch = nomination(who("khoa").id)
    assert vouch is not None and vouch.state == "active"
    seat = queries.seat(pair, who("khoa").id)
    assert seat is not None and not seat.is_muted
    assert messages_commands.post_message(who("khoa"), pair, new_id(), "Chào em").status == "sent"


def test_what_another_grave_case_still_needs_is_taken_back_by_the_last_of_them(who: Who, pair: int) -> None:
    first = said(who("minh"), "room", str(pair), "danger")
    second = said(who("minh"), "message", f"{pair}/1", "danger")
    cases_commands.decide(who("quang"), first.id, "none", "Trùng với việc kia.")
    vouch = nomination(who("khoa").id)
    assert vouch is not None and vouch.state == "paused" and queries.room(pair).hold_all
    cases_commands.decide(who("quang"), second.id, "none", "Đã hỏi cả hai bạn.")
    vouch = nomination(who("khoa").id)
    assert vouch is not None and vouch.state == "active" and not queries.room(pair).hold_all


def test_who_decided_a_case_gives_no_second_look_at_its_message(who: Who, pair: int) -> None:
    case = said(who("minh"), "message", f"{pair}/1", "scam")  # a rule hides it, and the decision leaves it so
    cases_commands.decide(who("quang"), case.id, "reminded", "Đừng viết như vậy.")
    assert queries.message(pair, 1).status == "hidden"
    moderation_commands.appeal(who("khoa"), pair, 1)
    with pytest.raises(NotFound):
        moderation_commands.decide_appeal(who("quang"), pair, 1, True, "Thôi cho hiện")
    assert moderation_commands.decide_appeal(who("hang"), pair, 1, False, "Giữ như trước").outcome == "upheld"


def test_a_message_that_a_second_look_brought_back_is_hidden_by_the_decision(who: Who, pair: int) -> None:
    case = said(who("minh"), "message", f"{pair}/1", "scam")
    moderation_commands.appeal(who("khoa"), pair, 1)
    moderation_commands.decide_appeal(who("quang"), pair, 1, True, "Tôi thấy không sao")
    assert queries.message(pair, 1).status == "sent"
    cases_commands.decide(who("quang"), case.id, "hidden", "Lời này là lừa đảo.")
    assert queries.message(pair, 1).status == "hidden"


def test_removing_is_offered_only_to_who_keeps_order_in_the_room(who: Who, pair: int) -> None:
    case = said(who("minh"), "message", f"{pair}/1", "danger")
    assert "removed" in outcomes_for(case, who("quang"))
    assert "removed" not in outcomes_for(case, who("admin1"))
    moderation_commands.close_room(who("hang"), pair, "Hết giờ")
    assert "removed" not in outcomes_for(case, who("quang"))


def test_pausing_is_offered_only_where_there_is_something_to_pause(who: Who, inside: World, pair: int) -> None:
    moderation_commands.enter_as_observer(who("hang"), pair)
    messages_commands.post_message(who("hang"), pair, new_id(), "Em im đi")
    of_hang = said(who("minh"), "message", f"{pair}/{queries.room(pair).last_seq}", "bullied")
    with pytest.raises(InvalidInput):
        cases_commands.decide(who("quang"), of_hang.id, "paused", "Tạm dừng để trao đổi.")
    assert of_hang.state == "open"
    of_khoa = said(who("minh"), "message", f"{pair}/1", "bullied")
    assert cases_commands.decide(who("quang"), of_khoa.id, "paused", "Tạm dừng để trao đổi.").outcome == "paused"


def test_each_outcome_does_what_it_says(who: Who, pair: int) -> None:
    case = said(who("minh"), "message", f"{pair}/1", "bullied")
    cases_commands.decide(who("hang"), case.id, "hidden", "Lời này làm bạn buồn.")
    assert queries.message(pair, 1).status == "hidden"
    messages_commands.post_message(who("khoa"), pair, new_id(), "Lại nữa")
    seq = queries.room(pair).last_seq
    again = said(who("minh"), "message", f"{pair}/{seq}", "bullied")
    assert again.id != case.id  # the first one is closed
    cases_commands.decide(who("quang"), again.id, "removed", "Đã nhắc rồi mà vẫn viết.")
    seat = queries.seat(pair, who("khoa").id)
    assert seat is not None and seat.removed_at is not None
    third = said(who("minh"), "person", str(who("khoa").id), "bullied")
    cases_commands.decide(who("quang"), third.id, "paused", "Tạm dừng để trao đổi.")
    vouch = nomination(who("khoa").id)
    assert vouch is not None and vouch.state == "paused"
    assert audit.verify().broken_at is None


def test_what_goes_to_the_police_stays_as_it_is(who: Who, pair: int) -> None:
    case = said(who("minh"), "message", f"{pair}/1", "danger")
    cases_commands.decide(who("quang"), case.id, "outside", "Đã báo 111 lúc 9 giờ.")
    assert queries.room(pair).hold_all and queries.message(pair, 1).status == "hidden"


def test_a_decision_needs_words_an_outcome_and_somebody_who_may(who: Who, pair: int) -> None:
    case = said(who("minh"), "message", f"{pair}/1", "bullied")
    with pytest.raises(InvalidInput):
        cases_commands.decide(who("hang"), case.id, "none", "  ")
    with pytest.raises(InvalidInput):
        cases_commands.decide(who("hang"), case.id, "executed", "Lý do")
    with pytest.raises(NotFound):
        cases_commands.decide(who("mai"), case.id, "none", "Lý do")
    cases_commands.regrade(who("hang"), case.id, "S1")
    with pytest.raises(Forbidden):
        cases_commands.decide(who("hang"), case.id, "none", "Lý do")
    with pytest.raises(Forbidden):
        cases_commands.regrade(who("hang"), case.id, "S3")
    cases_commands.decide(who("quang"), case.id, "reminded", "Nhắc nhở.")
    with pytest.raises(Conflict):
        cases_commands.decide(who("quang"), case.id, "none", "Nghĩ lại")


def test_a_teacher_who_reports_leaves_the_decision_to_another(who: Who, pair: int) -> None:
    moderation_commands.enter_as_observer(who("hang"), pair)
    case = said(who("hang"), "message", f"{pair}/1", "bullied")
    with pytest.raises(Forbidden):
        cases_commands.decide(who("hang"), case.id, "hidden", "Lý do")
    with pytest.raises(Forbidden):
        claims.claim(who("hang"), case.id)
    cases_commands.decide(who("quang"), case.id, "hidden", "Lý do")


def test_a_more_urgent_grade_has_its_measures_at_once(who: Who, pair: int) -> None:
    case = said(who("minh"), "message", f"{pair}/1", "bullied")
    assert case.acts == []
    cases_commands.regrade(who("hang"), case.id, "S0")
    assert queries.room(pair).hold_all and {one["act"] for one in case.acts} == {"evidence", "lock", "pause", "hide"}


# ---- who learns what ---------------------------------------------------------------------------------------------


def inbox(user_id: int) -> str:
    rows = db.session.execute(sa.select(Notice.say, Notice.params).where(Notice.user_id == user_id).order_by(Notice.id))
    return "\n".join(say % params if params else say for say, params in rows)


def test_a_guardian_learns_of_a_childs_report_only_after_the_decision_and_never_its_words(who: Who, pair: int) -> None:
    before = inbox(who("lan").id)
    case = said(who("minh"), "message", f"{pair}/1", "contact", "Mẹ em không biết")
    assert inbox(who("lan").id) == before and cases_queries.of_children(who("lan")) == []
    cases_commands.decide(who("quang"), case.id, "reminded", "Đã nói chuyện với bạn ấy.")
    assert "Minh đã báo một việc, và việc đó đã được xử lý" in inbox(who("lan").id)
    assert "Mẹ em không biết" not in inbox(who("lan").id)
    [(report, child)] = cases_queries.of_children(who("lan"))
    assert child.id == who("minh").id and report.case.words == "Đã nói chuyện với bạn ấy."


def test_a_guardian_who_is_reported_never_learns_of_it(who: Who, pair: int) -> None:
    messages_commands.post_message(who("lan"), pair, new_id(), "Về nhà biết tay")
    seq = queries.room(pair).last_seq
    case = said(who("minh"), "message", f"{pair}/{seq}", "scared")
    assert (case.about_id, reports()[0].family) == (who("lan").id, "never")
    before = inbox(who("lan").id)
    cases_commands.decide(who("quang"), case.id, "outside", "Đã báo 111.")
    assert cases_queries.of_children(who("lan")) == [] and "Minh" not in inbox(who("lan").id).removeprefix(before)


def test_a_childs_word_about_nobody_in_particular_stays_from_the_family(who: Who, inside: World) -> None:
    case = said(who("minh"), "site", "", "danger", "Ở nhà")
    assert (reports()[0].family, case.unit_id) == ("never", inside["lop6a"])
    cases_commands.decide(who("quang"), case.id, "outside", "Đã báo 111.")
    assert cases_queries.of_children(who("lan")) == []


def test_the_reported_one_hears_of_what_was_done_and_never_by_whose_word(who: Who, pair: int) -> None:
    case = said(who("minh"), "message", f"{pair}/1", "contact", "Anh Khoa xin ảnh em")
    cases_commands.decide(who("quang"), case.id, "reminded", "Không xin ảnh của bạn nhỏ.")
    heard = inbox(who("khoa").id)
    assert "Không xin ảnh của bạn nhỏ." in heard and "báo" not in heard and "Minh" not in heard
    assert "Việc bạn báo đã được xử lý" in inbox(who("minh").id)


def test_where_nothing_was_felt_and_nothing_found_the_other_side_hears_nothing(who: Who, pair: int) -> None:
    before = inbox(who("khoa").id)
    case = said(who("minh"), "message", f"{pair}/1", "bullied")
    cases_commands.decide(who("hang"), case.id, "none", "Không có gì.")
    assert inbox(who("khoa").id) == before


def test_marks_of_browsers_go_with_the_decision(who: Who, pair: int) -> None:
    case = said(who("minh"), "message", f"{pair}/1", "bullied", marks=("one", "two"))
    assert reports()[0].marks == ["one", "two"]
    cases_commands.decide(who("hang"), case.id, "none", "Không có gì.")
    db.session.expire_all()
    assert reports()[0].marks == []
