"""Who has a case in hand: for ten minutes nobody else decides or acts. Claims fall away by time alone."""

from datetime import timedelta

from tutoring.accounts.models import User
from tutoring.accounts.queries import user
from tutoring.kernel import clock
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, NotAllowed
from tutoring.kernel.events import announce
from tutoring.kernel.text import N_
from tutoring.moderation.cases import case_for
from tutoring.moderation.events import CaseClaimed
from tutoring.moderation.models import Case
from tutoring.policy.moderation import Facts
from tutoring.rooms.queries import locked_room, shown_time

CLAIM = timedelta(minutes=10)
TAKEN = N_("%(name)s đang xem việc này đến %(until)s. Hãy chờ, hoặc nhờ người đó nhường lại.")


def locked(actor: User, case_id: int) -> tuple[Case, Facts]:
    """An open case, held by the running command until it ends, its room first; raises Missing for who may not see
    it, and Conflict once it is decided."""
    found, _known = case_for(actor, case_id)
    if found.room_id is not None:
        locked_room(found.room_id)
    db.session.refresh(found, with_for_update=True)
    found, known = case_for(actor, case_id)
    if found.state != "open":
        raise Conflict(N_("Việc này đã được quyết định rồi."))
    return found, known


def holder_of(case: Case) -> int | None:
    """Who has this case in hand now."""
    return case.claimed_by_id if case.claimed_until is not None and case.claimed_until > clock.now() else None


def hold(case: Case, actor: User) -> None:
    """Inside the running command, of a locked case: it is this person's for ten minutes from now, unless it is
    somebody else's."""
    holder = holder_of(case)
    if holder is not None and holder != actor.id:
        assert case.claimed_until is not None
        name, until = user(holder).shown_name, shown_time(case.claimed_until)
        raise Conflict(TAKEN, code="claimed", name=name, until=until)
    case.claimed_by_id, case.claimed_until = actor.id, clock.now() + CLAIM
    if holder is None:
        announce(CaseClaimed(case.id))


@command
def claim(actor: User, case_id: int) -> Case:
    """Take a case in hand; of two in one moment one gets it. Whoever has it already goes on for ten minutes."""
    found, known = locked(actor, case_id)
    if known.reported:
        raise NotAllowed(N_("Bạn là người báo việc này, nên người khác quyết định."))
    hold(found, actor)
    return found


@command
def let_go(actor: User, case_id: int) -> Case:
    """Leave a case to others before the time is over."""
    found, _known = locked(actor, case_id)
    if holder_of(found) == actor.id:
        drop(found)
    return found


def drop(case: Case) -> None:
    """Inside the running command: nobody has the case in hand any more."""
    if case.claimed_by_id is not None:
        case.claimed_by_id = case.claimed_until = None
        announce(CaseClaimed(case.id))
