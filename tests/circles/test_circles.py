"""Who is in a circle, what is asked and answered there, what helps, what is hidden, what goes."""

from datetime import datetime, time, timedelta
from itertools import product

import pytest
import sqlalchemy as sa

from tests.circles.conftest import Who
from tests.circles.parents import LESSON, parent
from tests.factories import World, person
from tests.pairing.group_sessions.fixtures import announced
from tests.parametrize import some
from tutoring.accounts.erasure import erase_account
from tutoring.accounts.models import User
from tutoring.circles import commands as circles_commands
from tutoring.circles import erasure as circles_erasure
from tutoring.circles import queries
from tutoring.circles.access import circle_of, circles_of, topic_for
from tutoring.circles.commands import origin_of
from tutoring.circles.models import Answer, AnswerHelped, LiveWish, Topic
from tutoring.circles.queries import TopicFilter
from tutoring.community import commands as community
from tutoring.community.models import Membership
from tutoring.kernel import clock, jobs
from tutoring.kernel.audit import AuditRow
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, Forbidden, InvalidInput, NotFound, RateLimited
from tutoring.lessons.skills import commands as skills_commands
from tutoring.lessons.skills.queries import topics
from tutoring.moderation.actions import commands as actions_commands
from tutoring.moderation.reports import commands as reports_commands
from tutoring.notifications.models import Notice
from tutoring.pairing.group_sessions import commands as group_sessions_commands
from tutoring.policy import circles as policy


def asked(who: Who, world: World, title: str = "Con không nghe được tiếng cô", text: str = "Máy vẫn bật loa.") -> Topic:
    return circles_commands.ask(who("lan"), world["lop4a"], title, text, LESSON)


def titles(user: User, unit_id: int, **wanted: object) -> list[str]:
    found = queries.topics(user, circle_of(user, unit_id), TopicFilter(**wanted))  # type: ignore[arg-type]
    return [row.topic.title for row in found.items]


def notices(user: User) -> list[str]:
    return list(db.session.scalars(sa.select(Notice.say).where(Notice.user_id == user.id).order_by(Notice.id)))


# ---- who is in it --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", some("lan", "hang", rest=["hoa", "quang"]))
def test_guardians_and_teachers_are_in_the_circle_of_a_class(who: Who, inside: World, name: str) -> None:
    assert circle_of(who(name), inside["lop4a"]).unit.id == inside["lop4a"]
    assert inside["lop4a"] in [unit.id for unit in circles_of(who(name))]


@pytest.mark.parametrize(
    "name",
    some("minh", "muoi", rest=["an", "khoa", "mai", "bay", "admin1"]),
)
def test_pupils_and_whoever_leads_elsewhere_never_are(who: Who, inside: World, name: str) -> None:
    topic = asked(who, inside)
    for reach in (lambda: circle_of(who(name), inside["lop4a"]), lambda: topic_for(who(name), topic.id)):
        with pytest.raises(NotFound):
            reach()
    assert circles_of(who(name)) == []


def test_a_school_has_one_and_a_ward_none(who: Who, inside: World) -> None:
    assert circle_of(who("hoa"), inside["truong"]).guards
    with pytest.raises(NotFound):
        circle_of(who("lan"), inside["phuong"])
    assert [unit.id for unit in circles_of(who("hoa"))] == [inside["lop4a"], inside["truong"]]


def test_a_mother_of_another_class_reads_nothing_here(who: Who, inside: World) -> None:
    with pytest.raises(NotFound):
        circle_of(who("hoa"), inside["lop6a"])


def test_it_ends_when_the_child_leaves_the_class(who: Who, inside: World) -> None:
    topic = asked(who, inside)
    child = sa.select(Membership.id).join(User, User.id == Membership.user_id).where(User.called_name == "Bé Hoa")
    community.end_member(who("hang"), db.session.scalars(child).one(), "Chuyển trường")
    with pytest.raises(NotFound):
        topic_for(who("hoa"), topic.id)


# ---- asking and answering ------------------------------------------------------------------------------------------


