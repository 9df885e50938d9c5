"""Notification rules for staff training: times and tracks only.

No user-written text, and no names of others.
"""

from datetime import date

from tutoring.kernel.events import on
from tutoring.kernel.text import N_
from tutoring.notifications.inbox.commands import mark_handled, notify
from tutoring.notifications.rules.wording import at_time
from tutoring.training.events import (
    AttendanceDue,
    Attended,
    Invited,
    LeaderChosen,
    LeaderNeeded,
    LessonsAdded,
    NotAttended,
    RenewalNear,
    SeatFreed,
    TrackAssigned,
    TrainingCancelled,
    TrainingMoved,
    TrainingNear,
    WardDue,
)
from tutoring.training.queries import session_of

PAGE = "/training"


def _page(session_id: int) -> str:
    return f"{PAGE}/sessions/{session_id}"


def _day(day: date) -> str:
    return f"{day:%d/%m/%Y}"


def _renewal(user_id: int, track: str, due_on: date, what: str) -> str:
    return f"training-{what}:{user_id}:{track}:{due_on}"


@on(TrackAssigned)
def notify_of_assigned_track(event: TrackAssigned) -> None:
    say = N_("Phường thêm bạn vào một lộ trình tập huấn. Mở để xem cần học gì.")
    if event.user_id != event.by_id:
        notify(event.user_id, f"training-track:{event.track}", say, PAGE, again=True)


@on(Invited)
def invite_to_training_session(event: Invited) -> None:
    row = session_of(event.session_id)
    say = N_("Có buổi tập huấn dành cho bạn lúc %(at)s. Mở để đăng ký.")
    for user_id in event.user_ids:
        notify(user_id, f"training:{row.id}", say, _page(row.id), at=at_time(row.at))


@on(TrainingMoved)
def notify_of_moved_training(event: TrainingMoved) -> None:
    row = session_of(event.session_id)
    mark_handled(f"training-near:{row.id}")  # it names the old time
    say = N_("Buổi tập huấn của bạn đổi giờ hoặc đổi nơi: %(at)s. Mở để xem.")
    for user_id in event.user_ids:
        if user_id != event.by_id:
            key = f"training-moved:{row.id}:{row.at.timestamp():.0f}"
            notify(user_id, key, say, _page(row.id), again=True, at=at_time(row.at))


@on(TrainingCancelled)
def notify_of_cancelled_training(event: TrainingCancelled) -> None:
    row = session_of(event.session_id)
    mark_handled(
        f"training:{row.id}", f"training-near:{row.id}", f"training-seat:{row.id}", f"training-leader:{row.id}"
    )
    say = N_("Buổi tập huấn lúc %(at)s đã huỷ. Mở để xem lý do.")
    for user_id in event.user_ids:
        if user_id != event.by_id:
            notify(user_id, f"training-cancelled:{row.id}", say, _page(row.id), at=at_time(row.at))


@on(SeatFreed)
def notify_of_freed_seat(event: SeatFreed) -> None:
    row = session_of(event.session_id)
    say = N_("Có chỗ trống: bạn đã có chỗ trong buổi tập huấn lúc %(at)s.")
    notify(event.user_id, f"training-seat:{row.id}", say, _page(row.id), again=True, at=at_time(row.at))


@on(TrainingNear)
def remind_of_training(event: TrainingNear) -> None:
    row = session_of(event.session_id)
    for user_id in event.user_ids:
        key, say = f"training-near:{row.id}", N_("Ngày mai có buổi tập huấn: %(at)s.")
        notify(user_id, key, say, _page(row.id), again=True, worth_until=row.at, at=at_time(row.at))


@on(AttendanceDue)
def ask_leader_for_attendance(event: AttendanceDue) -> None:
    row = session_of(event.session_id)
    say = N_("Buổi tập huấn lúc %(at)s đã xong. Hãy điểm danh trong bảy ngày.")
    notify(row.leader_id, f"training-mark:{row.id}", say, f"{_page(row.id)}/attendance", at=at_time(row.at))


@on(LeaderNeeded)
def notify_of_missing_leader(event: LeaderNeeded) -> None:
    row = session_of(event.session_id)
    say = N_("Buổi tập huấn lúc %(at)s cần người hướng dẫn khác. Mở để chọn.")
    for user_id in event.user_ids:
        notify(user_id, f"training-leader:{row.id}", say, _page(row.id), again=True, at=at_time(row.at))


@on(LeaderChosen)
def settle_notices_of_missing_leader(event: LeaderChosen) -> None:
    mark_handled(f"training-leader:{event.session_id}")


@on(Attended)
def notify_of_recorded_attendance(event: Attended) -> None:
    mark_handled(f"training-mark:{event.session_id}")
    if event.was_due is not None:
        mark_handled(*(_renewal(event.user_id, event.track, event.was_due, what) for what in ("soon", "due")))
    say = N_("Đã ghi nhận bạn dự buổi tập huấn. Buổi này có giá trị đến hết ngày %(day)s.")
    key = f"training-came:{event.session_id}"
    notify(event.user_id, key, say, PAGE, again=True, day=_day(event.due_on))


@on(NotAttended)
def notify_of_corrected_attendance(event: NotAttended) -> None:
    say = N_("Người hướng dẫn đã sửa điểm danh: bạn không được ghi là có mặt ở buổi tập huấn. Mở để xem.")
    notify(event.user_id, f"training-not:{event.session_id}", say, _page(event.session_id), again=True)


@on(RenewalNear)
def notify_of_training_renewal(event: RenewalNear) -> None:
    if event.today:
        key = _renewal(event.user_id, event.track, event.due_on, "due")
        say = N_("Tập huấn của bạn đến hạn ngày %(day)s. Hãy đăng ký một buổi mới.")
    else:
        key = _renewal(event.user_id, event.track, event.due_on, "soon")
        say = N_("Tập huấn của bạn có giá trị đến hết ngày %(day)s. Hãy đăng ký một buổi mới trước ngày đó.")
    notify(event.user_id, key, say, PAGE, day=_day(event.due_on))


@on(LessonsAdded)
def notify_of_added_lessons(event: LessonsAdded) -> None:
    what = "last" if event.last else "new"
    say = N_(
        "Lộ trình tập huấn của bạn có bài mới. Hãy học trước hết ngày %(day)s; đến ngày đó bạn vẫn sẵn sàng như cũ."
    )
    if event.last:
        say = N_("Bài mới trong lộ trình tập huấn: hạn học là hết ngày %(day)s. Mở để học.")
    key = _renewal(event.user_id, event.track, event.until, what)
    notify(event.user_id, key, say, PAGE, day=_day(event.until))


@on(WardDue)
def notify_trainers_of_due_count(event: WardDue) -> None:
    say = N_("%(num)s người của phường sắp đến hạn hoặc quá hạn tập huấn.")
    path = f"/units/{event.unit_id}/training?show=due"
    for user_id in event.user_ids:
        notify(user_id, f"training-week:{event.unit_id}:{event.week}", say, path, num=event.count)
