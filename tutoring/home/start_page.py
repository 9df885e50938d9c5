"""The start page by role: which role's page a user gets, and its buttons.

A user with several roles gets the page of the role that matters most in daily use. Learners have a few open buttons, of
which the first is the main one, and the rest folded.
"""

from collections.abc import Collection
from dataclasses import dataclass

from tutoring.accounts.models import User
from tutoring.kernel.text import N_


@dataclass(frozen=True)
class Action:
    """A button of the start page. `needs` is grown, minor, parent or track; learners see it with picture and hue."""

    label: str
    endpoint: str
    needs: str = ""
    picture: str = ""
    hue: str = ""


ASK = Action(N_("Nhờ người giúp"), "pairing.ask", "", "raised-hand", "sun")
LESSONS = Action(N_("Xem bài học"), "lessons.index", "", "books", "sky")
PRACTICE = Action(N_("Luyện tập dịch vụ công"), "practice.index", "", "memo", "clay")
HELP = Action(N_("Giúp người khác"), "pairing.helping", "", "handshake", "teal")
ROOMS = Action(N_("Phòng học của tôi"), "rooms.index")
DEVICES = Action(N_("Tặng máy, mượn máy, gói mạng"), "devices.index", "grown")
TRACK = Action(N_("Tập huấn của tôi"), "training.index", "track", "compass", "leaf")
CIRCLES = Action(N_("Hỏi ba mẹ cùng lớp"), "circles.index", "parent", "notebook", "rose")
SKILLS = Action(N_("Việc tôi làm được"), "lessons.skills", "grown", "sports-medal", "leaf")
SKILLS_OF_PUPIL = Action(N_("Việc em làm được"), "lessons.skills", "minor", "sports-medal", "leaf")
CALENDAR = Action(N_("Lịch của tôi"), "notifications.times")

_CAN_DO = (SKILLS, SKILLS_OF_PUPIL)
_LEARNS = (LESSONS, CALENDAR, ROOMS, HELP, PRACTICE, DEVICES)
_STAFF = (TRACK, LESSONS, ASK, HELP, ROOMS, DEVICES, CIRCLES)

# For each role: the open buttons, and the folded ones. Staff have the rail and what waits instead of open buttons.
BY_LENS: dict[str, tuple[tuple[Action, ...], tuple[Action, ...]]] = {
    "waiting": ((LESSONS, PRACTICE), ()),
    "pupil": ((ASK, LESSONS, *_CAN_DO), _LEARNS),
    "resident": ((ASK, LESSONS, *_CAN_DO, TRACK), (*_LEARNS, CIRCLES)),
    "parent": ((ASK, CIRCLES, LESSONS, *_CAN_DO, TRACK), _LEARNS),
    "helper": ((HELP, LESSONS, *_CAN_DO, TRACK), (CALENDAR, ASK, ROOMS, PRACTICE, DEVICES, CIRCLES)),
    "teacher": ((), _STAFF),
    "lead": ((), _STAFF),
    "officer": ((), _STAFF),
    "coordinator": ((), _STAFF),
    "site_admin": ((), (TRACK, LESSONS, PRACTICE, ROOMS, DEVICES)),
}


def actions(lens: str, *, grown: bool, parent: bool, track: bool) -> tuple[list[Action], list[Action]]:
    """Returns the open and the folded buttons of this role, without duplicates."""
    may = {"": True, "grown": grown, "minor": not grown, "parent": parent, "track": track}
    shown, folded = BY_LENS[lens]
    first = [one for one in shown if may[one.needs]]
    return first, [one for one in folded if may[one.needs] and one not in first]


# A user with several roles gets the page of the first of these.
ORDER = ("site_admin", "coordinator", "teacher", "officer", "lead", "helper", "parent")
POWER = frozenset(ORDER[:5])


def lens(person: User, held: Collection[str], guards: bool = False) -> str:
    """Returns the role whose start page the user gets: `waiting`, or one of ORDER.

    `pupil` and `resident` are for users who only learn. `guards`: the user has a child here.
    """
    if person.state == "waiting":
        return "waiting"
    for role in ORDER:
        if role in held:
            return role
    if guards:
        return "parent"
    return "pupil" if person.is_minor else "resident"