def test_an_answer_brings_its_topic_to_the_top_and_a_notice_without_words(who: Who, inside: World) -> None:
    first = asked(who, inside)
    asked(who, inside, "Mấy giờ con nên tắt máy")
    circles_commands.answer(who("hoa"), first.id, "Chị bấm hình micro ở góc dưới nhé.")
    assert titles(who("lan"), inside["lop4a"]) == ["Con không nghe được tiếng cô", "Mấy giờ con nên tắt máy"]
    told = db.session.scalars(
        sa.select(Notice).where(Notice.user_id == inside["lan"]).order_by(Notice.id.desc())
    ).first()
    assert told is not None and told.path == f"/circles/{inside['lop4a']}/topics/{first.id}"
    assert "micro" not in f"{told.say} {told.params}"


def test_nobody_is_told_of_ones_own_answer(who: Who, inside: World) -> None:
    topic = asked(who, inside)
    before = notices(who("lan"))
    circles_commands.answer(who("lan"), topic.id, "Nhà em tự sửa được rồi.")
    assert notices(who("lan")) == before


@pytest.mark.parametrize(
    "text", ["Gọi em số 0912345678 nhé", "Nhà em ở 12/3 đường Lê Lợi, phường 5", "Căn cước của bé là 079123456789"]
)
def test_what_should_not_be_told_is_refused_beside_its_field(who: Who, inside: World, text: str) -> None:
    topic = asked(who, inside)
    for act, field in (
        (lambda: asked(who, inside, title=text), "title"),
        (lambda: asked(who, inside, text=text), "text"),
        (lambda: circles_commands.answer(who("hoa"), topic.id, text), "text"),
    ):
        with pytest.raises(InvalidInput) as refusal:
            act()
        assert refusal.value.field == field and refusal.value.code == "private"
    assert titles(who("lan"), inside["lop4a"]) == [topic.title]


def test_what_is_empty_or_too_long_is_refused(who: Who, inside: World) -> None:
    for title, text, field in (
        ("  ", "Chữ", "title"), ("a" * 121, "Chữ", "title"), ("Hỏi", " ", "text"), ("Hỏi", "a" * 2001, "text"),
    ):  # fmt: skip
        with pytest.raises(InvalidInput) as refusal:
            asked(who, inside, title, text)
        assert refusal.value.field == field
    with pytest.raises(InvalidInput) as refusal:
        circles_commands.ask(who("lan"), inside["lop4a"], "Hỏi", "Chữ", "khong-co-bai-nay")
    assert refusal.value.field == "lesson"


def test_a_form_that_was_sent_twice_is_one_question_and_one_answer(who: Who, inside: World) -> None:
    first, second = asked(who, inside), asked(who, inside)
    one, two = (circles_commands.answer(who("hoa"), first.id, "Bấm hình micro.") for _time in range(2))
    assert first.id == second.id and one.id == two.id
    with clock.travel(clock.now() + timedelta(minutes=11)):
        assert asked(who, inside).id != first.id


def test_twenty_an_hour_are_enough(who: Who, inside: World) -> None:
    for number in range(20):
        asked(who, inside, f"Câu hỏi số {number}")
    with pytest.raises(RateLimited):
        asked(who, inside)
    assert len(titles(who("hoa"), inside["lop4a"])) == 20


def test_a_closed_topic_takes_no_answers_until_it_is_opened_again(who: Who, inside: World) -> None:
    topic = asked(who, inside)
    with pytest.raises(Forbidden):
        circles_commands.close_topic(who("hoa"), topic.id)
    circles_commands.close_topic(who("lan"), topic.id)
    with pytest.raises(Conflict):
        circles_commands.answer(who("hoa"), topic.id, "Muộn rồi")
    assert acts() == []
    circles_commands.close_topic(who("hang"), topic.id, closed=False)
    assert acts() == ["open_topic"]  # it was another's: an act of power
    circles_commands.answer(who("hoa"), topic.id, "Vẫn kịp")


def acts() -> list[str]:
    query = sa.select(AuditRow.action).where(AuditRow.target.like("circle_%")).order_by(AuditRow.id)
    return list(db.session.scalars(query))


# ---- one's own words afterwards ------------------------------------------------------------------------------------


