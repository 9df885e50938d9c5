"""Every move that a help request can make, and whose word it is: one table. Pure.

`paused` is a waiting request that keeps its place and is offered to nobody. `agreeing`: a helper took one of the
learner's times, and the own side has to say yes; `booked`: they did, and the room opens at that time; `answered`: an
answer in writing waits for the learner's word; `grouping`: a helper would take it together with similar ones, and
from then on until their room ends; `parked`: there is no device or no internet, and the neighbourhood's desk keeps it
until that has come. The guardian is whoever asked for a child, or answers for one; nobody (the clock, a rule, an ended
session) is `system`; a watcher keeps order in the room of a pair; the desk is who works for the neighbourhood or ward.
"""

from typing import Literal

Role = Literal["learner", "guardian", "helper", "system", "watcher", "desk"]

_OWN: frozenset[Role] = frozenset({"learner", "guardian"})
_SYSTEM: frozenset[Role] = frozenset({"system"})

MOVES: dict[tuple[str, str], frozenset[Role]] = {
    ("", "waiting"): _OWN,
    ("", "parked"): _OWN,
    ("waiting", "paused"): _OWN,
    ("waiting", "offered"): frozenset({"helper"}),
    ("waiting", "agreeing"): frozenset({"helper"}),
    ("waiting", "answered"): frozenset({"helper"}),
    ("waiting", "grouping"): frozenset({"helper"}),
    ("waiting", "cancelled"): _OWN | _SYSTEM,
    ("waiting", "ended"): _SYSTEM,  # both sides said yes to a weekly meeting
    ("paused", "waiting"): _OWN,
    ("paused", "cancelled"): _OWN | _SYSTEM,
    ("parked", "waiting"): _OWN | _SYSTEM,  # the own side has a device now; or a need was met
    ("parked", "ended"): frozenset({"desk"}),  # helped face to face
    ("parked", "cancelled"): _OWN | _SYSTEM,
    ("grouping", "waiting"): _OWN | _SYSTEM,
    ("grouping", "ended"): _SYSTEM,  # with the room of the group
    ("grouping", "cancelled"): _OWN | _SYSTEM,
    ("agreeing", "waiting"): _OWN | _SYSTEM | {"helper"},
    ("agreeing", "booked"): _OWN,
    ("agreeing", "cancelled"): _OWN | _SYSTEM,
    ("booked", "waiting"): _OWN | _SYSTEM | {"helper"},
    ("booked", "helping"): _SYSTEM,  # its time has come
    ("booked", "cancelled"): _OWN | _SYSTEM,
    ("answered", "waiting"): _OWN | _SYSTEM,  # it did not help enough; whoever wrote it was stopped
    ("answered", "ended"): _OWN | _SYSTEM,
    ("answered", "cancelled"): _OWN | _SYSTEM,
    ("offered", "waiting"): _OWN | _SYSTEM | {"helper"},
    ("offered", "helping"): _OWN,
    ("offered", "cancelled"): _OWN | _SYSTEM,
    ("helping", "waiting"): _SYSTEM | {"watcher"},  # the helper did not come; a watcher asks somebody else to help on
    ("helping", "paused"): _SYSTEM,  # the learner did not come
    ("helping", "ended"): _SYSTEM,  # with its room, by whoever ended that
}

RESTS = frozenset(
    {"paused", "agreeing", "booked", "answered", "grouping", "parked"}
)  # kinds of waiting in which nobody can take it
WAITS = frozenset({"waiting", "offered"})  # seconds in these count as waited: nobody helps yet
OVER = frozenset({"ended", "cancelled"})


def may_move(role: Role, from_stage: str, to_stage: str) -> bool:
    """Whether this role moves a request from one stage to the other."""
    return role in MOVES.get((from_stage, to_stage), frozenset())


def can(role: Role, from_stage: str) -> frozenset[str]:
    """Where this role may move a request that stands at a stage."""
    return frozenset(to for (from_, to), roles in MOVES.items() if from_ == from_stage and role in roles)
