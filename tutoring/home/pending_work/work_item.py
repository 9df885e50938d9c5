"""One thing that waits for a person, the kinds there are, and where the rows of a kind come from."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

import sqlalchemy as sa

from tutoring.home.pending_work.statements import Standpoint
from tutoring.home.pending_work.viewer import Viewer
from tutoring.kernel import clock
from tutoring.kernel.text import N_

DANGER, GRAVE, NOW, TODAY, WEEK, LATER = range(6)  # ranks: the lower, the more urgent
_NEVER = datetime.max.replace(tzinfo=UTC)
SOON = timedelta(days=3)  # what is due within it stands before what has no time


@dataclass(frozen=True)
class Kind:
    """A kind of work: how urgent it usually is, its icon, and the label of its button."""

    rank: int
    icon: str
    action: str


_CONFIRM, _OPEN, _LOOK, _ANSWER = N_("Xác nhận"), N_("Mở"), N_("Xem"), N_("Trả lời")

KINDS: dict[str, Kind] = {
    # Moderation.
    "disclosure": Kind(DANGER, "shield", N_("Mở ngay")),
    "case": Kind(GRAVE, "flag", N_("Mở báo cáo")),
    "uneasy": Kind(TODAY, "heart", N_("Hỏi thăm")),
    "held_message": Kind(NOW, "chat", N_("Xem tin")),
    "masked_words": Kind(NOW, "eye", N_("Vào xem")),
    "message_appeal": Kind(TODAY, "redo", _LOOK),
    "action_appeal": Kind(TODAY, "redo", _LOOK),
    "emergency_reading": Kind(NOW, "lock", _ANSWER),
    # Learners who wait.
    "child_waiting": Kind(NOW, "hand", N_("Tìm người giúp")),
    "learner_waiting": Kind(NOW, "hand", N_("Tìm người giúp")),
    "answer_owed": Kind(TODAY, "edit", _ANSWER),
    "awaiting_device": Kind(WEEK, "screen", _LOOK),
    "weekly_round": Kind(WEEK, "people", _LOOK),
    # Units and their people.
    "alarm_test": Kind(NOW, "bell", _ANSWER),
    "unit_not_ready": Kind(TODAY, "bell", N_("Gửi báo động thử")),
    "member": Kind(TODAY, "user", _CONFIRM),
    "class_claim": Kind(TODAY, "card", _CONFIRM),
    "class_claim_twice": Kind(NOW, "alert", _LOOK),
    "class_work_gone": Kind(WEEK, "book", _LOOK),
    "join_code": Kind(TODAY, "card", _LOOK),
    "nomination": Kind(WEEK, "heart", _CONFIRM),
    "helper_renewal": Kind(WEEK, "heart", N_("Gia hạn")),
    "factor_reset": Kind(NOW, "lock", _LOOK),
    "unit_import": Kind(WEEK, "people", _LOOK),
    # Devices and internet.
    "device_offer": Kind(TODAY, "heart", _ANSWER),
    "device_to_check": Kind(WEEK, "screen", N_("Mở kho")),
    "device_to_return": Kind(TODAY, "screen", _LOOK),
    "need_to_confirm": Kind(WEEK, "people", _CONFIRM),
    "need_to_meet": Kind(WEEK, "hand", N_("Chia máy")),
    "need_second": Kind(TODAY, "people", N_("Duyệt")),
    "need_basis": Kind(WEEK, "people", _CONFIRM),
    "need_ended": Kind(WEEK, "screen", _LOOK),
    "voucher_failed": Kind(TODAY, "alert", N_("Chọn gói khác")),
    "vouchers_expired": Kind(LATER, "card", _LOOK),
    "handover_to_plan": Kind(TODAY, "calendar", N_("Hẹn ngày")),
    "handover_to_close": Kind(TODAY, "screen", N_("Ghi kết quả")),
    "loan_overdue": Kind(WEEK, "clock", N_("Hỏi thăm")),
    "loan_due": Kind(LATER, "clock", _LOOK),
    "loan_asked": Kind(TODAY, "chat", _ANSWER),
    "thanks": Kind(WEEK, "heart", _LOOK),
    # The ward's desk.
    "queue_waiting": Kind(NOW, "people", _OPEN),
    # Meetings, training, tasks.
    "visit_to_plan": Kind(TODAY, "calendar", N_("Xếp lịch")),
    "visit_to_close": Kind(TODAY, "edit", N_("Ghi kết quả")),
    "training_to_mark": Kind(TODAY, "edit", N_("Điểm danh")),
    "training_leader": Kind(TODAY, "people", N_("Chọn người")),
    "training_renewals": Kind(LATER, "book", _LOOK),
    "own_training": Kind(LATER, "book", _LOOK),
    "task": Kind(TODAY, "ok", _OPEN),
    # What is published.
    "campaign_draft": Kind(TODAY, "sound", _LOOK),
    "lesson_review": Kind(TODAY, "book", N_("Duyệt")),
    "recording_review": Kind(WEEK, "sound", N_("Nghe")),
    "recording_returned": Kind(WEEK, "sound", N_("Thu lại")),
    "lesson_returned": Kind(TODAY, "edit", N_("Sửa bài")),
    "lesson_without_editor": Kind(TODAY, "book", N_("Giao việc duyệt")),
    "answer_to_release": Kind(TODAY, "book", N_("Đọc")),
    "answer_to_check": Kind(LATER, "book", N_("Đọc lại")),
    "circle_answer": Kind(WEEK, "chat", _LOOK),
    "fact": Kind(LATER, "info", N_("Kiểm tra")),
    "lesson_claim": Kind(LATER, "eye", N_("Kiểm tra")),
    # The site.
    "site_setup": Kind(LATER, "edit", N_("Tiếp tục")),
    "failed_jobs": Kind(NOW, "alert", _LOOK),
    "site_stalled": Kind(GRAVE, "alert", _LOOK),
    "failing_channel": Kind(NOW, "alert", _LOOK),
    "data_request": Kind(TODAY, "lock", _ANSWER),
    "breach": Kind(GRAVE, "alert", _OPEN),
    # The person's own: as a helper, learner or parent.
    "helping": Kind(NOW, "hand", _OPEN),
    "asked_to_help": Kind(TODAY, "hand", N_("Xem")),
    "own_request": Kind(NOW, "hand", _OPEN),
    "child_request": Kind(NOW, "hand", _OPEN),
    "own_handover": Kind(LATER, "screen", _LOOK),
    "own_loan": Kind(LATER, "screen", _LOOK),
    "own_voucher": Kind(LATER, "card", _OPEN),
}


@dataclass(frozen=True)
class WorkItem:
    """One row: what waits in plain words, where, until when, and the address of the very thing.

    `rank` is that of its kind unless it is given. `count` is how many things of one kind in one place it stands for.
    A row without a title gets its words from its source by `key`, once it is shown.
    """

    kind: str
    title: str
    href: str
    detail: str = ""
    due: datetime | None = None
    since: datetime | None = None
    count: int = 1
    urgency: int | None = None
    key: int = 0

    @property
    def rank(self) -> int:
        return KINDS[self.kind].rank if self.urgency is None else self.urgency

    @property
    def icon(self) -> str:
        return KINDS[self.kind].icon

    @property
    def action(self) -> str:
        return KINDS[self.kind].action

    @property
    def tone(self) -> str:
        """The colour of the icon; the words say the same."""
        return "bad" if self.rank <= GRAVE else "warn" if self.rank == NOW or self.overdue else ""

    @property
    def overdue(self) -> bool:
        return self.due is not None and self.due < clock.now()

    @property
    def order(self) -> tuple[int, int, datetime, datetime, str, str]:
        """Danger first, then what is due soon, then what waits longest, then what is due later."""
        part = 1 if self.due is None else 0 if self.due < clock.now() + SOON else 2
        return (self.rank, part, self.due or _NEVER, self.since or _NEVER, self.kind, self.href)


@dataclass(frozen=True)
class Source:
    """Where rows come from.

    `waits` is a part of one statement for all sources, which is built once; `items` is called only where it is true.
    `words` returns title and detail by key for rows without a title. It is called for the rows that are shown.
    """

    kinds: tuple[str, ...]
    waits: Callable[[Standpoint], sa.ColumnElement[bool]]
    items: Callable[[Viewer], Iterable[WorkItem]]
    words: Callable[[Viewer, list[int]], Mapping[int, tuple[str, str]]] | None = None


def end_of(day: date) -> datetime:
    """Returns the last minute of a day, by which what is due on it is to be done."""
    return datetime.combine(day, time(23, 59), clock.LOCAL)


def never(*where: sa.ColumnElement[bool]) -> bool:
    """Returns whether these conditions cannot hold, as where a person looks after no unit."""
    found = sa.and_(*where)
    return isinstance(getattr(found, "element", found), sa.False_)


def any_row(*where: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    """SQL condition: there is a row for which all of these hold.

    Conditions that cannot hold are not asked: their joins would be left out, and every row combined with every other.
    """
    return sa.false() if never(*where) else sa.exists().where(*where)
