"""Commands for notification preferences, from the form or from a letter's unsubscribe link."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from tutoring.accounts.models import User
from tutoring.community.queries import roles_of
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import InvalidInput
from tutoring.kernel.text import N_
from tutoring.notifications.delivery.schedule import PUPILS_LEAST, Quiet
from tutoring.notifications.models import NoticeChoices
from tutoring.notifications.preferences.queries import usual_quiet
from tutoring.notifications.preferences.topics import TOPICS, WAYS
from tutoring.policy.notifications import may_be_woken

HOWS = ("once", "daily", "weekly")


@dataclass(frozen=True)
class Typed:
    """Preferences from the form. `picked`: topic → channel → yes or no.

    Topics and channels that are not in it stay unchanged.
    """

    picked: dict[str, dict[str, bool]] = field(default_factory=dict)
    quiet: Quiet | None = None  # None: the default
    how: str = "once"
    hour: int = 18
    woken: bool = False


@command
def choose(person: User, typed: Typed) -> None:
    """Stores the user's preferences.

    Raises InvalidInput for invalid values, and where a minor could be notified at night.
    """
    if typed.quiet is not None and person.is_minor and not typed.quiet.includes(PUPILS_LEAST):
        raise InvalidInput(N_("Với học sinh, giờ yên ít nhất từ 21:00 đến 6:00."))
    if typed.how not in HOWS or not 0 <= typed.hour <= 23:
        raise InvalidInput
    row = _row(person)
    quiet = None if typed.quiet == usual_quiet(person) else typed.quiet
    row.quiet_from, row.quiet_to = (quiet.start, quiet.end) if quiet else (None, None)
    row.mail_how, row.mail_hour, row.woken = (
        typed.how,
        typed.hour,
        typed.woken and may_be_woken(roles_of(person.id), person.is_minor),
    )
    for topic, ways in typed.picked.items():
        for way, yes in ways.items():
            _pick(row, topic, way, yes)


@command
def switch_off(person: User, topics: Iterable[str], channel: str) -> None:
    """Disables a channel for these topics; mandatory ones stay."""
    row = _row(person)
    for topic in topics:
        _pick(row, topic, channel, False)


def _row(person: User) -> NoticeChoices:
    row = db.session.get(NoticeChoices, person.id)
    if row is None:
        row = NoticeChoices(user_id=person.id, picked={}, mail_how="once", mail_hour=18, woken=False)
        db.session.add(row)
    return row


def _pick(row: NoticeChoices, topic: str, way: str, yes: bool) -> None:
    """Stores a choice only if it differs from the default.

    So a changed default still reaches users who never chose.
    """
    about = TOPICS.get(topic)
    if about is None or about.like or way not in WAYS or way in about.fixed:
        return
    ways = {one: value for one, value in row.picked.get(topic, {}).items() if one != way}
    if yes != (way in about.ways):
        ways[way] = yes
    rest = {one: value for one, value in row.picked.items() if one != topic}
    # A new dict, because SQLAlchemy does not detect changes inside one.
    row.picked = {**rest, topic: ways} if ways else rest
