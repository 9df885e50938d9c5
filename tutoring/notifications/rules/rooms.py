"""Notification rules for rooms: messages held, masked or appealed, summaries, breakouts.

They also cover volunteer minutes and their certificates.
"""

import uuid

from tutoring.accounts.queries import guardians, user
from tutoring.kernel.events import on
from tutoring.kernel.text import N_
from tutoring.notifications.inbox.commands import mark_handled, notify, retract, settle_of, tell_guardians
from tutoring.pairing.certificates.events import CertificateIssued, CertificateRevoked
from tutoring.policy.rooms.participation import PARTICIPANT_ROLES
from tutoring.rooms import queries
from tutoring.rooms.events import (
    AppealDecided,
    AppealMade,
    MaskLimitReached,
    MessageChanged,
    MessageHeld,
    MinutesChanged,
    MinutesCounted,
    ObserverEntered,
    RoomClosed,
    RoomSplit,
    SummaryWritten,
)
from tutoring.rooms.moderation.queries import waits_in
from tutoring.rooms.volunteer_minutes.queries import helped_session

DESK = "/desk"
DECIDED = frozenset({"released", "refused", "hidden", "unmasked"})


def _tell_duty(room_id: int, key: str, say: str) -> None:
    for person in queries.on_duty(queries.room(room_id)):
        notify(person.id, key, say, DESK, again=True)


@on(MessageHeld)
def notify_duty_of_held_message(event: MessageHeld) -> None:
    if event.why != "everything":  # an observer who screens every message is already looking
        _tell_duty(event.room_id, f"held:{event.room_id}", N_("Có tin đang chờ bạn xem trước khi gửi."))


@on(AppealMade)
def notify_duty_of_appeal(event: AppealMade) -> None:
    _tell_duty(event.room_id, f"appeal:{event.room_id}", N_("Một người nhờ xem lại tin của mình."))


@on(MaskLimitReached)
def notify_duty_of_repeated_masks(event: MaskLimitReached) -> None:
    _tell_duty(
        event.room_id, f"masks:{event.room_id}:{event.user_id}",
        N_("Trong một phòng có người gửi số hoặc liên lạc riêng nhiều lần. Hãy vào xem."),
    )  # fmt: skip


@on(MessageChanged)
def settle_notices_of_decided_messages(event: MessageChanged) -> None:
    if event.what in DECIDED:
        _settle_decided(event.room_id)


@on(AppealDecided)
def settle_notices_of_decided_appeals(event: AppealDecided) -> None:
    _settle_decided(event.room_id)


def _settle_decided(room_id: int) -> None:
    """One notice stands for all that waits in a room, so it is read once nothing does."""
    held, appealed = waits_in(room_id)
    keys = [*([] if held else [f"held:{room_id}"]), *([] if appealed else [f"appeal:{room_id}"])]
    if keys:
        mark_handled(*keys)


@on(ObserverEntered)
def settle_notices_of_looked_at_room(event: ObserverEntered) -> None:
    settle_of([event.user_id], f"masks:{event.room_id}:")


@on(RoomClosed)
def settle_notices_of_closed_room(event: RoomClosed) -> None:
    mark_handled(*(f"masks:{event.room_id}:{seat.user_id}" for seat in queries.seats(event.room_id)))


@on(MessageChanged)
def notify_author_of_refused_message(event: MessageChanged) -> None:
    key = f"shut:{event.room_id}:{event.seq}"
    if event.what == "waits":  # the rejection was withdrawn at once
        retract(key)
    if event.what not in {"refused", "hidden"}:
        return
    message = queries.message(event.room_id, event.seq)
    assert message.author_id is not None
    notify(
        message.author_id, key,
        N_("Một tin của bạn không được gửi hoặc đã bị ẩn. Mở để xem vì sao và nhờ xem lại."),
        f"/rooms/{event.room_id}/messages/{event.seq}",
    )  # fmt: skip


@on(SummaryWritten)
def notify_participants_of_summary(event: SummaryWritten) -> None:
    staff = queries.room(event.room_id).closed_by
    for seat in queries.seats(event.room_id):
        if staff is not None and seat.role in PARTICIPANT_ROLES:
            notify(
                seat.user_id, f"summary:{event.room_id}",
                N_("%(staff)s đã đóng phòng và ghi lại đã làm gì, việc tiếp theo là gì. Mở để đọc."),
                f"/rooms/{event.room_id}/end", staff=staff,
            )  # fmt: skip


@on(RoomSplit)
def notify_of_breakout_invitation(event: RoomSplit) -> None:
    staff = user(event.by_id)
    for user_id in event.user_ids:
        notify(
            user_id, f"side:{event.side_id}", N_("%(staff)s mời bạn sang một phòng nhỏ."), f"/rooms/{event.side_id}",
            staff=staff,
        )  # fmt: skip


@on(AppealDecided)
def author_hears_of_second_look(event: AppealDecided) -> None:
    say = (
        N_("Tin bạn nhờ xem lại đã được cho hiện lại.")
        if event.overturned
        else N_("Tin bạn nhờ xem lại được giữ nguyên như trước. Mở để đọc câu trả lời.")
    )
    key, path = f"appeal-answer:{event.room_id}:{event.seq}", f"/rooms/{event.room_id}/messages/{event.seq}"
    notify(event.author_id, key, say, path)


@on(MinutesCounted)
def ask_guardian_to_confirm_minutes(event: MinutesCounted) -> None:
    session = helped_session(event.session_id)
    if session.learner.band == "up_to_10":
        for guardian in guardians(session.learner_id):
            notify(
                guardian.id, _asked(event.session_id),
                N_("%(helper)s vừa giúp %(child)s. Ba mẹ xác nhận giúp để tính giờ cho người giúp nhé."),
                f"/children/{session.learner_id}",
                helper=session.helper, child=session.learner.called_name,
            )  # fmt: skip


def _asked(session_id: int) -> str:
    return f"helped:{session_id}"


@on(MinutesChanged)
def notify_helper_of_minutes_decision(event: MinutesChanged) -> None:
    if event.what in ("helped", "nobody"):
        mark_handled(_asked(event.session_id))
        return
    session = helped_session(event.session_id)
    say, why = N_("Một buổi giúp của bạn ngày %(day)s được tính lại."), ""
    if event.what == "struck":
        say, why = N_("Một buổi giúp của bạn ngày %(day)s không được tính. Lý do: %(why)s"), session.struck_reason
    key = f"minutes:{event.session_id}:{uuid.uuid4().hex}"
    notify(event.helper_id, key, say, "/helping/minutes", day=event.day.strftime("%d/%m/%Y"), why=why)


@on(CertificateIssued)
def notify_guardians_of_certificate(event: CertificateIssued) -> None:
    helper = user(event.helper_id)
    if helper.is_minor:
        tell_guardians(
            helper, _paper(event.paper_id),
            N_("%(child)s vừa lập giấy xác nhận giờ giúp. Mở để xem; muốn thì thu hồi được."), _path(event.paper_id),
        )  # fmt: skip


def _paper(paper_id: int) -> str:
    return f"paper:{paper_id}"


def _path(paper_id: int) -> str:
    return f"/helping/papers/{paper_id}"


@on(CertificateRevoked)
def notify_helper_of_revoked_certificate(event: CertificateRevoked) -> None:
    mark_handled(_paper(event.paper_id))
    if event.why != "own":
        notify(
            event.helper_id, f"revoked:{event.paper_id}",
            N_("Một giấy xác nhận giờ giúp của bạn không còn hiệu lực. Mở để xem vì sao."), _path(event.paper_id),
        )  # fmt: skip
