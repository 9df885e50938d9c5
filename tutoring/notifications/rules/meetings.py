"""Notification rules for group sessions and weekly meetings.

A notice holds no user-written text, and of children only their display names.
"""

from typing import Any

from tutoring.accounts.models import User
from tutoring.accounts.queries import guardians, user
from tutoring.kernel.events import on
from tutoring.kernel.text import N_
from tutoring.notifications.inbox.commands import notify, settle_of
from tutoring.notifications.rules.wording import at_time, with_holiday
from tutoring.pairing.events import (
    Booked,
    BookingEnded,
    MeetingMissed,
    MeetingNear,
    MeetingOpened,
    MetQuestionDue,
    MoveAnswered,
    MoveRequested,
    ProposalClosed,
    ProposalMade,
)
from tutoring.pairing.group_sessions.events import (
    GroupDeclined,
    GroupProposed,
    PlaceFreed,
    SessionCancelled,
    SessionMissed,
    SessionNear,
    SessionOpened,
    SignedUp,
)
from tutoring.pairing.group_sessions.models import GroupSession
from tutoring.pairing.group_sessions.queries import people_of, session_of

GROUP_SESSIONS_PATH = "/sessions"
_MISSED = {
    "few": N_("Buổi học nhóm lúc %(at)s không mở vì chưa đủ người. Bạn nhờ giúp riêng được."),
    "shut": N_("Buổi học nhóm lúc %(at)s chưa mở được vì không có thầy cô trực."),
    "helper": N_("Buổi học nhóm lúc %(at)s dừng vì người hướng dẫn chưa vào được."),
}
_HOLIDAY = {
    True: N_("Một giờ nữa có buổi học nhóm: %(at)s. Hôm nay là ngày nghỉ lễ: %(holiday)s."),
    False: N_("Ngày mai có buổi học nhóm: %(at)s. Hôm đó là ngày nghỉ lễ: %(holiday)s."),
}
_HOLIDAY_OF_CHILD = {
    True: N_("Một giờ nữa %(child)s có buổi học nhóm: %(at)s. Hôm nay là ngày nghỉ lễ: %(holiday)s."),
    False: N_("Ngày mai %(child)s có buổi học nhóm: %(at)s. Hôm đó là ngày nghỉ lễ: %(holiday)s."),
}


def _at(row: GroupSession) -> str:
    return at_time(row.at)


def _tell_family(learner: User, key: str, say: str, of_child: str, path: str, **params: Any) -> None:
    """Notifies a learner, and the guardians of a child."""
    notify(learner.id, key, say, path, again=True, **params)
    if learner.kind == "child":
        for guardian in guardians(learner.id):
            notify(guardian.id, f"{key}:{learner.id}", of_child, path, again=True, child=learner.called_name, **params)


@on(SignedUp)
def notify_guardians_of_sign_up(event: SignedUp) -> None:
    row, learner = session_of(event.session_id), user(event.learner_id)
    if not learner.is_minor:
        return
    for guardian in guardians(learner.id):
        if guardian.id != event.by_id:
            notify(
                guardian.id, f"session-in:{row.id}:{learner.id}",
                N_("%(child)s đăng ký buổi học nhóm với %(helper)s lúc %(at)s."),
                GROUP_SESSIONS_PATH if learner.kind == "child" else "", again=True, child=learner.called_name,
                helper=row.helper, at=_at(row),
            )  # fmt: skip


@on(PlaceFreed)
def notify_learner_of_freed_place(event: PlaceFreed) -> None:
    row = session_of(event.session_id)
    _tell_family(
        user(event.learner_id), f"session-place:{row.id}",
        N_("Có chỗ trống: bạn đã có chỗ trong buổi học nhóm lúc %(at)s."),
        N_("Có chỗ trống: %(child)s đã có chỗ trong buổi học nhóm lúc %(at)s."), GROUP_SESSIONS_PATH, at=_at(row),
    )  # fmt: skip


@on(GroupProposed)
def notify_learners_of_group_offer(event: GroupProposed) -> None:
    helper = user(event.helper_id)
    for request_id, learner_id in event.asked:
        _tell_family(
            user(learner_id), f"group:{event.session_id}",
            N_("%(helper)s muốn giúp bạn cùng vài người đang nhờ cùng việc. Mở để trả lời."),
            N_("%(helper)s muốn giúp %(child)s cùng vài bạn đang nhờ cùng việc. Mở để trả lời."),
            f"/requests/{request_id}", helper=helper,
        )  # fmt: skip


@on(GroupDeclined)
def notify_helper_of_declined_group(event: GroupDeclined) -> None:
    say = N_("Chưa ai nhận học nhóm lần này; mọi người vẫn chờ được giúp riêng. Cảm ơn bạn.")
    notify(event.helper_id, f"group-left:{event.session_id}", say, "/helping")