def test_words_are_changed_within_half_an_hour_and_found_as_they_are_now(who: Who, inside: World) -> None:
    topic = asked(who, inside)
    answer = circles_commands.answer(who("hoa"), topic.id, "Bấm hình micro.")
    circles_commands.edit_topic(who("lan"), topic.id, "Con không thấy hình cô", "Màn hình đen.")
    circles_commands.edit_answer(who("hoa"), answer.id, "Bấm hình máy quay.")
    assert titles(who("lan"), inside["lop4a"], words=("may", "quay")) == ["Con không thấy hình cô"]
    assert titles(who("lan"), inside["lop4a"], words=("micro",)) == []
    for act in (
        lambda: circles_commands.edit_topic(who("hoa"), topic.id, "Khác", "Khác"),
        lambda: circles_commands.edit_answer(who("hang"), answer.id, "Khác"),
    ):
        with pytest.raises(Forbidden):
            act()
    with clock.travel(clock.now() + timedelta(minutes=31)):
        for act in (
            lambda: circles_commands.edit_topic(who("lan"), topic.id, "Khác", "Khác"),
            lambda: circles_commands.edit_answer(who("hoa"), answer.id, "Khác"),
        ):
            with pytest.raises(Conflict):
                act()


def test_a_withdrawn_question_is_read_by_its_author_alone_until_it_is_put_back(who: Who, inside: World) -> None:
    topic = asked(who, inside)
    circles_commands.withdraw_topic(who("lan"), topic.id)
    for name in ("hoa", "hang"):
        with pytest.raises(NotFound):
            topic_for(who(name), topic.id)
        assert titles(who(name), inside["lop4a"]) == []
    assert titles(who("lan"), inside["lop4a"]) == [topic.title]
    with pytest.raises(Conflict):
        circles_commands.answer(who("lan"), topic.id, "Tôi tự trả lời")
    circles_commands.withdraw_topic(who("lan"), topic.id, undo=True)
    assert titles(who("hoa"), inside["lop4a"]) == [topic.title]


def test_what_others_have_answered_is_not_withdrawn_from_under_them(who: Who, inside: World) -> None:
    topic = asked(who, inside)
    answer = circles_commands.answer(who("hoa"), topic.id, "Bấm hình micro.")
    with pytest.raises(Conflict):
        circles_commands.withdraw_topic(who("lan"), topic.id)
    with pytest.raises(Forbidden):
        circles_commands.withdraw_answer(who("lan"), answer.id)
    circles_commands.pin(who("hang"), answer.id)
    circles_commands.withdraw_answer(who("hoa"), answer.id)
    assert shown(who("lan"), topic) == [] and shown(who("hoa"), topic) == ["Bấm hình micro."]
    circles_commands.withdraw_answer(who("hoa"), answer.id, undo=True)
    assert shown(who("lan"), topic) == ["Bấm hình micro."]
    assert db.session.get_one(Answer, answer.id).pinned_at is None


def shown(user: User, topic: Topic) -> list[str]:
    return [one.answer.text for one in queries.answers(user, circle_of(user, topic.unit_id), topic)]


# ---- what helps ----------------------------------------------------------------------------------------------------


def test_the_pinned_answer_comes_first_then_what_helped_most_then_the_oldest(who: Who, inside: World) -> None:
    topic = asked(who, inside)
    made = {text: circles_commands.answer(who("hoa"), topic.id, text) for text in ("một", "hai", "ba", "bốn")}
    circles_commands.mark_helped(who("lan"), made["ba"].id)
    circles_commands.mark_helped(who("hang"), made["ba"].id)
    circles_commands.mark_helped(who("lan"), made["hai"].id)
    assert shown(who("lan"), topic) == ["ba", "hai", "một", "bốn"]
    circles_commands.pin(who("hang"), made["bốn"].id)
    assert shown(who("lan"), topic) == ["bốn", "ba", "hai", "một"]
    circles_commands.pin(who("quang"), made["một"].id)
    assert shown(who("lan"), topic) == ["một", "ba", "hai", "bốn"]
    circles_commands.pin(who("hang"), made["một"].id, pinned=False)
    assert shown(who("lan"), topic) == ["ba", "hai", "một", "bốn"]


