"""Rooms: who may read, write, watch and keep order. Facts come in; nothing is asked of the database here."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import timedelta

from tutoring.policy.access import SIGNED_IN, STAFF, Access

ROUTES: dict[str, Access] = {
    "rooms.index": SIGNED_IN,
    "rooms.show": SIGNED_IN,
    "rooms.messages": SIGNED_IN,
    "rooms.search": SIGNED_IN,
    "rooms.post": SIGNED_IN,
    "rooms.message": SIGNED_IN,
    "rooms.appeal": SIGNED_IN,
    "rooms.edit": SIGNED_IN,
    "rooms.withdraw": SIGNED_IN,
    "rooms.react": SIGNED_IN,
    "rooms.export": SIGNED_IN,
    "rooms.send_picture": SIGNED_IN,
    "rooms.picture": SIGNED_IN,
    "rooms.marks": SIGNED_IN,
    "rooms.mark": SIGNED_IN,
    "rooms.take_back_marks": SIGNED_IN,
    "rooms.lesson": SIGNED_IN,
    "rooms.follow": SIGNED_IN,
    "rooms.witness": SIGNED_IN,
    "rooms.tick": SIGNED_IN,
    "rooms.answer": SIGNED_IN,
    "rooms.stuck": SIGNED_IN,
    "rooms.unstuck": SIGNED_IN,
    "rooms.cards": SIGNED_IN,
    "rooms.send_card": SIGNED_IN,
    "rooms.open_lesson": SIGNED_IN,
    "rooms.summary": SIGNED_IN,
    "rooms.next_lesson": SIGNED_IN,
    "rooms.leave": SIGNED_IN,
    "rooms.end": SIGNED_IN,
    "rooms.desk": SIGNED_IN,
    "rooms.open_lasting": STAFF,
    "rooms.announce": STAFF,
    "rooms.split": STAFF,
    "rooms.enter": STAFF,
    "rooms.mute": STAFF,
    "rooms.unmute": STAFF,
    "rooms.remove": STAFF,
    "rooms.close": STAFF,
    "rooms.hold": STAFF,
    "rooms.lock": STAFF,
    "rooms.unlock": STAFF,
    "rooms.release": STAFF,
    "rooms.refuse": STAFF,
    "rooms.undo_refuse": STAFF,
    "rooms.original": STAFF,
    "rooms.decide_appeal": STAFF,
    "rooms.hide": STAFF,
    "rooms.hide_marks": STAFF,
}

SOCKET_EVENTS: dict[str, Access] = {
    "enter": SIGNED_IN,
    "post": SIGNED_IN,
    "catch_up": SIGNED_IN,
    "typing": SIGNED_IN,
    "follow": SIGNED_IN,
    "leave": SIGNED_IN,
    "seen": SIGNED_IN,
}

# Ward officers and neighbourhood leads never watch children's rooms.
WATCH_CHILDREN = frozenset({"teacher", "coordinator"})
WATCH_ADULTS = frozenset({"teacher", "coordinator", "lead", "officer"})
TEACHING = frozenset({"teacher", "coordinator"})
TAKING_PART = frozenset({"learner", "helper", "guardian"})

# Rooms that stand until somebody closes them; who is in them is asked of memberships each time (docs/realtime.md).
LASTING = frozenset({"class", "circle", "questions"})


@dataclass(frozen=True)
class RoomFacts:
    """What the rules need to know of one person in one room."""

    role: str | None = None  # of the person's seat; in a lasting room only while the membership behind it stands
    removed: bool = False
    muted: bool = False
    minors: bool = True
    closed: bool = False
    locked: bool = False
    held: Collection[str] = frozenset()  # roles at the room's unit or above it
    kind: str = "pair"
    side: bool = False  # a side room of a lasting one
    place: str | None = None  # the seat that a membership gives in a lasting room
    announcing: bool = False  # only watchers write; so it is too while one child would be alone with them
    resting: bool = False

    @property
    def lasting(self) -> bool:
        """Whether this is no session: a lasting room, or a side room of one."""
        return self.kind in LASTING


def watching_roles(minors: bool, kind: str = "pair") -> frozenset[str]:
    """Roles that may look into a room of this kind. Parents speak of children: their circle is for teachers alone."""
    return WATCH_CHILDREN if minors or kind == "circle" else WATCH_ADULTS


def _may_watch(facts: RoomFacts) -> bool:
    return not watching_roles(facts.minors, facts.kind).isdisjoint(facts.held)


def may_read_room(facts: RoomFacts) -> bool:
    """Whoever has a seat, after the end too; a watcher's seat holds as long as the role that gave it."""
    if facts.role is None or facts.removed:
        return False
    return facts.role in TAKING_PART or _may_watch(facts)


