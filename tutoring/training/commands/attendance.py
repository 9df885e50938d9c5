"""Who leads a session says who came, and what those were seen doing."""

from collections.abc import Collection
from datetime import timedelta

import sqlalchemy as sa

from tutoring.accounts.models import User
from tutoring.community.queries import acting_roles_at
from tutoring.kernel import audit, clock
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, Invalid, NotAllowed
from tutoring.kernel.events import announce
from tutoring.kernel.text import N_
from tutoring.lessons.commands import witnessed
from tutoring.policy.rooms import TEACHING
from tutoring.training.events import Attended, NotAttended
from tutoring.training.marking import Sheet, sheet_of
from tutoring.training.models import TrainingAttendance, TrainingSession
from tutoring.training.queries import came_to, session_of
from tutoring.training.readiness import months_after
from tutoring.training.standing import last_attended

MARKED_WITHIN = timedelta(days=7)  # after its end; later nobody remembers who was there

Seen = Collection[tuple[int, str]]


@command
def mark(actor: User, session_id: int, came: Collection[int], seen: Seen) -> None:
    """Say who was at a session, all at once, and which lessons they were seen doing there; on the day on which that was
    first said it may be put right. What was seen done stays seen: a skill is taken back on the person's page."""
    row = session_of(session_id, lock=True)
    sheet = sheet_of(actor, row)
    if say := why_not_now(row):
        raise Conflict(say)
    came = set(came)
    _check(actor, sheet, came, seen)
    before = came_to(row.id)
    credited = came | ({row.leader_id} if came and sheet.leader_counts else set())
    _put_down(actor, row, sheet, credited - before)
    _take_out(row, before - credited)
    if credited != before:
        came_now, not_there = sorted(credited - before), sorted(before - credited)
        audit.record(actor.id, "mark_training", f"training:{row.id}", came=came_now, not_there=not_there)
    row.marked_at = row.marked_at or clock.now()
    for user_id, slug in sorted(seen):
        if witnessed(user_id, slug, actor.id, by_teacher=not TEACHING.isdisjoint(acting_roles_at(actor, row.unit_id))):
            audit.record(actor.id, "witness", f"user:{user_id}", training=row.id, lesson=slug)


def why_not_now(row: TrainingSession) -> str:
    """Why it cannot be said now who came; empty when it can."""
    if row.state == "cancelled":
        return N_("Buổi này đã huỷ nên không điểm danh được.")
    if clock.now() < row.at:
        return N_("Buổi này chưa bắt đầu. Đến giờ rồi hãy điểm danh.")
    if row.marked_at is None and clock.now() > row.ends + MARKED_WITHIN:
        return N_("Đã quá bảy ngày sau buổi tập huấn nên không điểm danh được nữa.")
    if row.marked_at is not None and clock.local(row.marked_at).date() != clock.today():
        return N_("Buổi này đã điểm danh; chỉ sửa được trong ngày điểm danh.")
    return ""


def _check(actor: User, sheet: Sheet, came: set[int], seen: Seen) -> None:
    """Only whom the session is for; nobody says of themselves to have come or to have been seen."""
    if actor.id in came and actor.id not in sheet.came:
        raise NotAllowed(N_("Không ai tự điểm danh cho mình. Hãy nhờ người hướng dẫn buổi này."))
    if not came <= set(sheet.lines):
        raise Invalid(N_("Có người trong danh sách không thuộc lộ trình này. Hãy tải lại trang rồi điểm danh lại."),
                      field="came")  # fmt: skip
    for user_id, slug in seen:
        if user_id not in came:
            raise Invalid(N_("Chỉ xác nhận “thấy làm được” cho người có mặt. Hãy đánh dấu có mặt trước."), field="seen")
        if slug not in sheet.lines[user_id].may_be_seen:
            raise Invalid(
                N_("Có bài chưa xác nhận được: người đó cần học xong bài và tự làm đạt phần luyện tập trước."),
                field="seen",
            )


def _put_down(actor: User, row: TrainingSession, sheet: Sheet, new: set[int]) -> None:
    months, day = sheet.known.needs.renew_months, clock.local(row.at).date()
    last = last_attended(row.track, new)
    for user_id in sorted(new):
        db.session.add(TrainingAttendance(session_id=row.id, user_id=user_id, track=row.track, day=day, by_id=actor.id))
        was = months_after(last[user_id], months) if user_id in last else None
        announce(Attended(row.id, user_id, row.track, was, months_after(max(day, last.get(user_id, day)), months)))
    db.session.flush()


def _take_out(row: TrainingSession, wrong: set[int]) -> None:
    for user_id in sorted(wrong):
        db.session.execute(
            sa.delete(TrainingAttendance).where(
                TrainingAttendance.session_id == row.id, TrainingAttendance.user_id == user_id
            )
        )
        announce(NotAttended(row.id, user_id))