def test_a_mark_counts_once_never_for_ones_own_and_goes_again(who: Who, inside: World) -> None:
    topic = asked(who, inside)
    answer = circles_commands.answer(who("hoa"), topic.id, "Bấm hình micro.")
    for _time in range(2):
        circles_commands.mark_helped(who("lan"), answer.id)
    assert queries.helped_by(answer.id) == 1
    with pytest.raises(Forbidden):
        circles_commands.mark_helped(who("hoa"), answer.id)
    circles_commands.mark_helped(who("lan"), answer.id, helped=False)
    assert queries.helped_by(answer.id) == 0


def test_only_who_leads_pins_and_the_author_hears_of_it(who: Who, inside: World) -> None:
    topic = asked(who, inside)
    answer = circles_commands.answer(who("hoa"), topic.id, "Bấm hình micro.")
    with pytest.raises(Forbidden):
        circles_commands.pin(who("lan"), answer.id)
    circles_commands.pin(who("hang"), answer.id)
    assert "Thầy cô ghim câu trả lời của bạn trong góc hỏi đáp phụ huynh." in notices(who("hoa"))


# ---- hiding --------------------------------------------------------------------------------------------------------


def test_hidden_words_stay_for_their_author_and_the_teachers_with_a_reason(who: Who, inside: World) -> None:
    topic = asked(who, inside)
    answer = circles_commands.answer(who("hoa"), topic.id, "Bé nhà kia lười lắm.")
    with pytest.raises(InvalidInput):
        circles_commands.hide_answer(who("hang"), answer.id, True, " ")
    with pytest.raises(Forbidden):
        circles_commands.hide_answer(who("lan"), answer.id, True, "Không hay")
    circles_commands.hide_answer(who("hang"), answer.id, True, "Nói về con người khác")
    assert shown(who("lan"), topic) == []
    assert shown(who("hoa"), topic) == shown(who("quang"), topic) == ["Bé nhà kia lười lắm."]
    assert titles(who("lan"), inside["lop4a"], words=("luoi",)) == []
    assert any("đã được thầy cô ẩn" in say for say in notices(who("hoa")))
    assert acts() == ["hide_answer"]
    circles_commands.hide_answer(who("quang"), answer.id, False)
    assert shown(who("lan"), topic) == ["Bé nhà kia lười lắm."]
    assert acts() == ["hide_answer", "show_answer"]


def test_a_hidden_topic_is_missing_to_other_parents(who: Who, inside: World) -> None:
    topic = asked(who, inside)
    circles_commands.hide_topic(who("hang"), topic.id, True, "Có tên một bé")
    with pytest.raises(NotFound):
        circles_commands.answer(who("hoa"), topic.id, "Tôi biết")
    with pytest.raises(Conflict):
        circles_commands.answer(who("lan"), topic.id, "Tôi biết")
    circles_commands.hide_topic(who("hang"), topic.id, False)
    circles_commands.answer(who("hoa"), topic.id, "Tôi biết")


# ---- the list is what policy says ----------------------------------------------------------------------------------


@pytest.fixture
def every_kind(who: Who, inside: World) -> list[int]:
    """Topics of three people in every state there is, in two circles."""
    third = parent(inside, "Tư")
    made = []
    for author, hidden, withdrawn, closed in product((inside["lan"], third), *[(False, True)] * 3):
        topic = circles_commands.ask(person(author), inside["lop4a"], f"Hỏi {len(made)}", "Chữ")
        if closed:
            circles_commands.close_topic(who("hang"), topic.id)
        if hidden:
            circles_commands.hide_topic(who("hang"), topic.id, True, "Lý do")
        if withdrawn:
            circles_commands.withdraw_topic(person(author), topic.id)
        made.append(topic.id)
    made.append(circles_commands.ask(who("lan"), inside["truong"], "Ở trường", "Chữ").id)
    made.append(circles_commands.ask(who("lan"), inside["lop6a"], "Ở lớp khác", "Chữ").id)
    return made


def test_what_one_sees_is_what_one_may_read(who: Who, inside: World, every_kind: list[int]) -> None:
    for name, unit in product(("lan", "hoa", "hang", "quang"), ("lop4a", "truong")):
        _sees_what_may_be_read(who, inside, every_kind, name, unit)