def may_enter_as_observer(facts: RoomFacts) -> bool:
    """Watchers of the unit who take no part in the room themselves."""
    return not facts.closed and not facts.removed and facts.role in (None, "observer") and _may_watch(facts)


def may_keep_order(facts: RoomFacts) -> bool:
    """Mute, remove, lock, hold, hide, hand over and close: the same people. Acting puts a watcher in, visibly."""
    return may_enter_as_observer(facts)


def may_judge_held(facts: RoomFacts, is_author: bool) -> bool:
    """Releasing, refusing and second looks: watchers who take no part, after the end too; never on one's own words."""
    return not is_author and not facts.removed and facts.role in (None, "observer") and _may_watch(facts)


def may_decide_appeal(facts: RoomFacts, is_author: bool, did_it: bool) -> bool:
    """Another one than whoever decided first."""
    return may_judge_held(facts, is_author) and not did_it


def may_appeal(facts: RoomFacts, is_author: bool) -> bool:
    """The author, while still in the room or after its end."""
    return is_author and may_read_room(facts)


def may_be_put_in_order(role: str, is_self: bool) -> bool:
    """Acts are for those who take part; watchers do not mute one another."""
    return role in TAKING_PART and not is_self


def may_post_message(facts: RoomFacts) -> bool:
    """Everybody who reads, while the room is open and awake and they are not muted; in a locked room, and where only
    announcements are made, watchers alone. Every verb that writes asks this."""
    shut_out = (facts.locked or facts.announcing) and facts.role != "observer"
    return may_read_room(facts) and not (facts.closed or facts.resting or facts.muted or shut_out)


def silence_code(facts: RoomFacts) -> str:
    """Why somebody who reads may not write, as a code: closed, locked (resting and announcing too) or muted."""
    shut = facts.locked or facts.resting or facts.announcing
    return "closed" if facts.closed else "locked" if shut else "muted"


EDIT_WITHIN = timedelta(minutes=5)


def may_edit_message(facts: RoomFacts, is_author: bool, age: timedelta) -> bool:
    """The author, for five minutes, while they may write."""
    return is_author and may_post_message(facts) and age <= EDIT_WITHIN


def may_withdraw_message(facts: RoomFacts, is_author: bool) -> bool:
    """The author, as long as they may read the room, after its end too."""
    return is_author and may_read_room(facts)


def may_react(facts: RoomFacts, is_author: bool) -> bool:
    """Whoever may write, to what others wrote; announcements are answered so too."""
    return not is_author and may_post_message(replace(facts, announcing=False))


def may_send_picture(facts: RoomFacts, is_minor: bool, is_new: bool) -> bool:
    """Whoever writes, but not yet a learner under 18 with fewer than three sessions behind them."""
    return may_post_message(facts) and not (facts.role == "learner" and is_minor and is_new)


def may_add_picture(is_own: bool, is_minor: bool, is_new: bool) -> bool:
    """The same beforehand, to a request that waits: for the room that opens for it."""
    return is_own and not (is_minor and is_new)


def picture_waits(facts: RoomFacts, trusted: bool, is_active_helper: bool) -> bool:
    """Near minors a picture waits for the teacher; not a teacher's own, nor that of a trusted pair's active helper."""
    if not facts.minors or facts.role == "observer":
        return False
    return not (trusted and facts.role == "helper" and is_active_helper)


