"""Who has a case in hand: for ten minutes nobody else decides or acts. Claims fall away by time alone."""

from datetime import timedelta

from tutoring.accounts.models import User
from tutoring.kernel import clock
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, NotAllowed
from tutoring.kernel.events import announce
from tutoring.kernel.text import N_
from tutoring.moderation.cases import case_for
from tutoring.moderation.claims import holder_of, waits_for
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


def hold(case: Case, actor: User, known: Facts) -> None:
    """Inside the running command, of a locked case: it is this person's for ten minutes from now, unless somebody
    else has it who may decide it, too."""
    other = waits_for(case, actor, known)
    if other is not None:
        assert case.claimed_until is not None
        raise Conflict(TAKEN, code="claimed", name=other.shown_name, until=shown_time(case.claimed_until))
    changes = holder_of(case) != actor.id
    case.claimed_by_id, case.claimed_until = actor.id, clock.now() + CLAIM
    if changes:
        announce(CaseClaimed(case.id))


@command
def claim(actor: User, case_id: int) -> Case:
    """Take a case in hand; of two in one moment one gets it. Whoever has it already goes on for ten minutes."""
    found, known = locked(actor, case_id)
    if known.reported:
        raise NotAllowed(N_("Bạn là người báo việc này, nên người khác quyết định."))
    hold(found, actor, known)
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