@on(SessionNear)
def remind_of_group_session(event: SessionNear) -> None:
    row, key = session_of(event.session_id), f"session-near:{event.session_id}:{event.hours}"
    soon = event.hours == 1
    say = N_("Một giờ nữa có buổi học nhóm: %(at)s.") if soon else N_("Ngày mai có buổi học nhóm: %(at)s.")
    of_child = (
        N_("Một giờ nữa %(child)s có buổi học nhóm: %(at)s.")
        if soon
        else N_("Ngày mai %(child)s có buổi học nhóm: %(at)s.")
    )
    say, told = with_holiday(row.at, say, _HOLIDAY[soon])
    of_child, _same = with_holiday(row.at, of_child, _HOLIDAY_OF_CHILD[soon])
    for learner in people_of(row.id, "in"):
        _tell_family(learner, key, say, of_child, GROUP_SESSIONS_PATH, worth_until=row.at, **told)
    notify(row.helper_id, key, say, GROUP_SESSIONS_PATH, worth_until=row.at, **told)


@on(SessionOpened)
def notify_of_opened_group_room(event: SessionOpened) -> None:
    row, key, path = session_of(event.session_id), f"opened:{event.room_id}", f"/rooms/{event.room_id}"
    notify(row.helper_id, key, N_("Đến giờ rồi. Phòng học nhóm đã mở."), path)
    for learner in people_of(row.id, "in"):
        if learner.id in event.left_out:
            say = N_("Buổi học nhóm lúc %(at)s đã mở nhưng bạn chưa vào được theo quy định an toàn. Hãy hỏi thầy cô.")
            notify(learner.id, f"session-out:{row.id}", say, GROUP_SESSIONS_PATH, at=_at(row))
            continue
        notify(learner.id, key, N_("Đến giờ rồi. Phòng học nhóm đã mở."), path)
        for guardian in guardians(learner.id) if learner.is_minor else ():
            notify(
                guardian.id, f"{key}:{learner.id}",
                N_("%(child)s đang học nhóm với %(helper)s trong phòng có người trực."),
                path if learner.kind == "child" else "", child=learner.called_name, helper=row.helper,
            )  # fmt: skip
    for learner in people_of(row.id, "waiting"):
        say = N_("Buổi học nhóm lúc %(at)s đã bắt đầu mà không còn chỗ trống.")
        notify(learner.id, f"session-full:{row.id}", say, GROUP_SESSIONS_PATH, at=_at(row))


@on(SessionCancelled)
def notify_of_cancelled_group_session(event: SessionCancelled) -> None:
    row, key = session_of(event.session_id), f"session-cancelled:{event.session_id}"
    family = [guardian.id for user_id in event.user_ids for guardian in guardians(user_id)]
    settle_of((*event.user_ids, row.helper_id, *family), f"session-near:{event.session_id}:")
    say = N_("Buổi học nhóm lúc %(at)s đã huỷ. Mở để xem lý do.")
    for user_id in event.user_ids:
        if user_id != event.by_id:
            _tell_family(
                user(user_id),
                key,
                say,
                N_("Buổi học nhóm của %(child)s lúc %(at)s đã huỷ. Mở để xem lý do."),
                GROUP_SESSIONS_PATH,
                at=_at(row),
            )


@on(SessionMissed)
def notify_of_missed_group_session(event: SessionMissed) -> None:
    row = session_of(event.session_id)
    for person in (*people_of(row.id, "in", "waiting"), row.helper):
        notify(person.id, f"session-missed:{row.id}", _MISSED[event.why], GROUP_SESSIONS_PATH, at=_at(row))


PAGE = "/weekly"


def _tell_both(learner_id: int, helper_id: int, key: str, say: str, path: str = PAGE, **params: Any) -> None:
    for user_id in (learner_id, helper_id):
        notify(user_id, key, say, path, **params)


@on(ProposalMade)
def notify_pair_of_proposal(event: ProposalMade) -> None:
    key = f"pair:{event.proposal_id}"
    say = N_("Có một người hợp để học hằng tuần. Mở để xem và trả lời trong ba ngày.")
    _tell_both(event.learner_id, event.helper_id, key, say)
    learner = user(event.learner_id)
    if learner.kind == "child":
        for guardian in guardians(learner.id):
            notify(
                guardian.id, key, N_("%(helper)s có thể giúp %(child)s hằng tuần. Mở để xem."), PAGE,
                helper=user(event.helper_id), child=learner.called_name,
            )  # fmt: skip


