"""Building blocks of the permission matrix: a row, the roles, and the facts of a role."""

from collections.abc import Callable
from dataclasses import dataclass

from tutoring.policy.access import NO_USER, STAFF, Access
from tutoring.policy.moderation import cases
from tutoring.policy.pairing import requests
from tutoring.policy.rooms import participation

ROLES = ("guest", "newcomer", "parent", "helper", "teacher", "lead", "officer", "coordinator", "site_admin")
PEOPLE = frozenset(ROLES) - {"guest"}
_SEATS = {"newcomer": "learner", "parent": "guardian", "helper": "helper"}

May = Callable[[str, bool], bool]


@dataclass(frozen=True)
class MatrixRow:
    """One action, who may take it, and the endpoints and socket events that take it.

    Each endpoint (`rooms.show`) and each socket event (`post`) of the site stands in exactly one row.
    """

    area: str
    action: str
    may: May
    access: Access = NO_USER  # checked first; the command checks the rest
    endpoints: tuple[str, ...] = ()
    step_up: tuple[str, ...] = ()  # further endpoints: they need an identity check within the last ten minutes
    socket_events: tuple[str, ...] = ()
    second: bool = False  # needs a second approver
    reason: bool = False  # needs a reason, which is stored

    @property
    def all_endpoints(self) -> tuple[str, ...]:
        return self.endpoints + self.step_up


def roles_held(role: str, inside: bool) -> frozenset[str]:
    """Returns what a role holds at a unit inside or outside of its scope.

    A site admin holds it everywhere.
    """
    if role == "site_admin":
        return frozenset({role})
    return frozenset({role} & STAFF) if inside else frozenset()


def room_facts(
    role: str, inside: bool, minors: bool = True, seated: bool = True, kind: str = "pair"
) -> participation.RoomFacts:
    """Returns the facts about a user in a room.

    Participants have a seat inside their scope. Observers hold their role at the unit or above it.
    """
    mine = _SEATS.get(role) if inside else None
    watching = roles_held(role, inside) if mine is None else frozenset()
    if seated and mine is None and watching & participation.observer_roles(minors):
        mine = "observer"
    return participation.RoomFacts(role=mine, minors=minors, held=watching, kind=kind)


def observer_facts(role: str, inside: bool, minors: bool = True, kind: str = "pair") -> participation.RoomFacts:
    return room_facts(role, inside, minors, seated=False, kind=kind)


def _person(minor: bool, number: int = 1, grade: int | None = None) -> requests.PersonFacts:
    return requests.PersonFacts(number, minor, 15 if minor else None, grade, vouched=True, promised=True)


def helps(role: str, learner_minor: bool, observed: bool) -> bool:
    """Whether a vouched, skilled user of this role may be paired with an unknown learner."""
    if role in {"guest", "newcomer"}:
        return False
    pupil = role == "helper"
    helper = requests.PersonFacts(
        1, pupil, 17 if pupil else None, 11 if pupil else None, vouched=True, promised=True,
        adults_only=requests.helps_adults_only({role}),
    )  # fmt: skip
    learner = _person(learner_minor, 2, 9 if learner_minor else None)
    return requests.may_help(helper, learner, observed=observed, youth_help_adults=True, holds_skill=True)


def case(role: str, inside: bool, grade: str, minors: bool = True) -> cases.CaseFacts:
    return cases.CaseFacts(grade, minors, roles_held(role, inside), alarmed=False)


def allow_anyone(_role: str, _inside: bool) -> bool:
    """Also allows visitors without an account."""
    return True


def allow_own(role: str, inside: bool) -> bool:
    """Allows each signed-in user their own things."""
    return role in PEOPLE and inside


def allow_nobody(_role: str, _inside: bool) -> bool:
    """Allows no user: no endpoint offers this action."""
    return False


def routes(prefix: str, names: str) -> tuple[str, ...]:
    return tuple(f"{prefix}.{name}" for name in names.split())
