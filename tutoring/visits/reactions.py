"""Reactions of visits: merged units, erased accounts, suspensions, visitors who may no longer go."""

import sqlalchemy as sa

from tutoring.accounts.events import AccountErased
from tutoring.community.events import HelperStopped, MembershipEnded, Suspended, UnitsMerged
from tutoring.kernel.db import db
from tutoring.kernel.events import on
from tutoring.visits.commands import look_again
from tutoring.visits.jobs import forget_person, stop_for
from tutoring.visits.models import Visit


@on(UnitsMerged)
def open_visits_follow_the_unit(event: UnitsMerged) -> None:
    """Moves open visits to the new unit; ended visits stay with the old one."""
    still_open = (Visit.unit_id == event.from_id, Visit.ended_at.is_(None))
    db.session.execute(sa.update(Visit).where(*still_open).values(unit_id=event.into_id))


@on(AccountErased)
def erase_with_the_account(event: AccountErased) -> None:
    forget_person(event.user_id)


@on(Suspended)
def nobody_goes(event: Suspended) -> None:
    stop_for(event.user_id)


@on(HelperStopped)
def others_go_for_whom_nobody_vouches(event: HelperStopped) -> None:
    look_again(event.user_id)


@on(MembershipEnded)
def others_go_for_who_left(event: MembershipEnded) -> None:
    look_again(event.user_id)
