"""Notification rules for published answers; no notice quotes any text or names the other side."""

from tutoring.accounts.queries import guardian_ids, user
from tutoring.community.queries import nearest_teachers
from tutoring.kernel.events import on
from tutoring.kernel.text import N_
from tutoring.notifications.inbox.commands import mark_handled, notify
from tutoring.published_answers.events import (
    AnswerAgreed,
    AnswerAsked,
    AnswerDecided,
    AnswerGone,
    AnswerSubmitted,
)


def _page(answer_id: int) -> str:
    return f"/answers/{answer_id}"


def _asked(answer_id: int, subject_id: int, user_id: int) -> str:
    word = "short-asked" if subject_id == user_id else "short-child"
    return f"{word}:{answer_id}:{subject_id}:{user_id}"


@on(AnswerAsked)
def ask_both_sides(event: AnswerAsked) -> None:
    for user_id, subject_id in event.asked:
        own = user_id == subject_id
        say = (
            N_("Có lời giải ngắn viết từ việc bạn đã được giúp. Bạn cho đăng không? Mở để đọc.")
            if own
            else N_("Có lời giải ngắn viết từ buổi học của %(name)s. Bạn cho đăng không? Mở để đọc.")
        )
        names = {} if own else {"name": user(subject_id)}
        notify(user_id, _asked(event.answer_id, subject_id, user_id), say, _page(event.answer_id), again=True, **names)


@on(AnswerAgreed)
def settle_question_and_tell_guardian(event: AnswerAgreed) -> None:
    mark_handled(_asked(event.answer_id, event.subject_id, event.by_id))
    person = user(event.subject_id)
    if event.yes and event.by_id == event.subject_id and person.band == "16_17":
        say = N_("%(name)s đồng ý cho đăng một lời giải ngắn, không có tên, từ buổi học của mình.")
        for guardian_id in guardian_ids(person.id):
            notify(guardian_id, f"short-told:{event.answer_id}", say, "/answers", name=person)


def _settle_questions(answer_id: int) -> None:
    """Settles what is still asked about a text that was deleted: its page is closed to those who were asked."""
    for word in ("short-asked", "short-child"):
        mark_handled(path=_page(answer_id), word=word)


@on(AnswerSubmitted)
def notify_teachers(event: AnswerSubmitted) -> None:
    say = N_("Có lời giải ngắn chờ thầy cô đọc trước khi lên trang.")
    for teacher_id in nearest_teachers(event.unit_id):
        if teacher_id not in event.party:
            notify(teacher_id, _waits(event.answer_id), say, f"/answers/{event.answer_id}/review", again=True)


def _waits(answer_id: int) -> str:
    return f"short-waits:{answer_id}"


_SAY = {
    "released": N_("Lời giải của bạn đã lên trang. Cảm ơn bạn đã giúp người sau."),
    "returned": N_("Lời giải của bạn cần sửa một chút. Mở để xem thầy cô dặn gì."),
    "refused": N_("Lời giải của bạn chưa đăng được. Mở để xem lý do."),
    "removed": N_("Thầy cô đã gỡ lời giải của bạn khỏi trang. Mở để xem lý do."),
}


@on(AnswerDecided)
def notify_writer_of_decision(event: AnswerDecided) -> None:
    mark_handled(_waits(event.answer_id))
    if event.what in ("refused", "removed"):
        _settle_questions(event.answer_id)
    place = _page(event.answer_id)
    if event.what == "released" and event.step_number is not None:
        place = f"/lessons/{event.lesson_slug}/{event.step_number}/answers"
    notify(event.author_id, f"short-news:{event.answer_id}:{event.what}", _SAY[event.what], place, again=True)


@on(AnswerGone)
def notify_writer_of_withdrawal(event: AnswerGone) -> None:
    mark_handled(_waits(event.answer_id))
    if event.ended:
        _settle_questions(event.answer_id)
    if event.was_public:
        say = N_("Lời giải của bạn không còn trên trang. Bạn không làm gì sai.")
        notify(event.author_id, f"short-news:{event.answer_id}:gone", say, _page(event.answer_id), again=True)
