"""What needs the learner's, parent's or helper's attention on the start page, read from lower features."""

from dataclasses import dataclass, field

from tutoring.accounts.models import Guardian, User
from tutoring.community.alarm_tests.readiness import units_setting_up
from tutoring.community.models import Unit
from tutoring.community.queries import memberships
from tutoring.devices.pending_counts import FamilyCounts, for_family
from tutoring.pairing.models import HelpRequest
from tutoring.pairing.offers.queries import may_take
from tutoring.pairing.requests import queries as pairing
from tutoring.rooms import visibility
from tutoring.training.track_members import has_track


@dataclass(frozen=True)
class PendingItems:
    """What needs this user's attention now."""

    asked: list[HelpRequest] = field(default_factory=list)  # open ones of this user
    helping: HelpRequest | None = None
    queue: list[HelpRequest] = field(default_factory=list)
    family: list[HelpRequest] = field(default_factory=list)
    unread: dict[int, int] = field(default_factory=dict)  # messages, by the room of the user's request
    devices: FamilyCounts = field(default_factory=FamilyCounts)
    training: bool = False  # whether this user is on a track of the staff training
    children: list[Guardian] = field(default_factory=list)  # under 16, confirmed or waiting
    setting_up: list[Unit] = field(default_factory=list)  # where this pupil waits, and no one can confirm yet

    @property
    def live(self) -> bool:
        """Returns whether a helper is there now, for this user, a child or whom the user helps."""
        return self.helping is not None or any(one.state != "waiting" for one in (*self.asked, *self.family))

    @property
    def anything(self) -> bool:
        """Returns whether something needs this user now."""
        return bool(self.asked or self.helping or self.queue or self.family or self.devices.anything)


def waiting_for(person: User, ties: list[Guardian]) -> PendingItems:
    """Collects the start page's facts for this user; `ties` are those to the user's children."""
    mine = [link.child_id for link in ties if link.confirmed_at]
    open_ones = pairing.open_requests_of([person.id, *mine])
    asked, helping = open_ones.get(person.id, []), pairing.helping_now(person.id)
    inside = [one.room_id for one in (*asked, helping) if one is not None and one.room_id is not None]
    return PendingItems(
        asked=asked,
        helping=helping,
        unread=visibility.unread(person.id, inside),
        queue=may_take(person, 3),
        family=[one for child in mine for one in open_ones.get(child, [])],
        devices=FamilyCounts() if person.is_minor else for_family(person.id),
        training=has_track(person),
        children=[link for link in ties if link.child.kind == "child"],
        setting_up=_setting_up(person) if person.state == "waiting" else [],
    )


def _setting_up(person: User) -> list[Unit]:
    asked = memberships(person.id, ("waiting",))
    found = units_setting_up(asked)
    return [member.unit for member in asked if member.unit_id in found]
