"""Access rules of rooms of one session: who may enter, read, write, observe, moderate and end.

They also cover what happens inside: pictures and voice notes, held messages and appeals, the lesson beside the talk,
skills that are witnessed, summary and feedback. Rooms of classes and circles add `persistent_rooms.py`. Functions take
facts and query no database.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import timedelta

# Ward officers and neighbourhood leads never observe children's rooms.
CHILD_OBSERVER_ROLES = frozenset({"teacher", "coordinator"})
ADULT_OBSERVER_ROLES = frozenset({"teacher", "coordinator", "lead", "officer"})
TEACHING = frozenset({"teacher", "coordinator"})
PARTICIPANT_ROLES = frozenset({"learner", "helper", "guardian"})

# Persistent rooms stay open until a user closes them; each check reads the memberships anew (docs/rooms.md).
PERSISTENT_KINDS = frozenset({"class", "circle", "questions"})


@dataclass(frozen=True)
class RoomFacts:
    """The facts that the rules need about one user in one room."""

    role: str | None = None  # of the user's seat; in a persistent room only while the membership behind it stands
    removed: bool = False
    muted: bool = False
    minors: bool = True
    closed: bool = False
    locked: bool = False
    held: Collection[str] = frozenset()  # roles at the room's unit or above it
    kind: str = "pair"
    side: bool = False  # a breakout room of a persistent room
    place: str | None = None  # the seat that a membership gives in a persistent room
    announcing: bool = False  # only observers write; also while one child would be alone with them
    resting: bool = False
    talk: bool = False  # staff talk here with one user who wrote of danger

    @property
    def lasting(self) -> bool:
        """Whether this is no session: a persistent room, or a breakout room of one."""
        return self.kind in PERSISTENT_KINDS


def observer_roles(minors: bool, kind: str = "pair") -> frozenset[str]:
    """Returns the roles that may observe such a room.

    A parents' circle is about children, so only teachers and coordinators may observe it.
    """
    return CHILD_OBSERVER_ROLES if minors or kind == "circle" else ADULT_OBSERVER_ROLES


def _may_watch(facts: RoomFacts) -> bool:
    return not observer_roles(facts.minors, facts.kind).isdisjoint(facts.held)


def may_read_room(facts: RoomFacts) -> bool:
    """Users with a seat may read, after the end too.

    An observer needs the role that gave the seat.
    """
    if facts.role is None or facts.removed:
        return False
    return facts.role in PARTICIPANT_ROLES or _may_watch(facts)


def may_enter_as_observer(facts: RoomFacts) -> bool:
    """Observers of the unit may enter unless they participate in the room themselves."""
    return not facts.closed and not facts.removed and facts.role in (None, "observer") and _may_watch(facts)


def may_moderate(facts: RoomFacts) -> bool:
    """The same users may moderate: mute, remove, lock, hold, hide, hand off and close.

    A moderation action gives the observer a visible seat.
    """
    return may_enter_as_observer(facts)


def may_decide_held(facts: RoomFacts, is_author: bool) -> bool:
    """Observers who do not participate release, refuse and decide appeals, also after the end.

    No observer does so for their own text.
    """
    return not is_author and not facts.removed and facts.role in (None, "observer") and _may_watch(facts)


def may_decide_appeal(facts: RoomFacts, is_author: bool, did_it: bool) -> bool:
    """Another observer than the one who decided first decides the appeal."""
    return may_decide_held(facts, is_author) and not did_it


def may_appeal(facts: RoomFacts, is_author: bool) -> bool:
    """The author may appeal while still in the room or after its end."""
    return is_author and may_read_room(facts)


def may_be_moderated(role: str, is_self: bool) -> bool:
    """Moderation actions apply to participants; observers do not mute one another."""
    return role in PARTICIPANT_ROLES and not is_self


def may_post_message(facts: RoomFacts) -> bool:
    """Readers may write while the room is open, is not resting and they are not muted.

    In a locked room, and where only announcements are made, only observers write. Every socket event that writes
    checks this.
    """
    shut_out = (facts.locked or facts.announcing) and facts.role != "observer"
    return may_read_room(facts) and not (facts.closed or facts.resting or facts.muted or shut_out)


def silence_code(facts: RoomFacts) -> str:
    """Returns why a reader may not write: closed, locked (resting and announcing too) or muted."""
    shut = facts.locked or facts.resting or facts.announcing
    return "closed" if facts.closed else "locked" if shut else "muted"


EDIT_WITHIN = timedelta(minutes=5)


def may_edit_message(facts: RoomFacts, is_author: bool, age: timedelta) -> bool:
    """The author may edit for five minutes, while they may write."""
    return is_author and may_post_message(facts) and age <= EDIT_WITHIN


def may_withdraw_message(facts: RoomFacts, is_author: bool) -> bool:
    """The author may withdraw a message while they may read the room, after its end too."""
    return is_author and may_read_room(facts)


def may_react(facts: RoomFacts, is_author: bool) -> bool:
    """Users who may write may react to messages of others, also to announcements."""
    return not is_author and may_post_message(replace(facts, announcing=False))


def may_send_picture(facts: RoomFacts, is_minor: bool, is_new: bool) -> bool:
    """Writers may send a picture, except a minor learner with fewer than three sessions so far.

    None is sent where staff talk with a user in danger: it could show what nobody should look at unprepared.
    """
    return may_post_message(facts) and not facts.talk and not (facts.role == "learner" and is_minor and is_new)


def may_add_picture(is_own: bool, is_minor: bool, is_new: bool) -> bool:
    """The same rule for a picture added to a waiting request, for the room that opens later."""
    return is_own and not (is_minor and is_new)


def picture_waits(facts: RoomFacts, trusted: bool, is_active_helper: bool) -> bool:
    """Near minors a picture is held for the teacher.

    A teacher's own picture is not held, nor one by the active helper of a trusted pair.
    """
    if not facts.minors or facts.role == "observer":
        return False
    return not (trusted and facts.role == "helper" and is_active_helper)


def may_see_held_picture(facts: RoomFacts, is_author: bool) -> bool:
    """The author and observers see it; in the moderation queue observers need no seat."""
    return may_read_held_message(facts, is_author) or may_decide_held(facts, is_author)


def may_send_voice_note(facts: RoomFacts) -> bool:
    """Writers may send a voice note; near minors only the learner of a pair, to the helper.

    None is sent where staff talk with a user in danger: a text reaches the people in charge at once, a sound does not.
    """
    if not may_post_message(facts) or facts.talk:
        return False
    return not facts.minors or (facts.role == "learner" and facts.kind == "pair")


def voice_note_waits(facts: RoomFacts, is_minor: bool) -> bool:
    """A note of or to a minor always waits until a person on duty has heard it: no detector does."""
    return facts.minors or is_minor


def may_annotate_picture(facts: RoomFacts, hold_all: bool) -> bool:
    """Users who may write now may annotate a picture that they see.

    Where every message is held for an observer, only observers annotate: an annotation cannot be held.
    """
    return may_post_message(facts) and (not hold_all or facts.role == "observer")


def may_withdraw_annotation(facts: RoomFacts, is_author: bool) -> bool:
    """The author may withdraw an annotation, after the end too."""
    return is_author and may_read_room(facts)


def may_read_held_message(facts: RoomFacts, is_author: bool) -> bool:
    """Only the author and observers read a held message."""
    return may_read_room(facts) and (is_author or facts.role == "observer")


def may_see_sealed_place(role: str | None, is_author: bool, guards_author: bool) -> bool:
    """Whether a reader may learn that an encrypted text of danger stands in the room.

    A guardian may be the danger: neither a guardian's seat nor any other seat of the author's guardian shows it.
    """
    return is_author or not (role == "guardian" or guards_author)


def may_export_room(facts: RoomFacts) -> bool:
    """Participants may export a room that they may read; a room with minors is never exported."""
    return may_read_room(facts) and facts.role in PARTICIPANT_ROLES and not facts.minors


def may_follow(facts: RoomFacts) -> bool:
    """The helper and the observers of the learner move the shared step; the learner does not."""
    return may_read_room(facts) and not facts.closed and facts.role != "learner"


def may_set_progress(facts: RoomFacts) -> bool:
    """The learner sets their own progress markers: ticks, answers and "I am stuck here".

    These carry no text, so a muted learner sets them too. A locked room accepts none.
    """
    return may_read_room(facts) and facts.role == "learner" and not (facts.closed or facts.locked)


def may_clear_stuck(facts: RoomFacts, is_own: bool) -> bool:
    """The learner who set a marker clears it, or the helper or an observer does."""
    return may_read_room(facts) and not facts.closed and (is_own or facts.role in {"helper", "observer"})


def may_see_progress(facts: RoomFacts, is_own: bool, is_guardian: bool) -> bool:
    """The helper, observers, the learner and their guardian see progress and right answers.

    Other learners of a group never do.
    """
    return may_read_room(facts) and (facts.role in {"helper", "observer"} or is_own or is_guardian)


def may_send_card(facts: RoomFacts) -> bool:
    """The helper and observers put lessons into the conversation, while they may write."""
    return may_post_message(facts) and facts.role in {"helper", "observer"}


def may_read_summary(facts: RoomFacts, guards_learner: bool) -> bool:
    """Readers of the room and the guardian of its learner see the summary.

    The summary holds the facts, never the conversation.
    """
    return may_read_room(facts) or guards_learner


def may_name_next(facts: RoomFacts) -> bool:
    """The helper proposes what to learn next, after the end too."""
    return may_read_room(facts) and facts.role == "helper"


def teaches_here(facts: RoomFacts) -> bool:
    """Whether the user sits in this room as a teacher or coordinator of its unit."""
    return facts.role == "observer" and not TEACHING.isdisjoint(facts.held)


def may_witness(facts: RoomFacts, holds_skills: bool, is_self: bool = False) -> bool:
    """A teacher in the room, or a helper with the skills, confirms what a learner can do."""
    if is_self or facts.closed or not may_read_room(facts):
        return False
    return teaches_here(facts) or (facts.role == "helper" and holds_skills)


def may_be_witnessed(rehearsed_first: bool, practised: bool) -> bool:
    """A lesson with a practice run must be practised in the portal before it can be witnessed."""
    return practised or not rehearsed_first


def may_end_session(facts: RoomFacts, learners: int = 1) -> bool:
    """A participant may end a session; with several learners only the helper ends it for all.

    One of several learners may only leave. A persistent room is no session.
    """
    takes_part = may_read_room(facts) and not (facts.closed or facts.lasting) and facts.role in PARTICIPANT_ROLES
    return takes_part and (learners < 2 or facts.role == "helper")


def may_give_feedback(facts: RoomFacts) -> bool:
    """Participants give feedback, during the session and after it."""
    return may_read_room(facts) and facts.role in PARTICIPANT_ROLES and not facts.lasting