def _sees_what_may_be_read(who: Who, inside: World, every_kind: list[int], name: str, unit: str) -> None:
    user, circle = who(name), circle_of(who(name), inside[unit])
    everything = db.session.scalars(sa.select(Topic).where(Topic.id.in_(every_kind)).order_by(Topic.id)).all()
    may = {
        one.id for one in everything if one.unit_id == inside[unit] and policy.may_read(circle.about(user, one))
    }  # fmt: skip
    seen, before = set[int](), None
    while True:
        page = queries.topics(user, circle, TopicFilter(before=before))
        seen.update(row.topic.id for row in page.items)
        if not page.more:
            break
        before = page.items[-1].topic.active_at, page.items[-1].topic.id
    assert seen == may and len(may) < len(every_kind), (name, unit)
    for one in everything:
        if one.id in may:
            assert topic_for(user, one.id)[0].id == one.id
        elif one.unit_id == inside[unit]:
            with pytest.raises(NotFound):
                topic_for(user, one.id)


def test_the_answers_one_sees_are_those_one_may_read(who: Who, inside: World) -> None:
    topic, everything = asked(who, inside), []
    for author, hidden, withdrawn in product(("lan", "hoa"), *[(False, True)] * 2):
        made = circles_commands.answer(who(author), topic.id, f"{author} {hidden} {withdrawn}")
        if hidden:
            circles_commands.hide_answer(who("hang"), made.id, True, "Lý do")
        if withdrawn:
            circles_commands.withdraw_answer(who(author), made.id)
        everything.append(made.id)
    rows = db.session.scalars(sa.select(Answer).where(Answer.id.in_(everything)).order_by(Answer.id)).all()
    for name in ("lan", "hoa", "hang"):
        user, circle = who(name), circle_of(who(name), inside["lop4a"])
        may = {one.id for one in rows if policy.may_read(circle.about(user, topic, one))}
        assert {one.answer.id for one in queries.answers(user, circle, topic)} == may and len(may) < len(rows), name


def test_pages_follow_one_another_without_gap_or_repetition(who: Who, inside: World) -> None:
    fourth = parent(inside, "Năm")
    for number in range(30):
        circles_commands.ask(person(fourth) if number % 2 else who("lan"), inside["lop4a"], f"Hỏi {number:02}", "Chữ")
    circle = circle_of(who("hoa"), inside["lop4a"])
    first = queries.topics(who("hoa"), circle, TopicFilter())
    last = first.items[-1].topic
    second = queries.topics(who("hoa"), circle, TopicFilter(before=(last.active_at, last.id)))
    both = [row.topic.title for row in (*first.items, *second.items)]
    assert both == [f"Hỏi {number:02}" for number in reversed(range(30))] and first.more and not second.more


# ---- finding -------------------------------------------------------------------------------------------------------


def test_topics_are_found_without_accents_by_all_words_in_question_or_answers(who: Who, inside: World) -> None:
    topic = asked(who, inside)
    circles_commands.answer(who("hoa"), topic.id, "Vào Cài đặt, bật quyền cho trình duyệt.")
    asked(who, inside, "Mấy giờ con nên tắt máy", "Con hay thức khuya.")
    for typed in ("khong nghe", "TIẾNG cô", "tieng cai dat", "trinh duy", "quyền"):
        assert titles(who("hoa"), inside["lop4a"], words=queries.words_of(typed)) == [topic.title], typed
    for typed in ("khong nghe tat may", "ieng", "100%", "_"):
        assert topic.title not in titles(who("hoa"), inside["lop4a"], words=queries.words_of(typed)) or not (
            queries.words_of(typed)
        ), typed


def test_filters_are_the_unanswered_ones_own_and_of_a_lesson(who: Who, inside: World) -> None:
    topic = asked(who, inside)
    other = circles_commands.ask(who("hoa"), inside["lop4a"], "Mấy giờ con nên tắt máy", "Con hay thức khuya.")
    circles_commands.answer(who("hoa"), topic.id, "Bấm hình micro.")
    assert titles(who("lan"), inside["lop4a"], only="unanswered") == [other.title]
    assert titles(who("lan"), inside["lop4a"], only="mine") == [topic.title]
    assert titles(who("lan"), inside["lop4a"], lesson=LESSON) == [topic.title]
    assert queries.lessons_asked_about(who("hoa"), circle_of(who("hoa"), inside["lop4a"])) == [LESSON]


