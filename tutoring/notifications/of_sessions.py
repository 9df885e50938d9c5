"""Who is told what of group sessions: without anybody's words, and of children no more than their called names."""

from typing import Any

from tutoring.accounts.models import User
from tutoring.accounts.queries import guardians, user
from tutoring.kernel.events import on
from tutoring.kernel.text import N_
from tutoring.notifications.commands import settle_of, tell
from tutoring.notifications.words import at_time, with_holiday
from tutoring.pairing.session_events import (
    GroupAsked,
    GroupLeft,
    PlaceFreed,
    SessionCancelled,
    SessionMissed,
    SessionNear,
    SessionOpened,
    SignedUp,
)
from tutoring.pairing.session_models import GroupSession
from tutoring.pairing.session_queries import people_of, session_of

PAGE = "/sessions"
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
    """Tell a learner, and the guardians of a child."""
    tell(learner.id, key, say, path, again=True, **params)
    if learner.kind == "child":
        for guardian in guardians(learner.id):
            tell(guardian.id, f"{key}:{learner.id}", of_child, path, again=True, child=learner.shown_name, **params)


@on(SignedUp)
def guardians_hear_of_signing_up(event: SignedUp) -> None:
    row, learner = session_of(event.session_id), user(event.learner_id)
    if not learner.is_minor:
        return
    for guardian in guardians(learner.id):
        if guardian.id != event.by_id:
            tell(
                guardian.id, f"session-in:{row.id}:{learner.id}",
                N_("%(child)s đăng ký buổi học nhóm với %(helper)s lúc %(at)s."),
                PAGE if learner.kind == "child" else "", again=True, child=learner.shown_name,
                helper=row.helper.said_name, at=_at(row),
            )  # fmt: skip


@on(PlaceFreed)
def who_waited_hears(event: PlaceFreed) -> None:
    row = session_of(event.session_id)
    _tell_family(
        user(event.learner_id), f"session-place:{row.id}",
        N_("Có chỗ trống: bạn đã có chỗ trong buổi học nhóm lúc %(at)s."),
        N_("Có chỗ trống: %(child)s đã có chỗ trong buổi học nhóm lúc %(at)s."), PAGE, at=_at(row),
    )  # fmt: skip


@on(GroupAsked)
def all_are_asked(event: GroupAsked) -> None:
    helper = user(event.helper_id)
    for request_id, learner_id in event.asked:
        _tell_family(
            user(learner_id), f"group:{event.session_id}",
            N_("%(helper)s muốn giúp bạn cùng vài người đang nhờ cùng việc. Mở để trả lời."),
            N_("%(helper)s muốn giúp %(child)s cùng vài bạn đang nhờ cùng việc. Mở để trả lời."),
            f"/requests/{request_id}", helper=helper.shown_name,
        )  # fmt: skip


@on(GroupLeft)
def helper_hears_that_nobody_wants_a_group(event: GroupLeft) -> None:
    say = N_("Chưa ai nhận học nhóm lần này; mọi người vẫn chờ được giúp riêng. Cảm ơn bạn.")
    tell(event.helper_id, f"group-left:{event.session_id}", say, "/helping")


@on(SessionNear)
def all_are_reminded(event: SessionNear) -> None:
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
        _tell_family(learner, key, say, of_child, PAGE, worth_until=row.at, **told)
    tell(row.helper_id, key, say, PAGE, worth_until=row.at, **told)


@on(SessionOpened)
def all_hear_of_the_room(event: SessionOpened) -> None:
    row, key, path = session_of(event.session_id), f"opened:{event.room_id}", f"/rooms/{event.room_id}"
    tell(row.helper_id, key, N_("Đến giờ rồi. Phòng học nhóm đã mở."), path)
    for learner in people_of(row.id, "in"):
        if learner.id in event.left_out:
            say = N_("Buổi học nhóm lúc %(at)s đã mở nhưng bạn chưa vào được theo quy định an toàn. Hãy hỏi thầy cô.")
            tell(learner.id, f"session-out:{row.id}", say, PAGE, at=_at(row))
            continue
        tell(learner.id, key, N_("Đến giờ rồi. Phòng học nhóm đã mở."), path)
        for guardian in guardians(learner.id) if learner.is_minor else ():
            tell(
                guardian.id, f"{key}:{learner.id}",
                N_("%(child)s đang học nhóm với %(helper)s trong phòng có người trực."),
                path if learner.kind == "child" else "", child=learner.called_name, helper=row.helper.said_name,
            )  # fmt: skip
    for learner in people_of(row.id, "waiting"):
        say = N_("Buổi học nhóm lúc %(at)s đã bắt đầu mà không còn chỗ trống.")
        tell(learner.id, f"session-full:{row.id}", say, PAGE, at=_at(row))


@on(SessionCancelled)
def all_hear_of_the_cancelling(event: SessionCancelled) -> None:
    row, key = session_of(event.session_id), f"session-cancelled:{event.session_id}"
    family = [guardian.id for user_id in event.user_ids for guardian in guardians(user_id)]
    settle_of((*event.user_ids, row.helper_id, *family), f"session-near:{event.session_id}:")
    say = N_("Buổi học nhóm lúc %(at)s đã huỷ. Mở để xem lý do.")
    for user_id in event.user_ids:
        if user_id != event.by_id:
            _tell_family(
                user(user_id), key, say, N_("Buổi học nhóm của %(child)s lúc %(at)s đã huỷ. Mở để xem lý do."), PAGE,
                at=_at(row),
            )  # fmt: skip


@on(SessionMissed)
def all_hear_that_no_room_opened(event: SessionMissed) -> None:
    row = session_of(event.session_id)
    for person in (*people_of(row.id, "in", "waiting"), row.helper):
        tell(person.id, f"session-missed:{row.id}", _MISSED[event.why], PAGE, at=_at(row))
