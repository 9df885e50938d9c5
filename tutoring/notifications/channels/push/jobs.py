"""Sends a test push; its text is fixed and the same for all users."""

from typing import Any

from flask_babel import gettext

from tutoring.accounts.models import User
from tutoring.accounts.queries import user
from tutoring.kernel import clock, jobs
from tutoring.kernel.commands import command
from tutoring.notifications.channels.registry import CHANNELS, OutgoingMessage, Unreachable
from tutoring.web.i18n import addressed_to

JOB = "notifications.push_trial"


@command
def put_down_trial(person: User, number: str) -> None:
    """Enqueues a test push."""
    jobs.enqueue(JOB, f"{JOB}:{number}", clock.now(), user_id=person.id, number=number)


@jobs.external_job(JOB)
def send_trial(payload: dict[str, Any]) -> None:
    person = user(payload["user_id"])
    with addressed_to(person):
        say = gettext("Máy này nhận được thông báo của Cùng Học.")
    try:
        CHANNELS["push"].deliver(person, OutgoingMessage(say, (say,), "/notices", f"trial:{payload['number']}"))
    except Unreachable:
        pass  # disabled in between
