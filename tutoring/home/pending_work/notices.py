"""Which notices ask staff for a deed, and the kind of row that stands for each.

Most rows come from what is stored about the thing itself. A few things are stored nowhere but in the notice: they wait
for as long as it is unread.
"""

from collections.abc import Iterator

import sqlalchemy as sa
from flask import url_for
from flask_babel import gettext

from tutoring.home.pending_work.people import MOST
from tutoring.home.pending_work.viewer import Viewer
from tutoring.home.pending_work.work_item import Source, WorkItem, any_row
from tutoring.kernel.db import db
from tutoring.notifications.inbox.names import in_language
from tutoring.notifications.models import Notice
from tutoring.notifications.preferences.topics import first_word
from tutoring.web.i18n import days_said, language

# The first word of a notice's key, and the kinds of work of which one answers it.
ASKS: dict[str, tuple[str, ...]] = {
    "alarm": ("disclosure",), "care": ("disclosure", "uneasy"), "case": ("case", "disclosure", "uneasy"),
    "held": ("held_message",), "appeal": ("message_appeal",), "masks": ("masked_words",),
    "second-look": ("action_appeal",), "reading": ("emergency_reading",),
    "nobody": ("learner_waiting", "child_waiting"), "owed": ("answer_owed",),
    "parked": ("awaiting_device",), "parked-long": ("awaiting_device",),
    "alarm-test": ("alarm_test",), "danger-test": ("alarm_test",), "unit-unready": ("unit_not_ready",),
    "waiting": ("member",), "unit-ready": ("member",), "code-waits": ("join_code",), "renewal": ("helper_renewal",),
    "factor": ("factor_reset",),
    "device-offer": ("device_offer",), "device-lender": ("device_to_return",), "donor-day": ("device_to_return",),
    "need-asked": ("need_to_confirm",), "need-ended": ("need_to_confirm",), "need-basis": ("need_basis",),
    "need-second": ("need_second",), "voucher-failed": ("voucher_failed",), "vouchers-expired": ("vouchers_expired",),
    "loan-over": ("loan_overdue",), "loan-renewal": ("loan_asked",), "loan-told": ("loan_asked",),
    "thanks": ("thanks",),
    "visit-asked": ("visit_to_plan",), "visit-wait": ("visit_to_plan",),
    "training-mark": ("training_to_mark",), "training-leader": ("training_leader",),
    "training-week": ("training_renewals",), "training-soon": ("own_training",), "training-due": ("own_training",),
    "training-track": ("own_training",), "training": ("own_training",),
    "group-task": ("task",),
    "campaign-draft": ("campaign_draft",), "proposal": ("lesson_review", "lesson_returned"),
    "no-editor": ("lesson_without_editor",), "circle-lesson-said": ("circle_answer",),
    "data_request": ("data_request",), "breach": ("breach",), "alarms-late": ("site_stalled",),
    "stood-still": ("site_stalled",), "way-fails": ("failing_channel",),
    "offer": ("asked_to_help",), "asked-on": ("asked_to_help",), "wished": ("asked_to_help",),
    "claimed": ("own_request",), "guardian": ("child_request",), "handover": ("own_handover",),
    "loan-due": ("own_loan",), "voucher": ("own_voucher",), "voucher-ending": ("own_voucher",),
}  # fmt: skip

# Notices that tell what has happened, remind of a time in the calendar, or ask a learner, a helper or a parent.
TELLS = frozenset({
    "answer", "group", "opened", "side", "handed", "near", "meeting-near", "session-near", "visit-near",
    "training-near", "handover-near", "pair", "proposal-closed", "booked", "move", "moved", "booking-ended", "met",
    "missed", "no-room", "time", "session-in", "session-out", "session-place", "session-full", "session-missed",
    "session-cancelled", "group-left", "summary", "later", "times", "returned", "stopped", "answered", "unparked",
    "still-parked", "turn", "helped-there", "helper", "cancelled", "judged", "away", "minutes", "paper", "revoked",
    "helped", "confirmed", "withdrawn", "restored", "ending", "ended", "week", "visit-plan", "visit-go", "visit-not",
    "visit-again", "visit-end", "visit-offer", "visit-answer", "group-post", "circle-answered", "circle-pinned",
    "circle-hidden", "circle-lesson", "circle-published", "circle-session", "device-answer", "device-news",
    "device-kept", "handover-off", "renewed", "loan-end", "thanks-in", "thanks-back", "device-met", "need-for",
    "need-line", "need-yes", "need-back", "need-end", "need-until", "need-over", "training-moved",
    "training-cancelled", "training-seat", "training-came", "training-not", "published", "look-again", "act",
    "act-undone", "shut", "appeal-answer", "decided", "outcome", "child", "reading-told", "after-care", "calmed",
    "talk", "reset", "recovery", "factor-asked", "factor-reset", "export", "data_answer", "erasure", "erased",
    "email", "tried",
})  # fmt: skip

# What only its notice knows: the first words, and the kind.
_KEPT_BY_NOTICE = {
    "masks": "masked_words", "vouchers-expired": "vouchers_expired", "alarms-late": "site_stalled",
    "stood-still": "site_stalled", "training-week": "training_renewals", "training-soon": "own_training",
    "training-due": "own_training", "training-track": "own_training", "training": "own_training",
}  # fmt: skip


def _unread(viewer: Viewer) -> list[sa.ColumnElement[bool]]:
    begins = sa.or_(*(Notice.key.startswith(f"{word}:", autoescape=True) for word in _KEPT_BY_NOTICE))
    return [Notice.user_id == viewer.id, Notice.read_at.is_(None), begins]


def _items(viewer: Viewer) -> Iterator[WorkItem]:
    query = sa.select(Notice).where(*_unread(viewer)).order_by(Notice.id.desc()).limit(MOST)
    groups: dict[tuple[str, str], list[Notice]] = {}
    for notice in db.session.scalars(query):
        groups.setdefault((_KEPT_BY_NOTICE[first_word(notice.key)], notice.path), []).append(notice)
    for (kind, path), some in groups.items():
        newest = some[0]
        title = gettext(newest.say, **days_said(in_language(newest.params, language())))
        href = _room_of(newest.key) if kind == "masked_words" else path
        yield WorkItem(kind, title, href, since=newest.created_at, count=len(some))


def _room_of(key: str) -> str:
    """Returns the room in which contacts were masked, on the board; the notice itself leads to the desk."""
    return url_for("moderation.board", room=key.split(":")[1])


SOURCES = (Source(tuple(dict.fromkeys(_KEPT_BY_NOTICE.values())), lambda viewer: any_row(*_unread(viewer)), _items),)
