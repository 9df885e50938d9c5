"""Circles of parents by class and school: the guardians of its pupils, and whoever teaches or coordinates there.

They speak of children, so no pupil comes in, and nobody whose power is over a neighbourhood or a ward alone. Facts come
in; nothing is asked of the database.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta

from tutoring.policy.access import SIGNED_IN, Access
from tutoring.policy.lessons import EDITORS
from tutoring.policy.rooms.participation import TEACHING

ROUTES: dict[str, Access] = {
    "circles.index": SIGNED_IN,
    "circles.circle": SIGNED_IN,
    "circles.ask": SIGNED_IN,
    "circles.topic": SIGNED_IN,
    "circles.edit_topic": SIGNED_IN,
    "circles.edit_answer": SIGNED_IN,
    "circles.withdraw_topic": SIGNED_IN,
    "circles.withdraw_answer": SIGNED_IN,
    "circles.close_topic": SIGNED_IN,
    "circles.helped": SIGNED_IN,
    "circles.wish": SIGNED_IN,
    "circles.suggest": SIGNED_IN,
    "circles.agree": SIGNED_IN,
    "circles.pin": EDITORS,
    "circles.hide_topic": EDITORS,
    "circles.hide_answer": EDITORS,
    "circles.to_lesson": EDITORS,
}

KINDS = ("class", "school")  # of units that have a circle
EDITED_WITHIN = timedelta(minutes=30)
ENOUGH_HELPED = 3  # people whom an answer has helped, before everybody may suggest it as a lesson


@dataclass(frozen=True)
class CircleFacts:
    """One person before a circle, and before words in it: `guards` a pupil of the class or school, `held` there."""

    guards: bool
    held: frozenset[str] = frozenset()
    own: bool = False
    hidden: bool = False
    withdrawn: bool = False
    closed: bool = False  # the topic takes no more answers

    @property
    def leads(self) -> bool:
        """Teachers and coordinators of the class or school, and whoever is so above it."""
        return not TEACHING.isdisjoint(self.held)


def may_enter(facts: CircleFacts) -> bool:
    """The guardians of pupils of the class or school, and who leads there."""
    return facts.guards or facts.leads


def may_read(facts: CircleFacts) -> bool:
    """What was hidden is read by its author and by who leads; what was withdrawn by its author alone."""
    if not may_enter(facts) or (facts.withdrawn and not facts.own):
        return False
    return not facts.hidden or facts.own or facts.leads


def may_answer(facts: CircleFacts) -> bool:
    """Whoever reads a topic answers it, while it is open and stands there for all."""
    return may_read(facts) and not (facts.closed or facts.hidden or facts.withdrawn)


def may_edit(facts: CircleFacts, age: timedelta) -> bool:
    """One's own words for half an hour, as long as they stand there."""
    return may_read(facts) and facts.own and not (facts.hidden or facts.withdrawn) and age <= EDITED_WITHIN


def may_withdraw(facts: CircleFacts) -> bool:
    """One's own words at any time; also back again."""
    return may_read(facts) and facts.own


def may_hide(facts: CircleFacts) -> bool:
    """Who leads hides words of others, with a reason; the own ones are withdrawn."""
    return may_read(facts) and facts.leads and not facts.own


def may_pin(facts: CircleFacts) -> bool:
    """Who leads says which answer is the one."""
    return may_read(facts) and facts.leads and not (facts.hidden or facts.withdrawn)


def may_close(facts: CircleFacts) -> bool:
    """Who asked, and who leads; also open again."""
    return may_read(facts) and (facts.own or facts.leads)


def may_mark(facts: CircleFacts) -> bool:
    """Everybody of the circle says of an answer that it helped; nobody of the own one."""
    return may_read(facts) and not (facts.own or facts.hidden or facts.withdrawn)


def may_wish(facts: CircleFacts) -> bool:
    """Guardians ask for a live session; who leads can open one."""
    return may_answer(facts) and facts.guards


def may_suggest(facts: CircleFacts, helped: int) -> bool:
    """Who leads may ask an author to let an answer become a lesson; everybody once it has helped enough people."""
    return may_read(facts) and not (facts.hidden or facts.withdrawn) and (facts.leads or helped >= ENOUGH_HELPED)


def may_agree(facts: CircleFacts) -> bool:
    """Nobody but the author says yes or no to that."""
    return may_read(facts) and facts.own


def may_send(facts: CircleFacts, held_anywhere: Collection[str]) -> bool:
    """Who leads there and may write on lessons sends what the author has let go."""
    return may_read(facts) and facts.leads and not EDITORS.isdisjoint(held_anywhere)
