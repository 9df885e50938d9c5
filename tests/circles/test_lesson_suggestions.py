"""An answer becomes a lesson: with its author's yes, by a teacher's hand, through the editors."""

import pytest
import sqlalchemy as sa

from tests.circles.conftest import Who
from tests.circles.parents import LESSON, parent
from tests.factories import World, person
from tutoring.circles import commands as circles_commands
from tutoring.circles import lesson_suggestions, queries
from tutoring.circles.models import Answer, ToLesson
from tutoring.config import ROOT
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, Forbidden, NotFound
from tutoring.lessons.content.lesson_template import text_of
from tutoring.lessons.content.step_editor import plain, slug_of, with_first_task, with_mistake
from tutoring.lessons.proposals import commands as proposals_commands
from tutoring.lessons.proposals import from_answers, preview
from tutoring.lessons.proposals import queries as proposals_queries
from tutoring.lessons.proposals.models import PublishedText
from tutoring.notifications.models import Notice

CONTENT = ROOT / "content"
SHORT = "Bấm hình micro một lần. Chờ chừng mười giây rồi nói thử."


@pytest.fixture
def answer(who: Who, inside: World) -> Answer:
    """What Hoa answers to Lan."""
    topic = circles_commands.ask(who("lan"), inside["lop4a"], "Bé bấm micro hoài mà cô không nghe", "Máy bảng.", LESSON)
    return circles_commands.answer(who("hoa"), topic.id, SHORT)


def said(answer: Answer) -> ToLesson:
    found = queries.to_lesson(answer.id)
    assert found is not None
    return found


def told(world: World, name: str, who: Who) -> list[str]:
    query = sa.select(Notice.say).where(Notice.user_id == who(name).id, Notice.read_at.is_(None)).order_by(Notice.id)
    return list(db.session.scalars(query))


def helped_by_three(world: World, answer: Answer) -> None:
    for name in ("Ba", "Tư"):
        circles_commands.mark_helped(person(parent(world, name)), answer.id)
    circles_commands.mark_helped(person(world["lan"]), answer.id)


def test_a_teacher_suggests_at_once_a_parent_once_three_were_helped(who: Who, inside: World, answer: Answer) -> None:
    with pytest.raises(Forbidden):
        lesson_suggestions.suggest(who("lan"), answer.id)
    helped_by_three(inside, answer)
    lesson_suggestions.suggest(who("lan"), answer.id)
    assert said(answer).said == "asked" and said(answer).asked_by_id == inside["lan"]
    with pytest.raises(Conflict):
        lesson_suggestions.suggest(who("hang"), answer.id)


def test_nothing_is_sent_before_the_authors_yes_and_the_teacher_alone_sends_it(
    who: Who, inside: World, answer: Answer
) -> None:
    lesson_suggestions.suggest(who("hang"), answer.id)
    assert any("Bạn đồng ý không?" in say for say in told(inside, "hoa", who))
    for name in ("lan", "hang"):
        with pytest.raises(Forbidden):
            lesson_suggestions.agree(who(name), answer.id, True)
    with pytest.raises(Conflict):
        lesson_suggestions.send_to_step(who("hang"), CONTENT, answer.id, 5)
    lesson_suggestions.agree(who("hoa"), answer.id, True)
    assert not any("Bạn đồng ý không?" in say for say in told(inside, "hoa", who))
    assert any("đồng ý cho câu trả lời thành bài học" in say for say in told(inside, "hang", who))
    with pytest.raises(Forbidden):
        lesson_suggestions.send_to_step(who("lan"), CONTENT, answer.id, 5)
    sent = lesson_suggestions.send_to_step(who("hang"), CONTENT, answer.id, 5)
    assert (sent.author_id, sent.state) == (inside["hang"], "submitted")
    with pytest.raises(Conflict):
        lesson_suggestions.send_to_step(who("quang"), CONTENT, answer.id, 5)
    with pytest.raises(Conflict):
        lesson_suggestions.agree(who("hoa"), answer.id, False)


def test_a_no_is_heard_and_can_become_a_yes(who: Who, inside: World, answer: Answer) -> None:
    lesson_suggestions.suggest(who("hang"), answer.id)
    lesson_suggestions.agree(who("hoa"), answer.id, False)
    assert "Một phụ huynh chưa muốn câu trả lời thành bài học." in told(inside, "hang", who)
    with pytest.raises(Conflict):
        lesson_suggestions.send_to_step(who("hang"), CONTENT, answer.id, 5)
    with pytest.raises(Conflict):
        lesson_suggestions.suggest(who("quang"), answer.id)  # asked once: nobody presses on
    lesson_suggestions.agree(who("hoa"), answer.id, True, signed=True)
    assert said(answer).signed


