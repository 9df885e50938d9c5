"""Acts of the desk: what each needs, who may do it, how long it lasts at most, and what undoes it.

Facts come in; nothing is asked of the database here. What each does and what undoes it stands in
moderation/actions/effects.py.
"""

from dataclasses import dataclass
from datetime import timedelta

from tutoring.kernel.text import N_
from tutoring.policy.moderation.cases import CaseFacts, may_decide_case, may_see_case
from tutoring.policy.rooms.participation import RoomFacts, may_judge_held

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Act:
    """One act. `on`: what it needs, a message, a seat (a person in an open room), an open room, a person, a pair, or
    a matter (a case's room and its person, whichever there is).

    `by`: sees (whoever sees the case or watches over the room: short, and easily undone), decides (whoever may
    decide), coordinates (of these only coordinators and site admins).
    `sockets`: what open pages feel at once, told (they hear of it and show it), out (sockets leave the room), shut
    (the room closes), cut (every socket of the person ends).
    """

    on: str
    by: str
    sockets: str
    longest: timedelta | None = None
    for_longest: bool = False  # always that long: nobody is asked
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

# What a case's decision left standing: kept like an act, overturned by second looks alone.
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
    """The name of the row that an act leaves in the audit chain."""
    return f"act_{kind}"


def undo_row(kind: str) -> str:
    """The name of the row that its end leaves there, by whatever hand."""
    return f"undo_{kind}"


def may_act(kind: str, facts: CaseFacts) -> bool:
    """Acts within a case: never by whoever reported, the one it is about, or the families."""
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
    """Acts without a case, in a room that one watches over and takes no part in."""
    if not may_judge_held(known, False):
        return False
    return ACTION_RULES[kind].by != "coordinates" or "coordinator" in known.held


def may_reverse(kind: str, allowed: bool, stands: bool) -> bool:
    """Whoever may do the act now may undo it, as long as it stands."""
    return allowed and stands and ACTION_RULES[kind].reversible


def may_read_action(is_about: bool, of_the_room: bool, takes_part: bool) -> bool:
    """Who reads what was done and why: the one it is about, both of a pair; of a whole room whoever takes part."""
    return is_about or (of_the_room and takes_part)
