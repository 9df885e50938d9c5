"""The moderation queue: cases, held messages and appeals, ordered by grade and deadline."""

from dataclasses import dataclass
from datetime import datetime

from tutoring.accounts.models import User
from tutoring.kernel import clock
from tutoring.moderation.appeals import queries as seconds
from tutoring.moderation.appeals.models import ActionAppeal
from tutoring.moderation.cases import queries as cases_queries
from tutoring.moderation.cases.queries import holder_of
from tutoring.moderation.models import Case
from tutoring.policy.moderation.queue import appeal_deadline, grade_of_held, held_until, is_soon
from tutoring.rooms.moderation import queries as moderation_queries
from tutoring.rooms.moderation.queries import HeldMessage

PAGE = 30
FILTERS = ("all", "mine", "soon")


@dataclass(frozen=True)
class Item:
    """One entry of the queue: `case`, `row` or `second` is set. `holder` has claimed it now."""

    kind: str  # case, held, appeal (of a message), second (appeal of an action)
    grade: str
    due: datetime
    case: Case | None = None
    row: HeldMessage | None = None
    second: ActionAppeal | None = None
    towards: User | None = None  # to whom the person whom the case is about wrote
    reports: int = 0
    holder: User | None = None
    until: datetime | None = None

    @property
    def key(self) -> str:
        """The name of this entry in addresses."""
        return f"{'c' if self.case else 'a' if self.second else 'm'}{self.number}"

    @property
    def order(self) -> tuple[str, datetime, str, int]:
        return (self.grade, self.due, self.kind, self.number)

    @property
    def number(self) -> int:
        """The id of the case, the message or the action."""
        if self.second is not None:
            return self.second.act_id
        return self.case.id if self.case else self.row.message.id if self.row else 0


@dataclass(frozen=True)
class Queue:
    """One page of a user's queue, with the number of entries under each filter.

    `chosen` is the entry shown beside the list: the first one, unless the user asked for another. It is None when that
    one does not wait any more, or nothing waits. `following` is the entry to go on with after it.
    """

    items: list[Item]
    counts: dict[str, int]
    which: str
    page: int
    pages: int
    full: bool  # there are more entries than are loaded at once
    chosen: Item | None = None
    following: Item | None = None


def _of_case(case: Case, reports: int, towards: User | None) -> Item:
    due = case.decide_by if case.looked_at is not None else case.look_by
    held = holder_of(case) is not None
    return Item("case", case.grade, due, case=case, towards=towards, reports=reports,
                holder=case.claimed_by if held else None, until=case.claimed_until if held else None)  # fmt: skip


def _of_held(row: HeldMessage) -> Item:
    due = held_until(row.message.at, row.room.closed_at is None)
    return Item("held", grade_of_held(row.message.held_for, row.room.minors), due, row=row)


def _of_appeal(row: HeldMessage) -> Item:
    assert row.appeal is not None
    return Item("appeal", "S3", appeal_deadline(row.appeal.at), row=row)


def _of_second(look: ActionAppeal) -> Item:
    return Item("second", "S3", look.due_at, second=look)


def queue(person: User, which: str = "all", page: int = 1, item: str = "") -> Queue:
    """Returns the queue of this user; with the key of an entry, the page on which it stands."""
    viewer = cases_queries.viewer_of(person)
    found = cases_queries.visible(viewer)
    counted, towards = cases_queries.counts(case.id for case in found), cases_queries.written_to(found)
    held = moderation_queries.held_for(person)
    appeals = moderation_queries.appeals_for(person)
    looks = seconds.waiting_for(person)
    items = [
        *(_of_case(case, counted.get(case.id, 0), towards.get(case.id)) for case in found),
        *(_of_held(row) for row in held),
        *(_of_appeal(row) for row in appeals),
        *(_of_second(look) for look in looks),
    ]
    items.sort(key=lambda item: item.order)
    now = clock.now()
    by_filter = {
        "all": items,
        "mine": [item for item in items if item.holder is not None and item.holder.id == person.id],
        "soon": [item for item in items if is_soon(item.due, now)],
    }
    which = which if which in FILTERS else "all"
    shown = by_filter[which]
    pages = max(1, -(-len(shown) // PAGE))
    page = next((number // PAGE + 1 for number, one in enumerate(shown) if one.key == item), page)
    page = min(max(1, page), pages)
    full = len(found) == cases_queries.MOST or moderation_queries.MOST in (len(held), len(appeals))
    counts = {name: len(some) for name, some in by_filter.items()}
    here = shown[(page - 1) * PAGE : page * PAGE]
    chosen = next((one for one in items if one.key == item), None) if item else next(iter(here), None)
    return Queue(here, counts, which, page, pages, full, chosen, _after(shown, chosen))


def _after(shown: list[Item], chosen: Item | None) -> Item | None:
    """Returns the entry below this one, or the one above the last, or the first where this one is not in the list."""
    if chosen not in shown:
        return next(iter(shown), None)
    at = shown.index(chosen)
    return next(iter(shown[at + 1 :] or shown[max(at - 1, 0) : at]), None)