def test_of_ones_own_answer_the_suggestion_is_the_yes(who: Who, inside: World, answer: Answer) -> None:
    own = circles_commands.answer(who("hang"), answer.topic_id, "Cô chỉ nhé. Bấm hình micro.")
    lesson_suggestions.suggest(who("hang"), own.id)
    assert said(own).said == "agreed" and not said(own).signed


def test_the_words_stand_in_the_step_unsigned_and_the_note_says_where_from(
    who: Who, inside: World, answer: Answer
) -> None:
    lesson_suggestions.suggest(who("hang"), answer.id)
    lesson_suggestions.agree(who("hoa"), answer.id, True)
    sent = lesson_suggestions.send_to_step(who("hang"), CONTENT, answer.id, 1)
    judged = preview.check_proposal(CONTENT, sent)
    assert judged.lesson is not None and judged.changed
    assert '{wrong: "Bé bấm micro hoài mà cô không nghe", fix: "' + SHORT + '"}' in sent.text
    assert "Lớp 4A" in sent.note and "không ghi tên" in sent.note
    assert "Hoa" not in sent.text + sent.note


def test_a_name_is_written_when_it_was_agreed_to(who: Who, inside: World, answer: Answer) -> None:
    lesson_suggestions.suggest(who("hang"), answer.id)
    lesson_suggestions.agree(who("hoa"), answer.id, True, signed=True)
    sent = lesson_suggestions.send_to_step(who("hang"), CONTENT, answer.id, 1)
    assert "Theo chị Hoa, trong góc hỏi đáp phụ huynh." in sent.text and sent.state == "submitted"


def test_what_editors_publish_is_told_to_the_author(who: Who, inside: World, answer: Answer) -> None:
    lesson_suggestions.suggest(who("hang"), answer.id)
    lesson_suggestions.agree(who("hoa"), answer.id, True)
    sent = lesson_suggestions.send_to_step(who("quang"), CONTENT, answer.id, 1)
    proposals_commands.name_editor(who("quang"), inside["hang"], True)
    assert [row.id for row in proposals_queries.waiting_proposals(inside["hang"])] == [sent.id]
    assert proposals_commands.publish_proposal(who("hang"), CONTENT, sent.id) == LESSON
    assert SHORT in db.session.get_one(PublishedText, (LESSON, "vi.md")).text
    assert any("đã thành bài học" in say for say in told(inside, "hoa", who))
    assert stage(answer) == "published"


def stage(answer: Answer) -> str:
    proposal = said(answer).proposal
    return proposal.state if proposal is not None else ""


def test_what_editors_give_back_is_the_teachers_to_go_on_with(who: Who, inside: World, answer: Answer) -> None:
    lesson_suggestions.suggest(who("hang"), answer.id)
    lesson_suggestions.agree(who("hoa"), answer.id, True)
    sent = lesson_suggestions.send_to_step(who("quang"), CONTENT, answer.id, 1)
    proposals_commands.name_editor(who("quang"), inside["hang"], True)
    proposals_commands.return_proposal(who("hang"), sent.id, "Viết ngắn hơn.")
    assert stage(answer) == "returned"
    proposals_commands.withdraw_proposal(who("quang"), sent.id)
    other = lesson_suggestions.send_to_step(who("hang"), CONTENT, answer.id, 1)  # another one may send it then
    assert other.id != sent.id and stage(answer) == "submitted"


def test_words_that_are_no_lesson_yet_stay_with_the_teacher_as_a_draft(who: Who, inside: World, answer: Answer) -> None:
    long = "Chị bấm vào hình micro ở góc dưới bên trái màn hình rồi chờ cho nó chuyển sang màu xanh rồi mới bảo bé nói"
    circles_commands.edit_answer(who("hoa"), answer.id, f"{long} và {long}.")
    lesson_suggestions.suggest(who("hang"), answer.id)
    lesson_suggestions.agree(who("hoa"), answer.id, True)
    sent = lesson_suggestions.send_to_step(who("hang"), CONTENT, answer.id, 1)
    assert sent.state == "draft" and long in sent.text
    with pytest.raises(Conflict):
        from_answers.propose_step_from_words(who("hang"), CONTENT, LESSON, 1, from_answers.Words("Hỏi", SHORT, ""))
    proposals_commands.save_proposal(who("hang"), sent.id, sent.text.replace(f"{long} và {long}.", SHORT), sent.note)
    proposals_commands.submit_proposal(who("hang"), CONTENT, sent.id)
    assert stage(answer) == "submitted"


