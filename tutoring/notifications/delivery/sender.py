"""What goes out besides the inbox: planned once for each notice, sent by work that is put down, tried again, given up.

`tell` puts down one row of work; that plans a delivery for each channel that the person chose, that is set up and that
reaches them, and puts down a letter for when it may go. A letter takes everything of this person that is due on its
channel. It asks again whether each is still so: not read or settled, not too late, still wished, no quiet hour.

A letter's key is written on what it takes before it is sent: a worker that dies in between sends the same letter with
the same key again, and no other letter takes it.

What a letter says: the sentences of its topics, in the person's language; no name, never a notice's own words.
"""

import logging
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from flask_babel import force_locale, gettext, ngettext
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

INBOX = "/notices"


@dataclass(frozen=True)
class Content:
    """What goes in one letter: for each notice its topic and where it leads."""

    key: str
    user_id: int
    channel: str
    about: tuple[tuple[str, str], ...]


def letter_of(content: Content, language: str) -> OutgoingMessage:
    """The letter in this language; what is about the same is said once, with how many."""
    counts = Counter(topic for topic, _path in content.about)
    paths = {path or INBOX for _topic, path in content.about}
    with force_locale(language):
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
    """Send one letter, outside any transaction; what comes of it is written afterwards."""
    user_id, channel, letter = payload["user_id"], payload["channel"], payload["letter"]
    if (content := _take(user_id, channel, letter)) is None:
        return
    person = db.session.get_one(User, user_id, options=[undefer_group("contacts")], populate_existing=True)
    db.session.expunge(person)  # keeps what was read of it when the reading transaction ends
    db.session.rollback()
    try:
        CHANNELS[channel].deliver(person, letter_of(content, person.language))
    except Unreachable:
        _give_up(user_id, channel, letter, "unreachable")
    except Exception as error:  # whatever a channel may meet out there
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
    """Write this letter's key on all that is due for this person by this channel, and tell what is in it; None: nothing
    that may go now."""
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
    """Only at the first try: what may have arrived already takes no more with it, for its key would be seen twice."""
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
    """Why it need not go out any more; empty while it is still so."""
    way = CHANNELS.get(one.channel)
    if person.state != "active" or way is None or not way.ready() or not way.reaches(person):
        return "gone"
    if notice.read_at is not None:
        return "read"
    if notice.until is not None and notice.until <= moment:
        return "late"
    return "" if chosen.goes(topic_of(notice.key), one.channel) else "off"


def _wait(one: NoticeDelivery, at: datetime) -> None:
    """Until the quiet hours end. What was never tried may go in any letter then; a letter that may have arrived already
    keeps its key."""
    one.due_at = at
    if one.tries == 0:
        one.letter = None
    letter_goes(one.user_id, one.channel, one.letter or key_of(one.id, at), at)


def end(one: NoticeDelivery, state: str, why: str = "") -> None:
    """What became of it."""
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
    """It did not go: once more after a while, never in quiet hours; after the last try it is given up."""
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
