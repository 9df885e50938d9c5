"""Pages of neighbourhoods and wards: who reads them, who writes on them, who gives and does tasks.

They are read by whoever belongs there, children too, and by parents whose children go to a school there; led by its
lead, officers and coordinators. `held` are the roles at the unit or above it.
"""

from collections.abc import Collection

from tutoring.policy.access import SIGNED_IN, STAFF, Access, roles
from tutoring.policy.community import GROUPS, may_create_code

LEADING = frozenset({"lead", "officer", "coordinator"})
_LEADING: Access = roles(*LEADING)
# Members to whom a task can be given without asking first: staff, and grown-ups of the community digital team.
TEAM = LEADING | {"teacher", "helper"}

ROUTES: dict[str, Access] = {
    "groups.index": SIGNED_IN,
    "groups.show": SIGNED_IN,
    "groups.posts_page": SIGNED_IN,
    "groups.new_post": _LEADING,
    "groups.edit_post": _LEADING,
    "groups.take_back_post": _LEADING,
    "groups.put_back_post": _LEADING,
    "groups.pin_post": _LEADING,
    "groups.month": _LEADING,
    "groups.tasks_page": SIGNED_IN,
    "groups.new_task": _LEADING,
    "groups.task": SIGNED_IN,
    "groups.edit_task": _LEADING,
    "groups.move_task": SIGNED_IN,
    "groups.answer_task": SIGNED_IN,
    "groups.poster": STAFF | {"site_admin"},
}

LONGEST_TITLE, LONGEST_POST = 100, 1000
LONGEST_TASK, LONGEST_DETAILS = 120, 600
MOST_LESSONS = 5  # of a month
MOST_OPEN_TASKS = 200  # of a unit

TASK_STATES = ("open", "doing", "done", "dropped")
_NEXT = {"open": ("doing", "done"), "doing": ("done", "open"), "done": ("doing",), "dropped": ()}


def is_group(kind: str) -> bool:
    """Whether units of this kind have such a page."""
    return kind in GROUPS


def may_read_group(held: Collection[str], kind: str, belongs: bool) -> bool:
    """`belongs`: this person or a child of theirs is a member here or of anything below."""
    return is_group(kind) and (belongs or not (STAFF | {"site_admin"}).isdisjoint(held))


def may_lead_group(held: Collection[str], kind: str) -> bool:
    """Write announcements, choose the lessons of the month, give tasks."""
    return is_group(kind) and not LEADING.isdisjoint(held)


def may_see_tasks(held: Collection[str], kind: str) -> bool:
    """All tasks of a unit: its staff. Whoever was given one sees that one."""
    return is_group(kind) and not STAFF.isdisjoint(held)


def may_see_task(held: Collection[str], kind: str, is_assignee: bool) -> bool:
    """One task: the unit's staff, and whoever has it or was asked."""
    return is_assignee or may_see_tasks(held, kind)


def may_take_task(minor: bool, belongs: bool) -> bool:
    """Grown-ups who belong to the unit; nobody under 18 is given work."""
    return belongs and not minor


def next_states(state: str, leads: bool) -> tuple[str, ...]:
    """Where a task may go from here; only who leads drops one, or takes it up again."""
    if not leads:
        return _NEXT[state]
    return ("open",) if state == "dropped" else (*_NEXT[state], "dropped")


def may_move_task(leads: bool, is_assignee: bool, agreed: bool) -> bool:
    """Who leads, and whoever has said yes to it."""
    return leads or (is_assignee and agreed)


def may_answer_task(is_assignee: bool) -> bool:
    """Whoever was asked says yes or no; whoever has it can give it back."""
    return is_assignee


def may_print_poster(held: Collection[str], kind: str) -> bool:
    """Whoever may invite people who learn."""
    return is_group(kind) and may_create_code(held, "learner")