def test_a_new_lesson_begins_with_the_words_in_its_first_step(who: Who, inside: World, answer: Answer) -> None:
    lesson_suggestions.suggest(who("hang"), answer.id)
    lesson_suggestions.agree(who("hoa"), answer.id, True)
    sent = lesson_suggestions.send_to_new_lesson(
        who("hang"), CONTENT, answer.id, "Cho cô nghe tiếng con", "hoc-truc-tuyen", "hoc.vao-lop"
    )
    assert (sent.state, sent.lesson_slug) == ("draft", "cho-co-nghe-tieng-con")
    first, _second = sent.text.split("## VIẾT: tên bước 2")
    assert SHORT in first and first.index("tên bước 1") < first.index(SHORT)
    assert len(preview.check_proposal(CONTENT, sent).steps) == 2


def test_hidden_or_withdrawn_words_are_not_sent(who: Who, inside: World, answer: Answer) -> None:
    lesson_suggestions.suggest(who("hang"), answer.id)
    lesson_suggestions.agree(who("hoa"), answer.id, True)
    circles_commands.hide_answer(who("hang"), answer.id, True, "Xem lại")
    with pytest.raises(Conflict):
        lesson_suggestions.send_to_step(who("hang"), CONTENT, answer.id, 1)
    circles_commands.hide_answer(who("hang"), answer.id, False)
    circles_commands.withdraw_answer(who("hoa"), answer.id)
    with pytest.raises(NotFound):
        lesson_suggestions.send_to_step(who("hang"), CONTENT, answer.id, 1)


# ---- words in a lesson's text ---------------------------------------------------------------------------------------

STEP = """## Một bước {#mot}

**Mục tiêu:** xong.

```mistakes
- {wrong: "Cũ", fix: "Mới."}
```
```stuck
ask: "Giúp em."
topic: hoc.vao-lop
```
"""


def test_a_mistake_goes_to_the_end_of_those_there_or_before_the_stuck_or_to_the_end() -> None:
    line = '- {wrong: "Sai \\"này\\"", fix: "Đúng."}\n'
    assert with_mistake(STEP, 'Sai "này"', "Đúng.").count('"Mới."}\n' + line + "```\n```stuck") == 1
    bare = STEP.replace('```mistakes\n- {wrong: "Cũ", fix: "Mới."}\n```\n', "")
    assert with_mistake(bare, 'Sai "này"', "Đúng.").count("```mistakes\n" + line + "```\n```stuck") == 1
    alone = bare[: bare.index("```stuck")]
    assert with_mistake(alone, 'Sai "này"', "Đúng.").endswith("xong.\n\n```mistakes\n" + line + "```\n")


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("## Tiêu đề", "Tiêu đề"),
        ("```stuck\nask: x\n```", "stuck ask: x"),
        ("- một\n- hai", "một - hai"),
        ("{fact:le-phi} <b>đậm</b>", "fact:le-phi bđậm/b"),
        ("Bấm\tmột   lần", "Bấm một lần"),
    ],
)
def test_nothing_in_plain_words_means_anything_to_a_lesson(typed: str, kept: str) -> None:
    assert plain(typed) == kept


def test_paragraphs_stay_paragraphs_and_names_are_nobody_elses() -> None:
    lesson = with_first_task(text_of("thu", "Thử", "hoc-truc-tuyen", 10, "hoc.vao-lop"), "Một.\n\n# Hai.\n")
    assert "\nMột.\n\nHai.\n" in lesson and lesson.count("VIẾT: một việc cần làm.") == 1
    assert slug_of("Cho cô nghe!", set()) == "cho-co-nghe"
    assert slug_of("Cho cô nghe!", {"cho-co-nghe", "cho-co-nghe-2"}) == "cho-co-nghe-3"
    assert slug_of("111 cách", set()).startswith("bai-111")
    assert len(slug_of("rất dài " * 40, set())) <= 64 and slug_of("???", set()) == "bai"
