"""Rows of the permission matrix: visits at the help desk of the ward's centre and at home."""

from datetime import UTC, datetime

from tutoring.policy import visits
from tutoring.policy.access import SIGNED_IN
from tutoring.policy.matrix.rows import PEOPLE, MatrixRow, roles_held, room_facts, routes

_AT = datetime(2026, 1, 5, 2, tzinfo=UTC)  # a Monday, nine o'clock in Vietnam


def _staff(role: str, inside: bool, state: str = "asked") -> visits.VisitFacts:
    return visits.VisitFacts(held=roles_held(role, inside), state=state, at=_AT)


def _asker(role: str, inside: bool, state: str) -> visits.VisitFacts:
    return visits.VisitFacts(is_asker=role in PEOPLE and inside, state=state, at=_AT)


def _visitor(role: str, inside: bool) -> visits.VisitFacts:
    """Returns the facts about a visitor; `inside` is a visit of theirs.

    A newcomer has no nomination.
    """
    goes = role in PEOPLE and role != "newcomer" and inside
    return visits.VisitFacts(is_visitor=goes, state="planned", at=_AT)


VISITS: tuple[MatrixRow, ...] = (
    MatrixRow(
        "Visits",
        "ask to meet at the centre of one's ward or at home, for oneself (grown-ups)",
        lambda role, inside: role in PEOPLE and visits.may_ask_visit(False, inside),
        SIGNED_IN,
        routes("visits", "visits new_visit visit decline_visit"),
    ),
    MatrixRow(
        "Visits",
        "call off a meeting one asked for; say that somebody shall not come",
        lambda role, inside: visits.may_cancel(_asker(role, inside, "planned")),
        SIGNED_IN,
        routes("visits", "cancel_visit visit_without"),
    ),
    MatrixRow(
        "Visits",
        "say whether it helped, go on online",
        lambda role, inside: visits.may_judge(_asker(role, inside, "done")),
        SIGNED_IN,
        routes("visits", "judge_visit visit_online"),
    ),
    MatrixRow(
        "Visits",
        "propose to meet out of a room of grown-ups (who helps, who watches)",
        lambda role, inside: visits.may_offer_visit(room_facts(role, inside, minors=False), None),
        SIGNED_IN,
        routes("visits", "offer_visit"),
    ),
    MatrixRow(
        "Visits",
        "see who asks to meet in the unit and below; plan, plan anew",
        lambda role, inside: visits.may_change_plan(_staff(role, inside)),
        visits.PLANNERS,
        routes("visits", "unit_visits plan_visit"),
    ),
    MatrixRow(
        "Visits",
        "refuse a meeting",
        lambda role, inside: visits.may_change_plan(_staff(role, inside)),
        visits.PLANNERS,
        routes("visits", "refuse_visit"),
        reason=True,
    ),
    MatrixRow(
        "Visits",
        "read the address of a visit (who goes there, who planned it; from a day before to the day after)",
        lambda role, inside: visits.may_read_address(_visitor(role, inside), _AT),
        SIGNED_IN,
        routes("visits", "visit_address"),
    ),
    MatrixRow(
        "Visits",
        "carry the badge of a visit; say how it went",
        lambda role, inside: visits.may_say_how_it_went(_visitor(role, inside), _AT),
        SIGNED_IN,
        routes("visits", "visit_badge end_visit miss_visit"),
    ),
)
