"""What needs the user's attention on the start page, read from lower features."""

from dataclasses import dataclass, field

from tutoring.accounts.models import Guardian, User
from tutoring.accounts.queries import children
from tutoring.campaigns.models import Campaign
from tutoring.campaigns.queries import drafts_for
from tutoring.community.alarm_tests.readiness import units_setting_up
from tutoring.community.duty.bulk_queries import on_duty_in
from tutoring.community.models import JoinCode, Membership, Unit
from tutoring.community.queries import memberships, units_of
from tutoring.community.units import staff_queries
from tutoring.devices.pending_counts import FamilyCounts, StaffCounts, for_family, for_staff
from tutoring.kernel import clock
from tutoring.pairing.models import HelpRequest
from tutoring.pairing.offers.queries import may_take
from tutoring.pairing.requests import queries as pairing
from tutoring.policy.access import STAFF
from tutoring.policy.campaigns import PUBLISHERS
from tutoring.policy.community import CHILD_UNITS
from tutoring.policy.devices.inventory import STOCK
from tutoring.rooms import visibility
from tutoring.training.track_members import has_track

MAX_ROWS = 10  # rows of one kind
MAX_STORES = 3  # staff of more stores open each store's own page


@dataclass(frozen=True)
class PendingItems:
    """What needs this user's attention now."""

    asked: list[HelpRequest] = field(default_factory=list)  # open ones of this user
    helping: HelpRequest | None = None
    queue: list[HelpRequest] = field(default_factory=list)
    family: list[HelpRequest] = field(default_factory=list)
    to_confirm: list[Membership] = field(default_factory=list)
    codes: list[JoinCode] = field(default_factory=list)  # that wait for this user's approval
    drafts: list[Campaign] = field(default_factory=list)  # of campaigns, which this user may publish
    unread: dict[int, int] = field(default_factory=dict)  # messages, by the room of the user's request
    units: list[Unit] = field(default_factory=list)
    on_duty_in: list[Unit] = field(default_factory=list)
    devices: FamilyCounts = field(default_factory=FamilyCounts)
    stores: list[tuple[Unit, StaffCounts]] = field(default_factory=list)  # of wards whose store this user runs
    training: bool = False  # whether this user is on a track of the staff training
    children: list[Guardian] = field(default_factory=list)  # under 16, confirmed or waiting
    setting_up: list[Unit] = field(default_factory=list)  # where this pupil waits, and no one can confirm yet

    @property
    def anything(self) -> bool:
        """Returns whether something needs this user now."""
        stores = any(waits.anything for _unit, waits in self.stores)
        now = self.asked or self.helping or self.queue or self.family or self.to_confirm
        return bool(now or self.codes or self.drafts or self.devices.anything or stores)


def waiting_for(person: User, held: frozenset[str]) -> PendingItems:
    """Collects the start page's facts for this user."""
    ties = children(person.id)
    mine = [link.child_id for link in ties if link.confirmed_at]
    open_ones = pairing.open_requests_of([person.id, *mine])
    units: list[Unit] = []
    on: list[Unit] = []
    if STAFF & held:
        units = units_of(person.id, STAFF)
        on = _own_duty(person, units)
    answers = (
        staff_queries.waiting_for(person) if held & (STAFF | {"site_admin"}) else staff_queries.Waiting([], [], [])
    )
    asked, helping = open_ones.get(person.id, []), pairing.helping_now(person.id)
    inside = [one.room_id for one in (*asked, helping) if one is not None and one.room_id is not None]
    return PendingItems(
        asked=asked,
        helping=helping,
        unread=visibility.unread(person.id, inside),
        queue=may_take(person, 3),
        family=[one for child in mine for one in open_ones.get(child, [])],
        to_confirm=answers.members[:MAX_ROWS],
        codes=answers.codes[:MAX_ROWS],
        drafts=drafts_for(person)[:MAX_ROWS] if PUBLISHERS & held else [],
        units=units,
        on_duty_in=on,
        devices=FamilyCounts() if person.is_minor else for_family(person.id),
        stores=_stores(person) if STOCK & held else [],
        training=has_track(person),
        children=[link for link in ties if link.child.kind == "child"],
        setting_up=_setting_up(person) if person.state == "waiting" else [],
    )


def _setting_up(person: User) -> list[Unit]:
    asked = memberships(person.id, ("waiting",))
    found = units_setting_up(asked)
    return [member.unit for member in asked if member.unit_id in found]


def _own_duty(person: User, units: list[Unit]) -> list[Unit]:
    """Returns those of the units for which this user is on duty now."""
    on: set[int] = set()
    for minors in (True, False):
        paths = {unit.id: unit.path for unit in units if (unit.kind in CHILD_UNITS) == minors}
        duty = on_duty_in(paths, clock.now(), minors=minors)
        on |= {unit_id for unit_id, people in duty.items() if person.id in people}
    return [unit for unit in units if unit.id in on]


def _stores(person: User) -> list[tuple[Unit, StaffCounts]]:
    wards = [unit for unit in units_of(person.id, STOCK) if unit.kind == "ward"]
    return [(ward, for_staff([ward.id])) for ward in wards[:MAX_STORES]]
