"""Who is told what of weekly meetings: without anybody's words, and of children no more than their called names."""

from typing import Any

from tutoring.accounts.queries import guardians, user
from tutoring.kernel.events import on
from tutoring.kernel.text import N_
from tutoring.notifications.commands import settle_of, tell
from tutoring.notifications.words import at_time, with_holiday
from tutoring.pairing.events import (
    Booked,
    BookingEnded,
    MeetingMissed,
    MeetingNear,
    MeetingOpened,
    MetAsked,
    MoveAnswered,
    MoveAsked,
    ProposalClosed,
    ProposalMade,
)

PAGE = "/weekly"


def _tell_both(learner_id: int, helper_id: int, key: str, say: str, path: str = PAGE, **params: Any) -> None:
    for user_id in (learner_id, helper_id):
        tell(user_id, key, say, path, **params)


@on(ProposalMade)
def pair_is_asked(event: ProposalMade) -> None:
    key = f"pair:{event.proposal_id}"
    say = N_("Có một người hợp để học hằng tuần. Mở để xem và trả lời trong ba ngày.")
    _tell_both(event.learner_id, event.helper_id, key, say)
    learner = user(event.learner_id)
    if learner.kind == "child":
        for guardian in guardians(learner.id):
            tell(
                guardian.id, key, N_("%(helper)s có thể giúp %(child)s hằng tuần. Mở để xem."), PAGE,
                helper=user(event.helper_id).shown_name, child=learner.said_name,
            )  # fmt: skip


@on(ProposalClosed)
def pair_hears_that_it_came_to_nothing(event: ProposalClosed) -> None:
    key = f"proposal-closed:{event.proposal_id}"
    tell(
        event.learner_id, key, N_("Lần ghép vừa rồi chưa thành. Lời nhờ của bạn giữ chỗ cho đợt ghép sau."), "/requests"
    )
    tell(event.helper_id, key, N_("Lần ghép vừa rồi chưa thành. Cảm ơn bạn đã sẵn lòng giúp."), PAGE)


@on(Booked)
def pair_is_booked(event: Booked) -> None:
    key, say = f"booked:{event.booking_id}", N_("Đã hẹn hằng tuần. Buổi đầu: %(at)s.")
    _tell_both(event.learner_id, event.helper_id, key, say, at=at_time(event.first))
    learner = user(event.learner_id)
    if learner.is_minor:
        for guardian in guardians(learner.id):
            tell(
                guardian.id, key, N_("%(child)s học với %(helper)s hằng tuần. Buổi đầu: %(at)s."),
                PAGE if learner.kind == "child" else "", at=at_time(event.first), child=learner.shown_name,
                helper=user(event.helper_id).said_name,
            )  # fmt: skip


def _near(booking_id: int) -> str:
    return f"meeting-near:{booking_id}:"


@on(MeetingNear)
def pair_is_reminded(event: MeetingNear) -> None:
    say = N_("Ngày mai có buổi học: %(at)s.") if event.hours > 1 else N_("Một giờ nữa có buổi học: %(at)s.")
    on_holiday = (
        N_("Ngày mai có buổi học: %(at)s. Hôm đó là ngày nghỉ lễ: %(holiday)s.")
        if event.hours > 1
        else N_("Một giờ nữa có buổi học: %(at)s. Hôm nay là ngày nghỉ lễ: %(holiday)s.")
    )
    key = f"{_near(event.booking_id)}{event.at:%Y%m%d%H%M}:{event.hours}"
    say, told = with_holiday(event.at, say, on_holiday)
    for user_id in (event.learner_id, event.helper_id):
        tell(user_id, key, say, PAGE, worth_until=event.at, **told)


@on(MeetingOpened)
def pair_hears_of_the_room(event: MeetingOpened) -> None:
    key, path = f"opened:{event.room_id}", f"/rooms/{event.room_id}"
    _tell_both(event.learner_id, event.helper_id, key, N_("Đến giờ rồi. Phòng học đã mở."), path)
    learner = user(event.learner_id)
    if event.minor:
        for guardian in guardians(learner.id):
            tell(
                guardian.id, key, N_("%(child)s đang được %(helper)s giúp trong phòng có thầy cô trực."),
                path if learner.kind == "child" else "", child=learner.called_name,
                helper=user(event.helper_id).said_name,
            )  # fmt: skip


@on(MeetingMissed)
def pair_hears_that_no_room_opened(event: MeetingMissed) -> None:
    settle_of((event.learner_id, event.helper_id), _near(event.booking_id))
    key = f"missed:{event.booking_id}:{event.at:%Y%m%d%H%M}"
    say = N_("Buổi học lúc %(at)s chưa mở được phòng. Tuần sau hẹn lại như cũ; cần sớm hơn thì hãy đổi giờ.")
    _tell_both(event.learner_id, event.helper_id, key, say, at=at_time(event.at))


@on(MoveAsked)
def other_hears_of_the_move(event: MoveAsked) -> None:
    tell(
        event.other_id, f"move:{event.booking_id}", N_("%(name)s xin đổi giờ học hằng tuần. Mở để trả lời."), PAGE,
        again=True, name=user(event.by_id).shown_name,
    )  # fmt: skip


@on(MoveAnswered)
def asker_hears_of_the_answer(event: MoveAnswered) -> None:
    if event.agreed:
        settle_of((event.by_id, event.other_id), _near(event.booking_id))
    say = N_("Giờ học hằng tuần đã đổi như bạn xin.") if event.agreed else N_("Giờ học hằng tuần giữ như cũ.")
    tell(event.other_id, f"moved:{event.booking_id}:{event.agreed}", say, PAGE, again=True)


@on(BookingEnded)
def other_hears_of_the_end(event: BookingEnded) -> None:
    settle_of((event.learner_id, event.helper_id), _near(event.booking_id))
    for user_id in {event.learner_id, event.helper_id} - {event.by_id}:
        tell(user_id, f"booking-ended:{event.booking_id}", N_("Một lịch hẹn hằng tuần đã dừng."), PAGE)


@on(MetAsked)
def pair_is_asked_whether_they_met(event: MetAsked) -> None:
    _tell_both(event.learner_id, event.helper_id, f"met:{event.booking_id}", N_("Hai bạn có gặp nhau không?"))