def may_see_held_picture(facts: RoomFacts, is_author: bool) -> bool:
    """The author and watchers; at their desk these need no seat."""
    return may_read_held_message(facts, is_author) or may_judge_held(facts, is_author)


def may_mark_picture(facts: RoomFacts, hold_all: bool) -> bool:
    """Drawing over a picture that one sees: whoever writes here now. Where every message waits for a watcher only
    watchers draw, for a drawing cannot wait."""
    return may_post_message(facts) and (not hold_all or facts.role == "observer")


def may_take_back_marks(facts: RoomFacts, is_author: bool) -> bool:
    """One's own drawing, after the end too."""
    return is_author and may_read_room(facts)


def may_read_held_message(facts: RoomFacts, is_author: bool) -> bool:
    """A held message is read by its author and by watchers alone."""
    return may_read_room(facts) and (is_author or facts.role == "observer")


def may_export_room(facts: RoomFacts) -> bool:
    """Those who took part, as long as they may read it; what children and those near them said stays here."""
    return may_read_room(facts) and facts.role in TAKING_PART and not facts.minors


def may_follow(facts: RoomFacts) -> bool:
    """The shared step is moved by the helper and by those who watch over the learner, not by the learner."""
    return may_read_room(facts) and not facts.closed and facts.role != "learner"


def may_sign(facts: RoomFacts) -> bool:
    """Ticks, answers and "I am stuck here" are the learner's own. They carry no words, so who is muted gives them too;
    a locked room stands still."""
    return may_read_room(facts) and facts.role == "learner" and not (facts.closed or facts.locked)


def may_clear_stuck(facts: RoomFacts, is_own: bool) -> bool:
    """The learner who pointed at a sentence, and who helps or looks in."""
    return may_read_room(facts) and not facts.closed and (is_own or facts.role in {"helper", "observer"})


def may_see_signs(facts: RoomFacts, is_own: bool, is_guardian: bool) -> bool:
    """How far a learner is and what was right: for who helps or looks in, the learner and their guardian; never for
    the other learners of a group."""
    return may_read_room(facts) and (facts.role in {"helper", "observer"} or is_own or is_guardian)


def may_send_card(facts: RoomFacts) -> bool:
    """Lessons are put into the talk by who helps or looks in, while they may write."""
    return may_post_message(facts) and facts.role in {"helper", "observer"}


def may_read_summary(facts: RoomFacts, guards_learner: bool) -> bool:
    """Whoever reads the room, and the guardian of a child who learned in it: the facts, and never the talk."""
    return may_read_room(facts) or guards_learner


def may_name_next(facts: RoomFacts) -> bool:
    """What to learn next is proposed by who helped, after the end too."""
    return may_read_room(facts) and facts.role == "helper"


def teaches_here(facts: RoomFacts) -> bool:
    """Whether somebody sits in this room as a teacher or coordinator of its unit."""
    return facts.role == "observer" and not TEACHING.isdisjoint(facts.held)


def may_witness(facts: RoomFacts, holds_skills: bool, is_self: bool = False) -> bool:
    """Confirming that a learner can do the lesson: a teacher sitting in, a helper who holds its skills."""
    if is_self or facts.closed or not may_read_room(facts):
        return False
    return teaches_here(facts) or (facts.role == "helper" and holds_skills)


def may_be_witnessed(rehearsed_first: bool, practised: bool) -> bool:
    """What can be rehearsed is first done in the practice portal; then somebody may say to have seen it."""
    return practised or not rehearsed_first


def may_end_session(facts: RoomFacts, learners: int = 1) -> bool:
    """Whoever takes part may end it; of several learners one goes alone, and only who helps ends it for all. What
    lasts is no session."""
    takes_part = may_read_room(facts) and not (facts.closed or facts.lasting) and facts.role in TAKING_PART
    return takes_part and (learners < 2 or facts.role == "helper")


def may_give_feedback(facts: RoomFacts) -> bool:
    """Whoever took part, during the session and after it."""
    return may_read_room(facts) and facts.role in TAKING_PART and not facts.lasting
