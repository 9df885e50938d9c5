"""Notification rules for welfare cases: no name, and no user-written text."""

import sqlalchemy as sa

from tutoring.accounts.models import User
from tutoring.accounts.queries import user
from tutoring.kernel.db import db
from tutoring.kernel.events import on
from tutoring.kernel.text import N_
from tutoring.moderation.cases.queries import case, users_to_notify
from tutoring.moderation.events import (
    AlarmDelayed,
    TalkOffered,
    TalkWanted,
    WelfareAlarm,
    WelfareAnswered,
    WelfareCalmed,
    WelfareEnded,
    WelfareOpened,
)
from tutoring.moderation.welfare.alarm_ladder import ladder
from tutoring.notifications.inbox.alarms import ring
from tutoring.notifications.inbox.commands import mark_handled, notify, tell_these
from tutoring.rooms.queries import seats

ALARM = N_("Báo động: có người có thể đang gặp nguy hiểm. Mở xem, gọi ngay, rồi ghi việc đã làm.")
BESIDE = N_("Thầy cô đã vào một phòng mà bạn giúp. Bạn thấy thế nào? Muốn nói chuyện, bạn cứ nhắn người lớn ở đây.")
SENT = N_("Người trực đã đọc tin bạn viết và đã gửi đi.")
READ = N_("Người trực đã đọc điều bạn viết. Nếu bạn vẫn cần giúp bài, hãy hỏi lại nhé.")
INVITED = N_("%(name)s đang chờ bạn trong phòng nói chuyện riêng. Bạn vào lúc nào cũng được.")
LATE = N_("Báo động không gửi được trong %(minutes)s phút. Máy chủ hoặc các tác vụ đã ngừng. Hãy xem ngay.")
WANTED = N_("Một em đang chờ nói riêng với thầy cô. Mở xem ngay.")
LOOK = N_("Có nội dung cần người trực xem trong 15 phút. Mở xem ngay.")


def _path(case_id: int) -> str:
    return f"/desk/cases/{case_id}"


@on(WelfareAlarm)
def ring_welfare_alarm(event: WelfareAlarm) -> None:
    """Rings one round of an alarm.

    It replaces the round before, so a single notice waits, and all channels send again.
    """
    mark_handled(path=_path(event.case_id))
    ring(event.on_duty, f"alarm:{event.case_id}:{event.round}", ALARM, _path(event.case_id))
    ring(event.others, f"case:{event.case_id}:{event.round}:S0", ALARM, _path(event.case_id))


@on(AlarmDelayed)
def notify_admins_of_stalled_alarms(event: AlarmDelayed) -> None:
    admins = sa.select(User.id).where(User.site_admin, User.state == "active").order_by(User.id)
    for user_id in db.session.scalars(admins).all():
        notify(user_id, f"alarms-late:{event.case_id}", LATE, "/admin", again=True, minutes=event.minutes)


@on(WelfareOpened)
def notify_of_opened_welfare_case(event: WelfareOpened) -> None:
    """Notifies observers on duty and coordinators, or the next step of the ladder without them."""
    for user_id in [id for step in ladder(case(event.case_id))[:2] for id in step]:
        notify(user_id, f"care:{event.case_id}", LOOK, _path(event.case_id), again=True)


@on(WelfareAnswered)
def settle_welfare_alarm(event: WelfareAnswered) -> None:
    mark_handled(path=_path(event.case_id))


@on(WelfareEnded)
def ask_helpers_after_welfare_case(event: WelfareEnded) -> None:
    """Marks the case's notices as read, and asks the helpers how they are.

    A helper was close to a distressing case without being told about it.
    """
    mark_handled(path=_path(event.case_id))
    found = case(event.case_id)
    if found.room_id is None or found.welfare is None or found.welfare.is_uneasy:
        return  # no helper learns that a child was not at ease
    for seat in seats(found.room_id):
        if seat.role == "helper" and seat.user_id != found.welfare.author_id:
            notify(seat.user_id, f"after-care:{found.id}", BESIDE, "/safety")


@on(WelfareCalmed)
def notify_author_of_read_message(event: WelfareCalmed) -> None:
    found = case(event.case_id)
    if found.welfare is not None and found.welfare.author_id is not None and not found.welfare.is_uneasy:
        notify(found.welfare.author_id, f"calmed:{found.id}", SENT if event.delivered else READ, "")


@on(TalkWanted)
def call_staff_into_talk(event: TalkWanted) -> None:
    found = case(event.case_id)
    tell_these(users_to_notify(found), f"case:{found.id}:talk", WANTED, _path(found.id))


@on(TalkOffered)
def invite_author_to_talk(event: TalkOffered) -> None:
    key, path = f"talk:{event.room_id}:{event.by_id}", f"/rooms/{event.room_id}"
    notify(event.author_id, key, INVITED, path, again=True, name=user(event.by_id))
