"""Access rules of the pages of neighbourhoods and wards, and of their tasks.

Readers are the members of the unit, children too, and parents whose children go to a school there. Its lead, officers
and coordinators run the page. `held` are the roles at the unit or above it.
"""

from collections.abc import Collection

from tutoring.policy.access import STAFF
from tutoring.policy.community import GROUPS, may_create_code

LEADING = frozenset({"lead", "officer", "coordinator"})
# Staff and adults of the community digital team can get a task without being asked first.
TEAM = LEADING | {"teacher", "helper"}

LONGEST_TITLE, LONGEST_POST = 100, 1000
LONGEST_TASK, LONGEST_DETAILS = 120, 600
MOST_LESSONS = 5  # of a month
MOST_OPEN_TASKS = 200  # of a unit

TASK_STATES = ("open", "doing", "done", "dropped")
_NEXT = {"open": ("doing", "done"), "doing": ("done", "open"), "done": ("doing",), "dropped": ()}


def is_group(kind: str) -> bool:
    """Whether units of this kind have a group page."""
    return kind in GROUPS


def may_read_group(held: Collection[str], kind: str, belongs: bool) -> bool:
    """Staff and members may read.

    `belongs`: the user or their child is a member here or of a lower unit.
    """
    return is_group(kind) and (belongs or not (STAFF | {"site_admin"}).isdisjoint(held))


def may_lead_group(held: Collection[str], kind: str) -> bool:
    """Leading staff write announcements, choose the lessons of the month and give tasks."""
    return is_group(kind) and not LEADING.isdisjoint(held)


def may_see_tasks(held: Collection[str], kind: str) -> bool:
    """The unit's staff see all its tasks; an assignee sees only their own."""
    return is_group(kind) and not STAFF.isdisjoint(held)


def may_see_task(held: Collection[str], kind: str, is_assignee: bool) -> bool:
    """The unit's staff and the assignee see a task."""
    return is_assignee or may_see_tasks(held, kind)


def next_states(state: str, leads: bool) -> tuple[str, ...]:
    """Returns the next states of a task; only leading staff drop one or reopen a dropped one."""
    if not leads:
        return _NEXT[state]
    return ("open",) if state == "dropped" else (*_NEXT[state], "dropped")


def may_move_task(leads: bool, is_assignee: bool, agreed: bool) -> bool:
    """Leading staff, and an assignee who has accepted the task, may change its state."""
    return leads or (is_assignee and agreed)


def may_answer_task(is_assignee: bool) -> bool:
    """The assignee accepts or declines a task, or gives it back later."""
    return is_assignee


def may_print_poster(held: Collection[str], kind: str) -> bool:
    """Users who may invite learners may print the poster."""
    return is_group(kind) and may_create_code(held, "learner")
