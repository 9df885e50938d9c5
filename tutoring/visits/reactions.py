"""Reactions of visits: merged units, erased accounts, suspensions, visitors who may no longer go."""

import sqlalchemy as sa

from tutoring.accounts.events import AccountErased
from tutoring.community.events import HelperStopped, MembershipEnded, Suspended, UnitsMerged
from tutoring.kernel.db import db
from tutoring.kernel.events import on
from tutoring.visits.commands import unplan_visits_of
from tutoring.visits.jobs import forget_person, stop_for
from tutoring.visits.models import Visit


@on(UnitsMerged)
def move_open_visits_of_merged_unit(event: UnitsMerged) -> None:
    """Moves open visits to the new unit; ended visits stay with the old one."""
    still_open = (Visit.unit_id == event.from_id, Visit.ended_at.is_(None))
    db.session.execute(sa.update(Visit).where(*still_open).values(unit_id=event.into_id))


@on(AccountErased)
def erase_with_the_account(event: AccountErased) -> None:
    forget_person(event.user_id)


@on(Suspended)
def stop_visits_of_suspended_user(event: Suspended) -> None:
    stop_for(event.user_id)


@on(HelperStopped)
def unplan_visits_of_stopped_helper(event: HelperStopped) -> None:
    unplan_visits_of(event.user_id)


@on(MembershipEnded)
def unplan_visits_of_former_member(event: MembershipEnded) -> None:
    unplan_visits_of(event.user_id)