def test_likeness_is_in_words_that_tell_something(who: Who, inside: World) -> None:
    topic = asked(who, inside)
    circle = circle_of(who("hoa"), inside["lop4a"])

    def alike(title: str) -> list[int]:
        return [one.id for one in queries.similar(who("hoa"), circle, title)]

    assert alike("con em khong nghe tieng co giao") == [topic.id]
    assert alike("Làm sao cho con không bị muộn ạ") == []
    assert alike("Không vào được phòng học") == []
    circles_commands.hide_topic(who("hang"), topic.id, True, "Lý do")
    assert alike("con em khong nghe tieng co giao") == []


# ---- live sessions -------------------------------------------------------------------------------------------------


def test_guardians_wish_once_and_take_it_back(who: Who, inside: World) -> None:
    topic = asked(who, inside)
    for _time in range(2):
        circles_commands.wish(who("hoa"), topic.id)
    circles_commands.wish(who("lan"), topic.id)
    assert queries.wishers(topic.id) == sorted([inside["lan"], who("hoa").id])
    circles_commands.wish(who("hoa"), topic.id, wished=False)
    assert queries.wishers(topic.id) == [inside["lan"]]
    with pytest.raises(Forbidden):
        circles_commands.wish(who("hang"), topic.id)


def session(world: World, origin: str, name: str = "hang") -> int:
    return announced(world, name, pupils=False, lowest=None, highest=None, origin=origin)


def test_a_session_from_the_topics_page_answers_the_wishes(who: Who, inside: World) -> None:
    topic = asked(who, inside)
    circles_commands.wish(who("hoa"), topic.id)
    made = session(inside, origin_of(topic.id))
    assert db.session.get_one(Topic, topic.id).session_id == made
    assert queries.wishers(topic.id) == []
    assert "Có buổi học trực tiếp về chủ đề bạn đã xin. Mở để đăng ký." in notices(who("hoa"))
    assert "Có buổi học trực tiếp về chủ đề bạn đã xin. Mở để đăng ký." not in notices(who("lan"))
    group_sessions_commands.cancel_session(who("hang"), made, "Bận việc trường")
    assert queries.wishers(topic.id) == [who("hoa").id]  # what came to nothing is wished for again


@pytest.mark.parametrize(
    "origin", ["", "circle_topic:", "circle_topic:0", "circle_topic:999999", "khac:1", "circle_topic:1.5"]
)
def test_any_other_origin_changes_nothing(who: Who, inside: World, origin: str) -> None:
    topic = asked(who, inside)
    session(inside, origin)
    assert db.session.get_one(Topic, topic.id).session_id is None


def test_nobody_who_does_not_lead_there_puts_a_session_on_a_topic(who: Who, inside: World) -> None:
    topic = asked(who, inside)
    announced(
        inside, "muoi", unit_id=inside["kp3"], pupils=False, lowest=None, highest=None, origin=origin_of(topic.id),
        **skill_of(who("muoi"), who("mai")),
    )  # fmt: skip
    assert db.session.get_one(Topic, topic.id).session_id is None


def skill_of(helper: User, giver: User) -> dict[str, object]:
    """Give a lead the skill of a session."""
    topic = topics("vi")[0][0]
    skills_commands.grant_skill(giver, helper.id, topic, 1)
    return {"topic": topic}


# ---- what goes -----------------------------------------------------------------------------------------------------


def test_two_school_years_after_the_last_answer_a_topic_goes(who: Who, inside: World) -> None:
    old, young = asked(who, inside), asked(who, inside, "Còn mới")
    circles_commands.answer(who("hoa"), old.id, "Cũ")
    with clock.travel(clock.now() + timedelta(days=729)):
        circles_commands.answer(who("hoa"), young.id, "Mới")
    noon = datetime.combine(clock.today() + timedelta(days=732), time(12), clock.LOCAL)
    with clock.travel(noon):
        jobs.enqueue_daily_jobs()
        while jobs.run_due():
            pass
    assert db.session.scalars(sa.select(Topic.id).order_by(Topic.id)).all() == [young.id]
    assert db.session.scalars(sa.select(Answer.text)).all() == ["Mới"]


