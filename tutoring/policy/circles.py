"""Access rules of parent circles of classes and schools.

Guardians of pupils and teaching staff take part. A circle is about children, so no pupil enters, and no user whose
role is only in a neighbourhood or ward. Functions take facts and query no database.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta

from tutoring.policy.lessons import EDITORS
from tutoring.policy.rooms.participation import TEACHING

KINDS = ("class", "school")  # of units that have a circle
EDITED_WITHIN = timedelta(minutes=30)
ENOUGH_HELPED = 3  # an answer must have helped so many people before every reader may suggest it as a lesson


@dataclass(frozen=True)
class CircleFacts:
    """The facts about one user and a circle or a post in it.

    `guards`: the user is guardian of a pupil of the class or school. `held`: the user's roles there.
    """

    guards: bool
    held: frozenset[str] = frozenset()
    own: bool = False
    hidden: bool = False
    withdrawn: bool = False
    closed: bool = False  # the topic takes no more answers

    @property
    def leads(self) -> bool:
        """Whether the user is teacher or coordinator of the class or school, or above it."""
        return not TEACHING.isdisjoint(self.held)


def may_enter(facts: CircleFacts) -> bool:
    """Guardians of pupils of the class or school and its leading staff enter."""
    return facts.guards or facts.leads


def may_read(facts: CircleFacts) -> bool:
    """The author and leading staff read a hidden post; only the author reads a withdrawn one."""
    if not may_enter(facts) or (facts.withdrawn and not facts.own):
        return False
    return not facts.hidden or facts.own or facts.leads


def may_answer(facts: CircleFacts) -> bool:
    """Readers of a topic answer it, while it is open and neither hidden nor withdrawn."""
    return may_read(facts) and not (facts.closed or facts.hidden or facts.withdrawn)


def may_edit(facts: CircleFacts, age: timedelta) -> bool:
    """The author edits a post for half an hour, while it is neither hidden nor withdrawn."""
    return may_read(facts) and facts.own and not (facts.hidden or facts.withdrawn) and age <= EDITED_WITHIN


def may_withdraw(facts: CircleFacts) -> bool:
    """The author withdraws or restores a post at any time."""
    return may_read(facts) and facts.own


def may_hide(facts: CircleFacts) -> bool:
    """Leading staff hide posts of others, with a reason; they withdraw their own."""
    return may_read(facts) and facts.leads and not facts.own


def may_pin(facts: CircleFacts) -> bool:
    """Leading staff choose which answer is pinned."""
    return may_read(facts) and facts.leads and not (facts.hidden or facts.withdrawn)


def may_close(facts: CircleFacts) -> bool:
    """The author of a topic and leading staff close and reopen it."""
    return may_read(facts) and (facts.own or facts.leads)


def may_mark(facts: CircleFacts) -> bool:
    """Members of the circle mark an answer as helpful, except their own."""
    return may_read(facts) and not (facts.own or facts.hidden or facts.withdrawn)


def may_wish(facts: CircleFacts) -> bool:
    """Guardians ask for a live session; leading staff can open one."""
    return may_answer(facts) and facts.guards


def may_suggest(facts: CircleFacts, helped: int) -> bool:
    """Leading staff may ask an author to turn an answer into a lesson.

    All readers may, once it has helped enough people.
    """
    return may_read(facts) and not (facts.hidden or facts.withdrawn) and (facts.leads or helped >= ENOUGH_HELPED)


def may_agree(facts: CircleFacts) -> bool:
    """Only the author accepts or declines that suggestion."""
    return may_read(facts) and facts.own


def may_send(facts: CircleFacts, held_anywhere: Collection[str]) -> bool:
    """Leading staff who may edit lessons send an answer on, after its author has agreed."""
    return may_read(facts) and facts.leads and not EDITORS.isdisjoint(held_anywhere)
