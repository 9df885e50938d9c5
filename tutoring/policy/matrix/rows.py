"""What the table of permissions is written with: a line, the roles, and what a role is in a room or a unit."""

from collections.abc import Callable
from dataclasses import dataclass

from tutoring.policy import access_tables
from tutoring.policy.access import STAFF, admits
from tutoring.policy.moderation import cases
from tutoring.policy.pairing import requests
from tutoring.policy.rooms import participation

ROLES = ("guest", "newcomer", "parent", "helper", "teacher", "lead", "officer", "coordinator", "site_admin")
PEOPLE = frozenset(ROLES) - {"guest"}
_SEATS = {"newcomer": "learner", "parent": "guardian", "helper": "helper"}

May = Callable[[str, bool], bool]


@dataclass(frozen=True)
class Line:
    """One action. `doors` are the endpoints (`rooms.show`) and verbs (`verb:post`) that lead to it."""

    area: str
    action: str
    may: May
    doors: tuple[str, ...] = ()
    second: bool = False  # takes a second person
    reason: bool = False  # takes a reason, which is kept

    @property
    def steps_up(self) -> bool:
        """Whether one shows again who one is, within ten minutes before it."""
        return any(door in access_tables.STEP_UP for door in self.doors)


def held(role: str, inside: bool) -> frozenset[str]:
    """What a role holds at a unit inside or outside of its scope; whoever runs the site does so everywhere."""
    if role == "site_admin":
        return frozenset({role})
    return frozenset({role} & STAFF) if inside else frozenset()


def seat(
    role: str, inside: bool, minors: bool = True, seated: bool = True, kind: str = "pair"
) -> participation.RoomFacts:
    """Somebody in a room: those who take part inside their scope have a seat, watchers hold their role above it."""
    mine = _SEATS.get(role) if inside else None
    watching = held(role, inside) if mine is None else frozenset()
    if seated and mine is None and watching & participation.watching_roles(minors):
        mine = "observer"
    return participation.RoomFacts(role=mine, minors=minors, held=watching, kind=kind)


def watcher(role: str, inside: bool, minors: bool = True, kind: str = "pair") -> participation.RoomFacts:
    return seat(role, inside, minors, seated=False, kind=kind)


def _person(minor: bool, number: int = 1, grade: int | None = None) -> requests.PersonFacts:
    return requests.PersonFacts(number, minor, 15 if minor else None, grade, vouched=True, promised=True)


def helps(role: str, learner_minor: bool, observed: bool) -> bool:
    """Whether somebody of this role, vouched for and skilled, may be paired with a stranger."""
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
    return cases.CaseFacts(grade, minors, held(role, inside), alarmed=False)


def anyone(_role: str, _inside: bool) -> bool:
    """For people without an account too."""
    return True


def own(role: str, inside: bool) -> bool:
    """One's own, whoever one is."""
    return role in PEOPLE and inside


def nobody(_role: str, _inside: bool) -> bool:
    """There is no door to this at all."""
    return False


def routes(prefix: str, names: str) -> tuple[str, ...]:
    return tuple(f"{prefix}.{name}" for name in names.split())


def by_access(endpoint: str) -> May:
    """What the table of routes says by itself, where no further fact counts."""
    return lambda role, _inside: admits(access_tables.ROUTES[endpoint], role in PEOPLE, {role})
