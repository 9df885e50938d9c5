"""Notification rules for circles of parents; no notice quotes any text."""

from tutoring.accounts.queries import user
from tutoring.circles.events import (
    AnswerPinned,
    AnswerSent,
    LessonAnswered,
    LessonAsked,
    SessionForTopic,
    TopicAnswered,
    WordsHidden,
    WordsPublished,
)
from tutoring.kernel.events import on
from tutoring.kernel.text import N_
from tutoring.notifications.inbox.commands import mark_handled, notify


def _page(event: TopicAnswered | AnswerPinned | WordsHidden | LessonAsked | LessonAnswered | SessionForTopic) -> str:
    return f"/circles/{event.unit_id}/topics/{event.topic_id}"


@on(TopicAnswered)
def notify_asker_of_answer(event: TopicAnswered) -> None:
    if event.by_id != event.asked_by_id:
        notify(
            event.asked_by_id, f"circle-answered:{event.topic_id}",
            N_("%(name)s trả lời câu hỏi của bạn trong góc hỏi đáp phụ huynh."), _page(event), again=True,
            name=user(event.by_id),
        )  # fmt: skip


@on(AnswerPinned)
def notify_author_of_pin(event: AnswerPinned) -> None:
    say = N_("Thầy cô ghim câu trả lời của bạn trong góc hỏi đáp phụ huynh.")
    notify(event.author_id, f"circle-pinned:{event.answer_id}", say, _page(event))


@on(WordsHidden)
def notify_author_of_hidden_post(event: WordsHidden) -> None:
    say = N_("Một lời của bạn trong góc hỏi đáp phụ huynh đã được thầy cô ẩn. Mở để xem lý do.")
    notify(event.author_id, f"circle-hidden:{event.key}", say, _page(event), again=True)


@on(LessonAsked)
def notify_author_of_lesson_request(event: LessonAsked) -> None:
    say = N_("Có người muốn đưa câu trả lời của bạn vào bài học. Bạn đồng ý không? Mở để trả lời.")
    notify(event.author_id, _asked(event.answer_id), say, _page(event), again=True)


def _asked(answer_id: int) -> str:
    return f"circle-lesson:{answer_id}"


@on(LessonAnswered)
def notify_staff_of_lesson_reply(event: LessonAnswered) -> None:
    mark_handled(_asked(event.answer_id))
    say = (
        N_("Một phụ huynh đồng ý cho câu trả lời thành bài học. Thầy cô mở để gửi cho ban biên tập.")
        if event.yes
        else N_("Một phụ huynh chưa muốn câu trả lời thành bài học.")
    )
    for user_id in event.tell:
        notify(user_id, f"circle-lesson-said:{event.answer_id}:{event.yes}", say, _page(event), again=True)


@on(AnswerSent)
def settle_notices_of_sent_answer(event: AnswerSent) -> None:
    mark_handled(f"circle-lesson-said:{event.answer_id}:True")


@on(WordsPublished)
def notify_author_of_published_lesson(event: WordsPublished) -> None:
    say = N_("Câu trả lời của bạn trong góc hỏi đáp phụ huynh đã thành bài học. Cảm ơn bạn.")
    notify(event.author_id, f"circle-published:{event.answer_id}", say, f"/lessons/{event.lesson_slug}")


@on(SessionForTopic)
def notify_wishers_of_session(event: SessionForTopic) -> None:
    say = N_("Có buổi học trực tiếp về chủ đề bạn đã xin. Mở để đăng ký.")
    for user_id in event.wished:
        notify(user_id, f"circle-session:{event.topic_id}:{event.session_id}", say, _page(event))