def test_withdrawn_words_go_after_a_month(who: Who, inside: World) -> None:
    kept, gone = asked(who, inside), asked(who, inside, "Rút")
    answer = circles_commands.answer(who("hoa"), kept.id, "Rút")
    circles_commands.withdraw_answer(who("hoa"), answer.id)
    circles_commands.withdraw_topic(who("lan"), gone.id)
    circles_erasure.forget_old(clock.now() + timedelta(days=29))
    assert db.session.scalar(sa.select(sa.func.count(Topic.id))) == 2
    circles_erasure.forget_old(clock.now() + timedelta(days=31))
    assert db.session.scalars(sa.select(Topic.id)).all() == [kept.id]
    assert db.session.scalar(sa.select(sa.func.count(Answer.id))) == 0


def test_an_erased_account_leaves_no_word_and_no_mark(who: Who, inside: World) -> None:
    hoa = who("hoa").id
    lonely, answered = (
        circles_commands.ask(who("hoa"), inside["lop4a"], title, "Chữ riêng") for title in ("Một", "Hai")
    )
    reply = circles_commands.answer(who("lan"), answered.id, "Lời của Lan")
    mine = circles_commands.answer(who("hoa"), asked(who, inside).id, "Lời của Hoa")
    circles_commands.mark_helped(who("hoa"), reply.id)
    circles_commands.mark_helped(who("lan"), mine.id)
    circles_commands.wish(who("hoa"), answered.id)
    lonely_id, answered_id = lonely.id, answered.id
    erase_account(hoa)
    db.session.expire_all()
    assert db.session.get(Topic, lonely_id) is None
    left = db.session.get_one(Topic, answered_id)
    assert (left.title, left.text, left.folded, left.folded_title) == ("", "", "", "")
    assert shown(who("lan"), left) == ["Lời của Lan"]
    assert db.session.scalars(sa.select(Answer.id).where(Answer.author_id == hoa)).all() == []
    assert db.session.scalar(sa.select(sa.func.count()).select_from(AnswerHelped)) == 0
    assert db.session.scalar(sa.select(sa.func.count()).select_from(LiveWish)) == 0


# ---- who only reads for a while ------------------------------------------------------------------------------------


def test_whom_the_desk_lets_only_read_asks_and_answers_nothing_meanwhile(who: Who, inside: World) -> None:
    topic = asked(who, inside)
    answer = circles_commands.answer(who("hoa"), topic.id, "Nhà chị dạy con dở quá.")
    reported = reports_commands.report(who("lan"), "circle", f"answer/{answer.id}", "bullied")
    actions_commands.act(who("quang"), "quarantine", case_id=reported.case_id, reason="insult", words="Nhẹ lời nhé.")
    for act in (
        lambda: circles_commands.ask(who("hoa"), inside["lop4a"], "Hỏi", "Chữ"),
        lambda: circles_commands.answer(who("hoa"), topic.id, "Nữa"),
        lambda: circles_commands.edit_answer(who("hoa"), answer.id, "Nữa"),
    ):
        with pytest.raises(Forbidden) as refusal:
            act()
        assert refusal.value.code == "muted" and "Nhẹ lời nhé." in str(refusal.value)
    circles_commands.withdraw_answer(who("hoa"), answer.id)
    circles_commands.answer(who("lan"), topic.id, "Tôi thì viết được")


def test_what_is_shown_of_a_hit_is_where_it_was_said(who: Who, inside: World) -> None:
    topic = asked(who, inside)
    circles_commands.answer(who("hoa"), topic.id, "Chào chị.")
    circles_commands.answer(who("hoa"), topic.id, "Vào Cài đặt, bật quyền cho trình duyệt.")
    looked_for = queries.words_of("quyen trinh duyet")
    page = queries.topics(who("lan"), circle_of(who("lan"), inside["lop4a"]), TopicFilter(words=looked_for))
    parts = queries.pieces(page.items, looked_for)[topic.id]
    assert [text for text, found in parts if found] == ["quyền", "trình duyệt"]
    assert queries.pieces(page.items, queries.words_of("khong nghe")) == {}  # the title says it all
