"""Notification preferences: topics by channel, quiet hours, digests; otherwise the defaults."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from tutoring.accounts.models import User
from tutoring.kernel.db import db
from tutoring.notifications.delivery.schedule import PUPILS, Quiet, goes_at
from tutoring.notifications.models import NoticeChoices
from tutoring.notifications.preferences.topics import TOPICS
from tutoring.notifications.site_settings import everybodys_quiet


@dataclass(frozen=True)
class EffectivePreferences:
    """Everything that decides whether and when a notice is sent to a user."""

    quiet: Quiet
    own_quiet: bool = False  # whether the user chose these hours
    how: str = "once"
    hour: int = 18
    woken: bool = False
    picked: dict[str, dict[str, bool]] = field(default_factory=dict)

    def goes(self, topic: str, channel: str) -> bool:
        """Returns whether notices of this topic use this channel."""
        topic = TOPICS[topic].like or topic
        about = TOPICS[topic]
        if channel in about.fixed:
            return True
        return self.picked.get(topic, {}).get(channel, channel in about.ways)

    def wakes(self, topic: str) -> bool:
        """Returns whether the topic may be sent in the quiet hours."""
        return TOPICS[topic].through or (self.woken and TOPICS[topic].wakes)

    def at(self, moment: datetime, topic: str, channel: str) -> datetime:
        """Returns when a notice of this moment is sent by this channel. Only email has digests."""
        how = self.how if channel == "mail" else "once"
        urgent = TOPICS[topic].urgent
        return goes_at(moment, self.quiet, urgent=urgent, wakes=self.wakes(topic), how=how, hour=self.hour)

    def quiet_now(self, moment: datetime, topic: str) -> bool:
        """Returns whether this topic is blocked by quiet hours at this moment."""
        return not self.wakes(topic) and self.quiet.covers(moment)


def usual_quiet(person: User) -> Quiet:
    """Returns the default quiet hours of a user."""
    return PUPILS if person.is_minor else everybodys_quiet()


def chosen_by(person: User, row: NoticeChoices | None) -> EffectivePreferences:
    """Returns the effective preferences of a user with this row, or without one."""
    usual = usual_quiet(person)
    if row is None:
        return EffectivePreferences(usual)
    quiet = usual if row.quiet_from is None or row.quiet_to is None else Quiet(row.quiet_from, row.quiet_to)
    picked: dict[str, Any] = row.picked
    woken = row.woken and not person.is_minor
    return EffectivePreferences(quiet, row.quiet_from is not None, row.mail_how, row.mail_hour, woken, picked)


def chosen_of(person: User) -> EffectivePreferences:
    """Returns the effective preferences of this user."""
    return chosen_by(person, db.session.get(NoticeChoices, person.id))


def chosen_of_all(people: Iterable[User]) -> dict[int, EffectivePreferences]:
    """Returns the effective preferences of several users in one query."""
    people = list(people)
    query = sa.select(NoticeChoices).where(NoticeChoices.user_id.in_([person.id for person in people]))
    rows = {row.user_id: row for row in db.session.scalars(query)}
    return {person.id: chosen_by(person, rows.get(person.id)) for person in people}
