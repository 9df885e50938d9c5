"""Opens a room for one helper and several learners.

Every rule of a pair is checked for each learner.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from tutoring.accounts.models import User
from tutoring.accounts.queries import guardians
from tutoring.community.models import Unit
from tutoring.community.queries import on_duty, roles_of
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict
from tutoring.kernel.text import N_
from tutoring.lessons.skills import queries as skills_queries
from tutoring.pairing.eligibility import can_ask, helper_facts, person_facts
from tutoring.pairing.models import Avoidance
from tutoring.pairing.vetting.queries import trusted
from tutoring.policy.pairing.group_sessions import Group, fewest, may_come
from tutoring.policy.pairing.requests import is_attended, needs_guardian_seat
from tutoring.rooms.models import Room
from tutoring.rooms.sessions import closure
from tutoring.rooms.sessions import commands as sessions_commands

SHUT = N_("Chưa có thầy cô trực nên phòng chưa mở được.")
FEW = N_("Chưa đủ người đến nên buổi này không mở.")


@dataclass(frozen=True)
class OpenedGroup:
    """A room, and the learners whom the rules no longer admit."""

    room: Room
    left_out: tuple[int, ...]


def avoiding(user_ids: Sequence[int]) -> set[frozenset[int]]:
    """Returns the pairs of these people in which one wishes to avoid the other."""
    ids = list(user_ids)
    query = sa.select(Avoidance.user_id, Avoidance.other_id).where(
        Avoidance.user_id.in_(ids), Avoidance.other_id.in_(ids)
    )
    return {frozenset(pair) for pair in db.session.execute(query)}


def _families(helper: User, learners: Sequence[User]) -> dict[int, list[int]]:
    """Returns the guardians who get a seat, by child; a guardian who helps already has one."""
    return {
        one.id: [guardian.id for guardian in guardians(one.id) if guardian.id != helper.id]
        for one in learners
        if one.kind == "child"
    }


def _let_in(
    unit: Unit, helper: User, learners: Sequence[User], group: Group, families: dict[int, list[int]], observed: bool
) -> list[User]:
    """Returns those learners, in their order, whom every rule admits now."""
    known, helper_roles = helper_facts(helper), roles_of(helper.id)
    apart = avoiding([helper.id, *(one.id for one in learners)])
    found: list[User] = []
    for one in learners:
        child = person_facts(one)
        seats = {"learner", "helper", *(["guardian"] if families.get(one.id) else [])}
        # A young child needs the seat of its own guardian: another child's guardian does not count.
        own = one.kind == "child" and helper.id in {guardian.id for guardian in guardians(one.id)}
        attended = not needs_guardian_seat(child) or is_attended(seats, own, helper_roles)
        meets = all(frozenset({one.id, other}) not in apart for other in [helper.id, *(f.id for f in found)])
        comes = may_come(known, child, group, youth_help_adults=unit.youth_may_help_adults, observed=observed)
        if attended and meets and comes and can_ask(one):
            found.append(one)
    return found


def open_group(
    unit: Unit, helper: User, learners: Sequence[User], group: Group, topic: str, level: int, *, alone: bool = False
) -> OpenedGroup:
    """Opens a room for the learners whom the rules admit now.

    Raises Conflict when it may not open, with code `few` when too few learners are left. With `alone` one learner is
    enough, who has agreed to this helper.
    """
    minors = group.pupils or helper.is_minor
    if minors:
        closure.check_hours(unit.id)
    families = _families(helper, learners)
    seated = {helper.id, *(one.id for one in learners), *(one for family in families.values() for one in family)}
    watchers = on_duty(unit.id, minors=minors, but=seated)
    if minors and not watchers:
        raise Conflict(SHUT)
    able = skills_queries.skills_of(helper.id).get(topic, 0) >= level
    found = _let_in(unit, helper, learners, group, families, bool(watchers)) if able else []
    if len(found) < (1 if alone else fewest(helper.is_minor, group.pupils)):
        raise Conflict(FEW, code="few")
    seats = {person.id: "learner" for person in found} | {helper.id: "helper"}
    for person in found:
        for guardian_id in families.get(person.id, ()):
            seats.setdefault(guardian_id, "guardian")
    room = sessions_commands.open_room(
        unit.id, seats.items(), topic=topic, minors=minors, observed=bool(watchers),
        trusted=len(found) == 1 and trusted(found[0].id, helper), kind="group",
    )  # fmt: skip
    here = {person.id for person in found}
    return OpenedGroup(room, tuple(one.id for one in learners if one.id not in here))
