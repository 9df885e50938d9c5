"""Notifies site administrators of outages and failing channels that block alarms."""

from collections.abc import Iterator
from datetime import datetime

import sqlalchemy as sa

from tutoring.accounts.models import User
from tutoring.kernel import clock
from tutoring.kernel.db import db
from tutoring.kernel.events import on
from tutoring.kernel.jobs import Job
from tutoring.kernel.monitoring.heartbeat import BackgroundJobsStalled
from tutoring.kernel.monitoring.outages import ChannelFailing, ChannelRecovered
from tutoring.kernel.text import N_
from tutoring.notifications.delivery.outbox import OUT
from tutoring.notifications.inbox.commands import mark_handled, notify
from tutoring.notifications.preferences.topics import topic_of

GAP = N_(
    "Từ %(since)s đến %(until)s các tác vụ ngừng chạy: không báo động nào gửi được. Báo động đến hạn lúc ấy: %(num)s."
)
FAILS = {
    "mail": N_(
        "Từ %(since)s không gửi được email cho ai. Báo động chỉ còn gửi được bằng các cách khác. Xem máy chủ thư."
    ),
    "push": N_("Từ %(since)s không gửi được thông báo lên máy cho ai. Báo động chỉ còn gửi được bằng các cách khác."),
    "sms": N_(
        "Từ %(since)s không gửi được tin nhắn cho ai. Báo động chỉ còn gửi được bằng các cách khác. Xem cổng tin nhắn."
    ),
}
_ROUNDS = "moderation.alarm"  # the next round of an alarm that was not answered


@on(BackgroundJobsStalled)
def notify_admins_of_stalled_jobs(event: BackgroundJobsStalled) -> None:
    key = f"stood-still:{int(event.until.timestamp())}"
    since, until, num = _said(event.since), _said(event.until), len(set(_alarms_due(event)))
    for user_id in _admins():
        notify(user_id, key, GAP, "/admin", since=since, until=until, num=num)


def _alarms_due(event: BackgroundJobsStalled) -> Iterator[str]:
    """Yields alarms missed in the gap: rounds that were due, and alarm notices to be sent."""
    query = sa.select(Job.kind, Job.key, Job.payload).where(
        Job.kind.in_((_ROUNDS, OUT)), Job.run_at >= event.since, Job.run_at <= event.until,
        sa.or_(Job.done_at.is_(None), Job.done_at >= event.until),
    )  # fmt: skip
    for kind, key, payload in db.session.execute(query):
        if kind == _ROUNDS:
            yield key
        elif (topic := topic_of(notice := str(payload.get("notice", "")))) in ("alarm", "danger"):
            yield f"{topic}:{notice}"


@on(ChannelFailing)
def notify_admins_of_failing_channel(event: ChannelFailing) -> None:
    """Notifies in the inbox and by the remaining channels."""
    key = f"way-fails:{event.way}"
    for user_id in _admins():
        notify(user_id, key, FAILS[event.way], "/admin", again=True, since=_said(event.since))


@on(ChannelRecovered)
def settle_channel_notices(event: ChannelRecovered) -> None:
    mark_handled(f"way-fails:{event.way}")


def _admins() -> list[int]:
    admins = sa.select(User.id).where(User.site_admin, User.state == "active").order_by(User.id)
    return list(db.session.scalars(admins))


def _said(moment: datetime) -> str:
    return f"{clock.local(moment):%H:%M %d/%m/%Y}"
