"""Which notices ask staff for a deed, and the kind of row that stands for each.

Most rows come from what is stored about the thing itself. A few things are stored nowhere but in the notice. Of these,
what tells (vouchers that expired, a standstill that is over, a new track or session) waits while its notice is unread.
What asks for a deed waits until the deed, whether its notice was read or not: see `_UNTIL_DONE`.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from flask import url_for
from flask_babel import gettext

from tutoring.home.pending_work.people import MOST
from tutoring.home.pending_work.statements import Standpoint, Statement
from tutoring.home.pending_work.viewer import Viewer
from tutoring.home.pending_work.work_item import Source, WorkItem, any_row, end_of
from tutoring.kernel.database.sql import in_ids
from tutoring.kernel.db import db
from tutoring.kernel.text import N_
from tutoring.notifications.inbox.names import in_language
from tutoring.notifications.models import Notice
from tutoring.notifications.preferences.topics import first_word
from tutoring.rooms.models import Room, Seat
from tutoring.training.models import TrainingSeat, TrainingSession
from tutoring.training.progress_queries import get_readiness_of_people, syllabus
from tutoring.training.readiness import GRACE
from tutoring.training.tracks import tracks
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
    "factor": ("factor_reset",), "card-twice": ("class_claim_twice",),
    "device-offer": ("device_offer",), "device-lender": ("device_to_return",), "donor-day": ("device_to_return",),
    "need-asked": ("need_to_confirm",), "need-ended": ("need_to_confirm",), "need-basis": ("need_basis",),
    "need-second": ("need_second",), "voucher-failed": ("voucher_failed",), "vouchers-expired": ("vouchers_expired",),
    "loan-over": ("loan_overdue",), "loan-renewal": ("loan_asked",), "loan-told": ("loan_asked",),
    "thanks": ("thanks",),
    "visit-asked": ("visit_to_plan",), "visit-wait": ("visit_to_plan",),
    "training-mark": ("training_to_mark",), "training-leader": ("training_leader",),
    "training-week": ("training_renewals",), "training-soon": ("own_training",), "training-due": ("own_training",),
    "training-new": ("own_training",), "training-last": ("own_training",),
    "training-track": ("own_training",), "training": ("own_training",),
    "group-task": ("task",),
    "campaign-draft": ("campaign_draft",), "proposal": ("lesson_review", "lesson_returned"),
    "no-editor": ("lesson_without_editor",), "circle-lesson-said": ("circle_answer",),
    "short-waits": ("answer_to_release",),
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
    "visit-again", "visit-end", "visit-offer", "visit-answer", "group-post", "class-work", "class-work-due",
    "class-letter", "identity", "webhook", "circle-answered", "circle-pinned",
    "circle-hidden", "circle-lesson", "circle-published", "circle-session", "device-answer", "device-news",
    "device-kept", "handover-off", "renewed", "loan-end", "thanks-in", "thanks-back", "device-met", "need-for",
    "need-line", "need-yes", "need-back", "need-end", "need-until", "need-over", "training-moved",
    "training-cancelled", "training-seat", "training-came", "training-not", "published", "look-again", "act",
    "act-undone", "shut", "appeal-answer", "decided", "outcome", "child", "reading-told", "after-care", "calmed",
    "talk", "reset", "recovery", "factor-asked", "factor-reset", "export", "data_answer", "erasure", "erased",
    "email", "tried", "card-refused", "year-end", "nudge", "short-asked", "short-child", "short-told", "short-news",
})  # fmt: skip

# What only its notice knows: the first words, and the kind.
_KEPT_BY_NOTICE = {
    "masks": "masked_words", "vouchers-expired": "vouchers_expired", "alarms-late": "site_stalled",
    "stood-still": "site_stalled", "training-week": "training_renewals", "training-soon": "own_training",
    "training-due": "own_training", "training-new": "own_training", "training-last": "own_training",
    "training-track": "own_training", "training": "own_training",
}  # fmt: skip


_ADDED = ("training-new", "training-last")  # a lesson was added to a track

_GRACE = GRACE + timedelta(days=1)  # the last day whole, not until the minute at which the notice was sent

# Of these the ones that ask for a deed: how long a notice that was read waits for it.
_UNTIL_DONE = {
    "masks": timedelta(days=1), "training-week": timedelta(days=7), "training-soon": timedelta(days=60),
    "training-due": timedelta(days=60), "training-new": _GRACE, "training-last": _GRACE,
}  # fmt: skip


# Notices whose text is too long for the title of a row; it stands below this one.
_SHORT_TITLES = {"stood-still": N_("Các tác vụ của trang từng ngừng chạy")}


def _begins(*words: str) -> sa.ColumnElement[bool]:
    return sa.or_(*(Notice.key.startswith(f"{word}:", autoescape=True) for word in words))


def _waits(here: Standpoint) -> list[sa.ColumnElement[bool]]:
    """Conditions of the notices that are unread, or were read and may still wait for their deed."""
    unread = sa.and_(Notice.read_at.is_(None), _begins(*_KEPT_BY_NOTICE))
    read = (sa.and_(Notice.created_at > here.moment(-days), _begins(word)) for word, days in _UNTIL_DONE.items())
    return [Notice.user_id == here.id, sa.or_(unread, *read)]


_WAITING = Statement(lambda here: sa.select(Notice).where(*_waits(here)).order_by(Notice.id.desc()).limit(MOST))


def _items(viewer: Viewer) -> Iterator[WorkItem]:
    found = _WAITING.results(viewer).scalars().all()
    done = _done(viewer, [notice for notice in found if notice.read_at is not None])
    groups: dict[tuple[str, str], list[Notice]] = {}
    for notice in found:
        if notice.id not in done:
            groups.setdefault((_KEPT_BY_NOTICE[first_word(notice.key)], notice.path), []).append(notice)
    for (kind, path), some in groups.items():
        newest = some[0]
        said = gettext(newest.say, **days_said(in_language(newest.params, language())))
        short = _SHORT_TITLES.get(first_word(newest.key))
        title, detail = (gettext(short), said) if short else (said, "")
        href = _room_of(newest.key) if kind == "masked_words" else path
        yield WorkItem(kind, title, href, detail, due=_until(newest), since=newest.created_at, count=len(some))


def _done(viewer: Viewer, read: Sequence[Notice]) -> set[int]:
    """Returns the ids of those of these notices whose deed is done; at most three queries."""
    by_word: dict[str, list[Notice]] = {}
    for notice in read:
        by_word.setdefault(first_word(notice.key), []).append(notice)
    own = [*by_word.get("training-soon", ()), *by_word.get("training-due", ())]
    return {
        *_looked_at(viewer, by_word.get("masks", ())), *_announced(by_word.get("training-week", ())),
        *_signed_up(viewer, own), *_learned(viewer, [one for word in _ADDED for one in by_word.get(word, ())]),
    }  # fmt: skip


def _part(notice: Notice, at: int) -> str:
    return notice.key.split(":")[at]


def _looked_at(viewer: Viewer, some: Sequence[Notice]) -> set[int]:
    """Of masked contacts in a room: the room is closed, or the viewer has entered it."""
    if not some:
        return set()
    mine = sa.exists().where(Seat.room_id == Room.id, Seat.user_id == viewer.id)
    query = sa.select(Room.id).where(in_ids(Room.id, {int(_part(one, 1)) for one in some}), Room.closed_at.is_(None))
    left = set(db.session.scalars(query.where(~mine)))
    return {one.id for one in some if int(_part(one, 1)) not in left}


def _announced(some: Sequence[Notice]) -> set[int]:
    """Of people of a ward who are due: a session was announced there since."""
    if not some:
        return set()
    newest = sa.select(TrainingSession.unit_id, sa.func.max(TrainingSession.created_at)).where(
        in_ids(TrainingSession.unit_id, {int(_part(one, 1)) for one in some}), TrainingSession.state != "cancelled"
    )
    last = dict(db.session.execute(newest.group_by(TrainingSession.unit_id)).all())
    return {one.id for one in some if (at := last.get(int(_part(one, 1)))) is not None and at >= one.created_at}


def _signed_up(viewer: Viewer, some: Sequence[Notice]) -> set[int]:
    """Of one's own training that is due: one has a seat in a session of that track that is held since."""
    if not some:
        return set()
    query = sa.select(TrainingSession.track, sa.func.max(TrainingSession.at)).join(
        TrainingSeat, TrainingSeat.session_id == TrainingSession.id
    )
    mine = (TrainingSeat.user_id == viewer.id, TrainingSeat.state != "gone", TrainingSession.state != "cancelled")
    last = dict(db.session.execute(query.where(*mine).group_by(TrainingSession.track)).all())
    return {one.id for one in some if (at := last.get(_part(one, 2))) is not None and at >= one.created_at}


def _until(notice: Notice) -> datetime | None:
    """Returns the end of grace for lessons that were added to a track; None for other notices."""
    return end_of(date.fromisoformat(_part(notice, 3))) if first_word(notice.key) in _ADDED else None


def _learned(viewer: Viewer, some: Sequence[Notice]) -> set[int]:
    """Of lessons that were added to a track: they are learned, or their time is over; five queries a track."""
    left: dict[str, set[str]] = {}
    for track_id in {_part(one, 2) for one in some} & tracks().keys():
        known = syllabus(tracks()[track_id], language())
        found = get_readiness_of_people(known, [viewer.id])[viewer.id]
        left[track_id] = {one.until.isoformat() for one in found.added}
    return {one.id for one in some if _part(one, 3) not in left.get(_part(one, 2), ())}


def _room_of(key: str) -> str:
    """Returns the room in which contacts were masked, on the board; the notice itself leads to the desk."""
    return url_for("moderation.board", room=key.split(":")[1])


SOURCES = (Source(tuple(dict.fromkeys(_KEPT_BY_NOTICE.values())), lambda here: any_row(*_waits(here)), _items),)
