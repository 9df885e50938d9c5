"""Sends letters: composes them from notices, delivers, retries, gives up.

`notify` enqueues one job. The job plans a delivery for each channel that is chosen, configured and reaches the user. It
enqueues a letter for the time it may be sent. A letter takes everything of this user that is due on its channel. It
checks again that each notice is unread, unhandled, in time, wanted, and outside quiet hours.

A letter's key is stored on its deliveries before sending. If a worker dies in between, the same letter is sent again
under the same key, and no other letter takes them. A letter holds the sentences of its topics in the user's language:
no name, and never the notice's own text.
"""

import logging
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from flask_babel import gettext, ngettext
from sqlalchemy.orm import undefer_group

from tutoring.accounts.models import User
from tutoring.kernel import clock
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.jobs import external_job
from tutoring.kernel.monitoring import outages
from tutoring.notifications.channels.registry import CHANNELS, OutgoingMessage, Unreachable
from tutoring.notifications.delivery.failures import arrived, given_up
from tutoring.notifications.delivery.outbox import LETTER, key_of, letter_goes
from tutoring.notifications.models import Notice, NoticeDelivery
from tutoring.notifications.preferences.queries import EffectivePreferences, chosen_of
from tutoring.notifications.preferences.topics import TOPICS, topic_of
from tutoring.web.i18n import addressed_to

INBOX = "/notices"


@dataclass(frozen=True)
class Content:
    """The content of one letter: for each notice its topic and path."""

    key: str
    user_id: int
    channel: str
    about: tuple[tuple[str, str], ...]


def letter_of(content: Content, person: User) -> OutgoingMessage:
    """Composes the letter in the language of this user; each topic appears once, with its count."""
    counts = Counter(topic for topic, _path in content.about)
    paths = {path or INBOX for _topic, path in content.about}
    with addressed_to(person):
        lines = tuple(_line(topic, count) for topic, count in counts.items())
        if len(lines) == 1:
            subject = gettext(TOPICS[next(iter(counts))].sentence).rstrip(".")
        else:
            num = len(content.about)
            subject = ngettext("Bạn có %(num)d thông báo mới", "Bạn có %(num)d thông báo mới", num)
    path = paths.pop() if len(paths) == 1 else INBOX
    return OutgoingMessage(str(subject), lines, path, content.key, tuple(counts))


def _line(topic: str, count: int) -> str:
    sentence = str(gettext(TOPICS[topic].sentence))
    return sentence if count == 1 else f"{sentence.rstrip('.')} ({count})."


log = logging.getLogger(__name__)

WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 360, 720))  # before each further try


@external_job(LETTER)
def send_letter(payload: dict[str, Any]) -> None:
    """Sends one letter outside any transaction; stores the result afterwards."""
    user_id, channel, letter = payload["user_id"], payload["channel"], payload["letter"]
    if (content := _take(user_id, channel, letter)) is None:
        return
    person = db.session.get_one(User, user_id, options=[undefer_group("contacts")], populate_existing=True)
    db.session.expunge(person)  # keeps the loaded values after the read transaction ends
    db.session.rollback()
    try:
        CHANNELS[channel].deliver(person, letter_of(content, person))
    except Unreachable:
        _give_up(user_id, channel, letter, "unreachable")
    except Exception as error:  # any error that a channel may raise
        log.warning("letter %s by %s not sent: %s", letter, channel, type(error).__name__)
        _later(user_id, channel, letter)
    else:
        _sent(user_id, channel, letter)


def _of_letter(letter: str) -> list[tuple[NoticeDelivery, Notice]]:
    query = (
        sa.select(NoticeDelivery, Notice)
        .join(Notice, Notice.id == NoticeDelivery.notice_id)
        .where(NoticeDelivery.letter == letter, NoticeDelivery.state == "waiting")
        .order_by(NoticeDelivery.id)
    )
    return [(one, notice) for one, notice in db.session.execute(query)]


@command
def _take(user_id: int, channel: str, letter: str) -> Content | None:
    """Assigns this letter's key to all due deliveries of the user and channel.

    Returns the content of the letter; None when nothing may be sent now.
    """
    moment = clock.now()
    if db.session.scalar(sa.select(NoticeDelivery.id).where(NoticeDelivery.letter == letter).limit(1)) is None:
        _claim(user_id, channel, letter, moment)
    found = _of_letter(letter)
    if not found:
        return None
    person = db.session.get_one(User, user_id)
    chosen, about = chosen_of(person), []
    for one, notice in found:
        topic = topic_of(notice.key)
        if why := _needless(person, chosen, one, notice, moment):
            end(one, "dropped", why)
        elif chosen.quiet_now(moment, topic):
            _wait(one, chosen.quiet.after(moment))
        else:
            one.tries += 1
            about.append((topic, notice.path))
    return Content(letter, user_id, channel, tuple(about)) if about else None


def _claim(user_id: int, channel: str, letter: str, moment: datetime) -> None:
    """Assigns deliveries on the first try only.

    A letter that may have arrived already must not grow: its receiver ignores a repeated key.
    """
    db.session.execute(
        sa.update(NoticeDelivery)
        .where(
            NoticeDelivery.user_id == user_id, NoticeDelivery.channel == channel, NoticeDelivery.state == "waiting",
            NoticeDelivery.letter.is_(None), NoticeDelivery.due_at <= moment,
        )
        .values(letter=letter)
        .execution_options(synchronize_session=False)
    )  # fmt: skip


def _needless(person: User, chosen: EffectivePreferences, one: NoticeDelivery, notice: Notice, moment: datetime) -> str:
    """Returns why the delivery is no longer needed; empty if it still is."""
    way = CHANNELS.get(one.channel)
    if person.state != "active" or way is None or not way.ready() or not way.reaches(person):
        return "gone"
    if notice.read_at is not None:
        return "read"
    if notice.until is not None and notice.until <= moment:
        return "late"
    return "" if chosen.goes(topic_of(notice.key), one.channel) else "off"


def _wait(one: NoticeDelivery, at: datetime) -> None:
    """Postpones a delivery to the end of the quiet hours.

    An untried one may then go in any letter. One that may have arrived already keeps its key.
    """
    one.due_at = at
    if one.tries == 0:
        one.letter = None
    letter_goes(one.user_id, one.channel, one.letter or key_of(one.id, at), at)


def end(one: NoticeDelivery, state: str, why: str = "") -> None:
    """Stores the final state of a delivery."""
    one.state, one.why, one.ended_at = state, why, clock.now()


@command
def _sent(user_id: int, channel: str, letter: str) -> None:
    for one, _notice in _of_letter(letter):
        end(one, "sent")
    arrived(user_id, channel)
    outages.arrived(channel)


@command
def _give_up(user_id: int, channel: str, letter: str, why: str) -> None:
    for one, _notice in _of_letter(letter):
        end(one, "failed", why)
    given_up(db.session.get_one(User, user_id), channel, why)
    if why == "unreachable":
        outages.failed(channel, user_id, gone=True)


@command
def _later(user_id: int, channel: str, letter: str) -> None:
    """Schedules a retry outside quiet hours; after the last try the letter is given up."""
    outages.failed(channel, user_id, gone=False)
    found = _of_letter(letter)
    tries = max((one.tries for one, _notice in found), default=0)
    if tries > len(WAITS):
        _give_up(user_id, channel, letter, "tries")
    elif found:
        at = clock.now() + WAITS[tries - 1]
        for one, _notice in found:
            one.due_at = at
        letter_goes(user_id, channel, letter, at)
