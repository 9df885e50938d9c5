"""Who is told what of messages that were held, masked or looked at again."""

from tutoring.accounts.queries import user
from tutoring.kernel.events import on
from tutoring.kernel.text import N_
from tutoring.notifications.commands import take_away, tell
from tutoring.policy.rooms import TAKING_PART
from tutoring.rooms import queries
from tutoring.rooms.events import (
    AppealDecided,
    AppealMade,
    MasksPiledUp,
    MessageChanged,
    MessageHeld,
    RoomSplit,
    SummaryWritten,
)

DESK = "/desk"


def _tell_duty(room_id: int, key: str, say: str) -> None:
    for person in queries.on_duty(queries.room(room_id)):
        tell(person.id, key, say, DESK, again=True)


@on(MessageHeld)
def duty_hears_of_held(event: MessageHeld) -> None:
    if event.why != "everything":  # whoever asked to see each message is looking
        _tell_duty(event.room_id, f"held:{event.room_id}", N_("Có tin đang chờ bạn xem trước khi gửi."))


@on(AppealMade)
def duty_hears_of_appeal(event: AppealMade) -> None:
    _tell_duty(event.room_id, f"appeal:{event.room_id}", N_("Một người nhờ xem lại tin của mình."))


@on(MasksPiledUp)
def duty_hears_of_masks(event: MasksPiledUp) -> None:
    _tell_duty(
        event.room_id, f"masks:{event.room_id}:{event.user_id}",
        N_("Trong một phòng có người gửi số hoặc liên lạc riêng nhiều lần. Hãy vào xem."),
    )  # fmt: skip


@on(MessageChanged)
def author_hears_of_refusal(event: MessageChanged) -> None:
    key = f"shut:{event.room_id}:{event.seq}"
    if event.what == "waits":  # who refused it has taken that back at once
        take_away(key)
    if event.what not in {"refused", "hidden"}:
        return
    message = queries.message(event.room_id, event.seq)
    assert message.author_id is not None
    tell(
        message.author_id, key,
        N_("Một tin của bạn không được gửi hoặc đã bị ẩn. Mở để xem vì sao và nhờ xem lại."),
        f"/rooms/{event.room_id}/messages/{event.seq}",
    )  # fmt: skip


@on(SummaryWritten)
def who_took_part_hears_of_the_summary(event: SummaryWritten) -> None:
    staff = queries.room(event.room_id).closed_by
    for seat in queries.seats(event.room_id):
        if staff is not None and seat.role in TAKING_PART:
            tell(
                seat.user_id, f"summary:{event.room_id}",
                N_("%(staff)s đã đóng phòng và ghi lại đã làm gì, việc tiếp theo là gì. Mở để đọc."),
                f"/rooms/{event.room_id}/end", staff=staff.shown_name,
            )  # fmt: skip


@on(RoomSplit)
def who_is_asked_apart_hears_of_it(event: RoomSplit) -> None:
    staff = user(event.by_id)
    for user_id in event.user_ids:
        tell(
            user_id, f"side:{event.side_id}", N_("%(staff)s mời bạn sang một phòng nhỏ."), f"/rooms/{event.side_id}",
            staff=staff.shown_name,
        )  # fmt: skip


@on(AppealDecided)
def author_hears_of_second_look(event: AppealDecided) -> None:
    say = (
        N_("Tin bạn nhờ xem lại đã được cho hiện lại.")
        if event.overturned
        else N_("Tin bạn nhờ xem lại vẫn giữ như trước. Mở để đọc câu trả lời.")
    )
    key, path = f"appeal-answer:{event.room_id}:{event.seq}", f"/rooms/{event.room_id}/messages/{event.seq}"
    tell(event.author_id, key, say, path)
