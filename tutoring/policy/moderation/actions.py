"""Rules of moderation actions: target, required authority, longest duration and undo.

Functions take facts and query no database. The effects are in moderation/actions/effects.py.
"""

from dataclasses import dataclass
from datetime import timedelta

from tutoring.kernel.text import N_
from tutoring.policy.moderation.cases import CaseFacts, may_decide_case, may_see_case
from tutoring.policy.rooms.participation import RoomFacts, may_decide_held

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Act:
    """One kind of moderation action.

    `on` is its target: a message, a seat (a person in an open room), an open room, a person, a pair, or a matter. A
    matter is a case's room and its person, whichever exist.
    `by` is the required authority. "sees" means users who see the case or observe the room; such acts are short and
    easy to undo. "decides" means users who may decide the case. "coordinates" limits these to coordinators and site
    admins.
    `sockets` is the immediate effect on open pages. "told": they are notified and show it. "out": sockets leave the
    room. "shut": the room closes. "cut": every socket of the person is disconnected.
    """

    on: str
    by: str
    sockets: str
    longest: timedelta | None = None
    for_longest: bool = False  # always the longest duration; the form does not ask for one
    reversible: bool = True


ACTION_RULES: dict[str, Act] = {
    "release": Act("message", "decides", "told"),
    "mask": Act("message", "sees", "told"),
    "hide": Act("message", "sees", "told"),
    "warn": Act("person", "sees", "told"),
    "mute": Act("seat", "sees", "told", DAY),
    "remove": Act("seat", "decides", "out"),
    "lock": Act("room", "sees", "told"),
    "unpair": Act("pair", "decides", "shut"),
    "quarantine": Act("person", "sees", "told", DAY, for_longest=True),
    "suspend": Act("person", "coordinates", "cut", 7 * DAY, for_longest=True),
    "legal_hold": Act("matter", "coordinates", "told"),
}

# The decision of a case, stored like an action; only a granted appeal overturns it.
DECISION = "decision"

REASONS = {
    "contact": N_("xin hoặc cho số điện thoại, liên lạc riêng"),
    "secrecy": N_("rủ giữ bí mật, gặp riêng hoặc chuyển sang chỗ khác"),
    "insult": N_("xúc phạm, bắt nạt"),
    "danger": N_("có thể gây nguy hiểm cho ai đó"),
    "scam": N_("lừa đảo, xin mã hoặc xin tiền"),
    "off_topic": N_("không liên quan đến việc học"),
    "looking": N_("đang xem lại, chưa kết luận"),
    "mistake": N_("nhầm lẫn, cần sửa cho đúng"),
    "other": N_("lý do khác, ghi ở lời nhắn"),
}

UNDONE = ("", "reversed", "overturned", "expired")


def audit_row(kind: str) -> str:
    """Returns the name of the audit chain row that an action writes."""
    return f"act_{kind}"


def undo_row(kind: str) -> str:
    """Returns the name of the audit chain row for the end of an action, by any cause."""
    return f"undo_{kind}"


def may_act(kind: str, facts: CaseFacts) -> bool:
    """Whether the user may take this action in a case.

    Reporters, the subject and the families never may.
    """
    if kind == DECISION:  # of a case, by its own page
        return False
    by = ACTION_RULES[kind].by
    if not may_see_case(facts) or facts.reported:
        return False
    if by == "sees":
        return True
    coordinates = not {"coordinator", "site_admin"}.isdisjoint(facts.held)
    return may_decide_case(facts) and (by == "decides" or coordinates)


def may_act_in_room(kind: str, known: RoomFacts) -> bool:
    """Whether a non-participating observer may take this action in a room without a case."""
    if not may_decide_held(known, False):
        return False
    return ACTION_RULES[kind].by != "coordinates" or "coordinator" in known.held


def may_reverse(kind: str, allowed: bool, stands: bool) -> bool:
    """A user who may take the action now may undo it, while it is in force."""
    return allowed and stands and ACTION_RULES[kind].reversible


def may_read_action(is_about: bool, of_the_room: bool, takes_part: bool) -> bool:
    """The subject, or both people of a pair, may read what was done and why.

    For an action on a whole room, all participants may.
    """
    return is_about or (of_the_room and takes_part)
