"""The escalation order of a welfare alarm."""

import sqlalchemy as sa

from tutoring.accounts.models import User
from tutoring.community.queries import on_duty
from tutoring.kernel.db import db
from tutoring.moderation.cases.queries import Viewer, holders
from tutoring.moderation.models import Case
from tutoring.policy.rooms.participation import PARTICIPANT_ROLES, observer_roles
from tutoring.rooms.models import Seat


def ladder(case: Case) -> list[list[int]]:
    """Returns the groups that a welfare alarm notifies, one after another.

    They are staff on duty, coordinators, all who may observe, and site admins.

    Each user is in one group, and empty groups are omitted. The number of queries does not grow with the users.
    """
    cared = case.welfare
    groups: list[set[int]] = []
    if case.unit_id is not None:
        groups.append({one.id for one in on_duty(case.unit_id, minors=case.minors)})
        groups.append(holders(case.unit_id, ("coordinator",)))
        groups.append(holders(case.unit_id, observer_roles(case.minors)))
    groups.append(set(db.session.scalars(sa.select(User.id).where(User.site_admin))))
    active = sa.select(User.id).where(User.id.in_(set().union(*groups)), User.state == "active")
    left = set(db.session.scalars(active)) - set(cared.kept_from if cared else ()) - _too_near(case)
    steps = []
    for group in groups:
        steps.append(sorted(group & left))
        left -= group
    return [step for step in steps if step]


def _too_near(case: Case) -> set[int]:
    """Returns the author, the author's relatives, and the participants of the room.

    One set of queries applies the rule for all users at once.
    """
    cared, near = case.welfare, set[int]()
    if case.room_id is not None:
        part = sa.select(Seat.user_id).where(Seat.room_id == case.room_id, Seat.role.in_(PARTICIPANT_ROLES))
        near.update(db.session.scalars(part))
    if cared is not None and cared.author is not None:
        near.update({cared.author.id}, Viewer(cared.author).family)
    return near
