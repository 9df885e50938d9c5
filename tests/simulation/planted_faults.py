"""Faults that are planted in a worker on purpose: the oracle has to find each."""

import random
import uuid
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from tutoring.accounts.models import User
from tutoring.kernel import jobs, mail
from tutoring.kernel.db import db
from tutoring.notifications.channels.registry import CHANNELS, OutgoingMessage
from tutoring.notifications.delivery import planner_jobs, schedule, sender_jobs
from tutoring.notifications.preferences import queries as preferences_queries


def plant(name: str) -> None:
    if name:
        PLANTED[name]()


def _night() -> None:
    """Quiet hours hold for nobody."""
    schedule.Quiet.covers = lambda _self, _moment: False  # type: ignore[method-assign]


def _names() -> None:
    """A child's name stands in every tenth letter."""
    whole, dice = sender_jobs.letter_of, random.Random(1)

    def told(content: Any, person: User) -> OutgoingMessage:
        letter = whole(content, person)
        if dice.random() > 0.1:
            return letter
        child = db.session.scalar(sa.select(User.called_name).where(User.kind == "child").limit(1))
        db.session.rollback()
        return replace(letter, subject=f"{letter.subject} {child}", lines=(f"{letter.lines[0]} {child}",))

    sender_jobs.letter_of = told


def _keys() -> None:
    """Each try has another Message-ID."""
    whole = mail.send
    mail.send = lambda to, subject, text, _key, **more: whole(to, subject, text, uuid.uuid4().hex, **more)


def _unwished() -> None:
    """What was switched off goes out all the same."""
    preferences_queries.EffectivePreferences.goes = lambda _self, _topic, _channel: True  # type: ignore[method-assign]


def _lost() -> None:
    """One in four is marked as sent and never was."""
    for channel in CHANNELS.values():
        channel.deliver = _seldom(channel.deliver, lambda *_: None)  # type: ignore[method-assign]


def _twice() -> None:
    """One in four goes out twice, as two letters."""
    for channel in CHANNELS.values():
        whole = channel.deliver

        def both(person: User, letter: OutgoingMessage, whole: Any = whole) -> None:
            whole(person, letter)
            whole(person, replace(letter, key=f"{letter.key}-b"))

        channel.deliver = _seldom(whole, both)  # type: ignore[method-assign]


def _seldom(whole: Callable[..., None], instead: Callable[..., None]) -> Callable[..., None]:
    dice = random.Random(2)
    return lambda person, letter: (instead if dice.random() < 0.25 else whole)(person, letter)


def _read() -> None:
    """What was read or settled already goes out all the same."""
    whole = sender_jobs._needless
    sender_jobs._needless = lambda *args: "" if (why := whole(*args)) == "read" else why


def _unshown() -> None:
    """Nobody is told that an address does not work."""
    sender_jobs.given_up = lambda *_args: None


def _untaken() -> None:
    """Whoever asked for one letter a day gets one for each thing."""
    whole = preferences_queries.EffectivePreferences.at
    preferences_queries.EffectivePreferences.at = lambda self, moment, topic, channel: whole(
        replace(self, how="once"), moment, topic, channel
    )  # type: ignore[method-assign]


def _unplanned() -> None:
    """One notice in four is told in the inbox and never thought of again."""
    whole, dice = planner_jobs._put_down, random.Random(3)
    planner_jobs._put_down = lambda *args: None if dice.random() < 0.25 else whole(*args)


def _unreminded() -> None:
    """One session in two reminds nobody."""
    whole, dice = jobs._handlers["pairing.session_near"], random.Random(4)
    jobs._handlers["pairing.session_near"] = lambda told: None if dice.random() < 0.5 else whole(told)


PLANTED: dict[str, Callable[[], None]] = {
    "night": _night, "names": _names, "keys": _keys, "unwished": _unwished, "lost": _lost, "twice": _twice,
    "read": _read, "unshown": _unshown, "daily": _untaken, "unplanned": _unplanned,
    "unreminded": _unreminded,
}  # fmt: skip
