"""Who is told what when nobody came at once: times, answers in writing."""

from tutoring.accounts.queries import user
from tutoring.kernel import clock
from tutoring.kernel.events import on
from tutoring.kernel.text import N_
from tutoring.notifications.commands import settle, tell, tell_guardians
from tutoring.notifications.keys import alarm, wished
from tutoring.notifications.words import at_time, with_holiday
from tutoring.pairing.events import (
    HelpEnded,
)
from tutoring.pairing.stewards import coordinators_of
from tutoring.pairing.track_events import (
    AnswerJudged,
    AnswerOwed,
    AnswerWritten,
    HelpersInvited,
    LaterOffered,
    TimeAgreed,
    TimeMissed,
    TimeNear,
    TimesOver,
    TimesWished,
)


def _path(request_id: int) -> str:
    return f"/requests/{request_id}"


def _owed(request_id: int, late: bool) -> str:
    return f"owed:{request_id}:{'late' if late else 'soon'}"


def _nothing_owed(request_id: int) -> None:
    settle(_owed(request_id, False), _owed(request_id, True))


@on(LaterOffered)
def learner_hears_of_other_ways(event: LaterOffered) -> None:
    tell(
        event.learner_id, f"later:{event.request_id}",
        N_("Chưa có ai nhận ngay. Lời nhờ vẫn giữ chỗ; bạn có thể hẹn giờ hoặc hẹn hằng tuần."),
        _path(event.request_id),
    )  # fmt: skip


@on(HelpersInvited)
def helpers_hear_of_times(event: HelpersInvited) -> None:
    for user_id in event.helper_ids:
        tell(
            user_id, wished(event.request_id),
            N_("Có người muốn hẹn giờ để được giúp việc bạn biết. Mở để xem, rồi nhận một giờ nếu bạn rảnh."),
            "/helping", again=True,
        )  # fmt: skip


@on(TimesWished)
def other_times_are_told_anew(event: TimesWished) -> None:
    settle(wished(event.request_id))


@on(TimesOver)
def learner_hears_that_times_are_over(event: TimesOver) -> None:
    settle(wished(event.request_id))
    tell(
        event.learner_id, f"times:{event.request_id}",
        N_("Chưa ai nhận các giờ bạn chọn. Đang tìm người ngay; bạn chọn giờ khác cũng được."),
        _path(event.request_id), again=True,
    )  # fmt: skip


@on(TimeAgreed)
def both_hear_of_the_time(event: TimeAgreed) -> None:
    settle(path=_path(event.request_id))
    _nothing_owed(event.request_id)
    learner, helper, when = user(event.learner_id), user(event.helper_id), at_time(event.at)
    key = f"time:{event.request_id}:{event.helper_id}:{event.at.isoformat()}"
    tell(
        helper.id, key, N_("%(learner)s đã đồng ý hẹn lúc %(when)s. Phòng tự mở khi đến giờ."), "/helping",
        learner=learner.shown_name, when=when,
    )  # fmt: skip
    tell_guardians(
        learner, key, N_("%(child)s đã hẹn %(helper)s lúc %(when)s, trong phòng có thầy cô trực."),
        _path(event.request_id) if learner.kind == "child" else "", helper=helper.said_name, when=when,
    )  # fmt: skip


@on(TimeNear)
def both_are_reminded(event: TimeNear) -> None:
    key = f"near:{event.request_id}:{event.at.isoformat()}"
    say, told = with_holiday(
        event.at, N_("Sắp đến giờ hẹn: %(when)s, với %(other)s."),
        N_("Sắp đến giờ hẹn: %(when)s, với %(other)s. Hôm nay là ngày nghỉ lễ: %(holiday)s."),
    )  # fmt: skip
    told["when"] = told.pop("at")
    learner, helper = user(event.learner_id), user(event.helper_id)
    tell(learner.id, key, say, _path(event.request_id), worth_until=event.at, other=helper.shown_name, **told)
    tell(helper.id, key, say, "/helping", worth_until=event.at, other=learner.shown_name, **told)


@on(TimeMissed)
def both_hear_that_no_room_opened(event: TimeMissed) -> None:
    key = f"no-room:{event.request_id}:{event.at.isoformat()}"
    settle(path=_path(event.request_id))
    tell(
        event.learner_id, key,
        N_("Đến giờ hẹn mà phòng chưa mở được. Bạn đã được chuyển lên đầu hàng chờ."), _path(event.request_id),
    )  # fmt: skip
    tell(event.helper_id, key, N_("Đến giờ hẹn mà phòng chưa mở được. Bạn rảnh rồi, cảm ơn bạn."), "/helping")


@on(AnswerOwed)
def coordinators_hear_that_an_answer_is_owed(event: AnswerOwed) -> None:
    say = N_("Có lời nhờ đã chờ 18 giờ. Trong 6 giờ nữa phải có câu trả lời: tìm người giúp, hoặc trả lời bằng chữ.")
    if event.calls > 1:
        say = N_("Có lời nhờ đã chờ quá 24 giờ mà chưa được trả lời. Hãy trả lời bằng chữ ngay.")
    for user_id in coordinators_of(event.unit_id):
        tell(user_id, _owed(event.request_id, event.calls > 1), say, f"/units/{event.unit_id}/waiting", again=True)


@on(AnswerWritten)
def learner_hears_of_the_answer(event: AnswerWritten) -> None:
    settle(path=_path(event.request_id))
    _nothing_owed(event.request_id)
    settle(alarm(event.request_id))
    author = user(event.author_id)
    key = f"answer:{event.request_id}:{event.author_id}:{clock.now().isoformat()}"
    tell(
        event.learner_id, key, N_("%(author)s đã trả lời bạn bằng chữ. Mở để đọc, rồi cho biết có xong không."),
        _path(event.request_id), author=author.shown_name,
    )  # fmt: skip
    learner = user(event.learner_id)
    if learner.is_minor:
        tell_guardians(
            learner, key, N_("%(child)s vừa nhận câu trả lời bằng chữ của %(author)s."),
            _path(event.request_id) if learner.kind == "child" else "", author=author.said_name,
        )  # fmt: skip


@on(AnswerJudged)
def author_hears_whether_it_helped(event: AnswerJudged) -> None:
    say = N_("Câu trả lời của bạn đã giúp được. Cảm ơn bạn!")
    if not event.helped:
        say = N_("Người học làm theo mà chưa xong, nên đang chờ người giúp. Cảm ơn bạn đã trả lời.")
    tell(event.author_id, f"judged:{event.request_id}:{clock.now().isoformat()}", say, "/helping")


@on(HelpEnded)
def nothing_is_owed_any_more(event: HelpEnded) -> None:
    settle(wished(event.request_id))
    _nothing_owed(event.request_id)
    if event.outcome == "answered":
        tell(
            event.learner_id, f"answered:{event.request_id}",
            N_("Ba ngày chưa thấy bạn trả lời, nên lời nhờ đã kết thúc. Câu trả lời vẫn nằm ở đó; cần thì hỏi lại."),
            _path(event.request_id),
        )  # fmt: skip
