"""What waits for a person: read from the features below, for the start page."""

from dataclasses import dataclass, field

from tutoring.accounts.models import User
from tutoring.accounts.queries import children
from tutoring.community import desk
from tutoring.community.models import Membership, Unit
from tutoring.community.queries import on_duty, units_of
from tutoring.lessons import queries as lessons
from tutoring.moderation.queries import CHILD_UNITS
from tutoring.pairing import eligibility
from tutoring.pairing import queries as pairing
from tutoring.pairing.models import HelpRequest
from tutoring.policy.access import STAFF


@dataclass(frozen=True)
class Resume:
    """The lesson to go on with."""

    slug: str
    title: str
    number: int
    steps: int


def resume(user_id: int, lang: str) -> Resume | None:
    """Where a person left off, in the lesson touched last that is not finished."""
    for slug, progress in lessons.progress_of(user_id).items():
        if progress.state == "finished":
            continue
        found = lessons.find_lesson(slug)
        if found is not None:
            number = lessons.resume_at(found, progress, lessons.steps_done(user_id, slug))
            return Resume(slug, found.title(lang), number, found.step_count)
    return None


@dataclass(frozen=True)
class Waiting:
    """Things that need this person now."""

    asked: HelpRequest | None = None
    helping: HelpRequest | None = None
    queue: list[HelpRequest] = field(default_factory=list)
    family: list[HelpRequest] = field(default_factory=list)
    to_confirm: list[Membership] = field(default_factory=list)
    units: list[Unit] = field(default_factory=list)
    on_duty_in: list[Unit] = field(default_factory=list)
    off_duty_in: list[Unit] = field(default_factory=list)


def waiting_for(person: User, held: frozenset[str]) -> Waiting:
    """The start page's facts for this person."""
    family = [
        asked
        for link in children(person.id)
        if link.confirmed_at and (asked := pairing.open_request_of(link.child_id)) is not None
    ]
    units: list[Unit] = []
    to_confirm: list[Membership] = []
    on: list[Unit] = []
    if STAFF & held:
        units = units_of(person.id, STAFF)
        to_confirm = desk.waiting_for(person).members[:10]
        on = [
            unit
            for unit in units
            if any(other.id == person.id for other in on_duty(unit.id, minors=unit.kind in CHILD_UNITS))
        ]
    return Waiting(
        asked=pairing.open_request_of(person.id),
        helping=pairing.helping_now(person.id),
        queue=eligibility.waiting_for(person, 3),
        family=family,
        to_confirm=to_confirm,
        units=units,
        on_duty_in=on,
        off_duty_in=[unit for unit in units if unit not in on],
    )