@on(ProposalClosed)
def notify_pair_of_closed_proposal(event: ProposalClosed) -> None:
    key = f"proposal-closed:{event.proposal_id}"
    notify(
        event.learner_id, key, N_("Lần ghép vừa rồi chưa thành. Yêu cầu của bạn giữ chỗ cho đợt ghép sau."), "/requests"
    )
    notify(event.helper_id, key, N_("Lần ghép vừa rồi chưa thành. Cảm ơn bạn đã sẵn lòng giúp."), PAGE)


@on(Booked)
def notify_pair_of_booking(event: Booked) -> None:
    key, say = f"booked:{event.booking_id}", N_("Đã hẹn hằng tuần. Buổi đầu: %(at)s.")
    _tell_both(event.learner_id, event.helper_id, key, say, at=at_time(event.first))
    learner = user(event.learner_id)
    if learner.is_minor:
        for guardian in guardians(learner.id):
            notify(
                guardian.id, key, N_("%(child)s học với %(helper)s hằng tuần. Buổi đầu: %(at)s."),
                PAGE if learner.kind == "child" else "", at=at_time(event.first), child=learner.called_name,
                helper=user(event.helper_id),
            )  # fmt: skip


def _near(booking_id: int) -> str:
    return f"meeting-near:{booking_id}:"


@on(MeetingNear)
def remind_pair_of_weekly_meeting(event: MeetingNear) -> None:
    say = N_("Ngày mai có buổi học: %(at)s.") if event.hours > 1 else N_("Một giờ nữa có buổi học: %(at)s.")
    on_holiday = (
        N_("Ngày mai có buổi học: %(at)s. Hôm đó là ngày nghỉ lễ: %(holiday)s.")
        if event.hours > 1
        else N_("Một giờ nữa có buổi học: %(at)s. Hôm nay là ngày nghỉ lễ: %(holiday)s.")
    )
    key = f"{_near(event.booking_id)}{event.at:%Y%m%d%H%M}:{event.hours}"
    say, told = with_holiday(event.at, say, on_holiday)
    for user_id in (event.learner_id, event.helper_id):
        notify(user_id, key, say, PAGE, worth_until=event.at, **told)


@on(MeetingOpened)
def notify_pair_of_opened_meeting(event: MeetingOpened) -> None:
    key, path = f"opened:{event.room_id}", f"/rooms/{event.room_id}"
    _tell_both(event.learner_id, event.helper_id, key, N_("Đến giờ rồi. Phòng học đã mở."), path)
    learner = user(event.learner_id)
    if event.minor:
        for guardian in guardians(learner.id):
            notify(
                guardian.id, key, N_("%(child)s đang được %(helper)s giúp trong phòng có thầy cô trực."),
                path if learner.kind == "child" else "", child=learner.called_name,
                helper=user(event.helper_id),
            )  # fmt: skip


@on(MeetingMissed)
def notify_pair_of_missed_meeting(event: MeetingMissed) -> None:
    settle_of((event.learner_id, event.helper_id), _near(event.booking_id))
    key = f"missed:{event.booking_id}:{event.at:%Y%m%d%H%M}"
    say = N_("Buổi học lúc %(at)s chưa mở được phòng. Tuần sau hẹn lại như cũ; cần sớm hơn thì hãy đổi giờ.")
    _tell_both(event.learner_id, event.helper_id, key, say, at=at_time(event.at))


@on(MoveRequested)
def notify_other_of_move_request(event: MoveRequested) -> None:
    notify(
        event.other_id, f"move:{event.booking_id}", N_("%(name)s xin đổi giờ học hằng tuần. Mở để trả lời."), PAGE,
        again=True, name=user(event.by_id),
    )  # fmt: skip


@on(MoveAnswered)
def notify_asker_of_move_answer(event: MoveAnswered) -> None:
    if event.agreed:
        settle_of((event.by_id, event.other_id), _near(event.booking_id))
    say = N_("Giờ học hằng tuần đã đổi như bạn xin.") if event.agreed else N_("Giờ học hằng tuần giữ như cũ.")
    notify(event.other_id, f"moved:{event.booking_id}:{event.agreed}", say, PAGE, again=True)


@on(BookingEnded)
def notify_other_of_ended_booking(event: BookingEnded) -> None:
    settle_of((event.learner_id, event.helper_id), _near(event.booking_id))
    for user_id in {event.learner_id, event.helper_id} - {event.by_id}:
        notify(user_id, f"booking-ended:{event.booking_id}", N_("Một lịch hẹn hằng tuần đã dừng."), PAGE)


@on(MetQuestionDue)
def ask_pair_whether_they_met(event: MetQuestionDue) -> None:
    _tell_both(event.learner_id, event.helper_id, f"met:{event.booking_id}", N_("Hai bên có gặp nhau không?"))
