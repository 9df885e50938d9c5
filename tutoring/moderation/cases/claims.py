"""Claims of cases: for ten minutes only the holder decides or acts.

Claims expire without a job.
"""

from datetime import timedelta

from tutoring.accounts.models import User
from tutoring.accounts.queries import user
from tutoring.kernel import audit, clock
from tutoring.kernel.commands import command
from tutoring.kernel.db import lock
from tutoring.kernel.errors import Conflict, Forbidden, NotFound
from tutoring.kernel.events import publish
from tutoring.kernel.text import N_
from tutoring.moderation.cases.queries import case_for, holder_of, holder_to_wait_for
from tutoring.moderation.events import CaseClaimed, CaseTakenOver
from tutoring.moderation.models import Case
from tutoring.policy.moderation.cases import CaseFacts
from tutoring.rooms.queries import locked_room, shown_time
from tutoring.safety.free_text import validate_reason

CLAIM = timedelta(minutes=10)
LONGEST = 200
ASK_FIRST = N_("%(name)s đang xem việc này đến %(until)s. Muốn nhận thay, hãy ghi lý do ở trang của việc.")
TAKEN = N_("%(name)s đang xem việc này đến %(until)s. Hãy chờ, hoặc nhờ người đó nhường lại.")


def lock_case(actor: User, case_id: int, *, welfare: bool = False) -> tuple[Case, CaseFacts]:
    """Returns an open case, locked until the command ends, after locking its room.

    Raises NotFound for users who may not see it, and Conflict once it is decided. Rejects welfare cases unless
    `welfare` is set: other actions and decisions do not apply to them.
    """
    found, _known = case_for(actor, case_id)
    if found.is_welfare and not welfare:
        raise NotFound
    if found.room_id is not None:
        locked_room(found.room_id)
    lock(found)
    found, known = case_for(actor, case_id)
    if found.state != "open":
        raise Conflict(N_("Việc này đã được quyết định rồi."))
    return found, known


def hold(case: Case, actor: User, known: CaseFacts) -> None:
    """Claims a locked case for ten minutes, inside the running command.

    Raises Conflict if another user holds it.
    """
    if (holder_id := holder_of(case)) not in (None, actor.id):
        assert holder_id is not None and case.claimed_until is not None
        say = TAKEN if holder_to_wait_for(case, actor, known) is not None else ASK_FIRST
        raise Conflict(say, code="claimed", name=user(holder_id).shown_name, until=shown_time(case.claimed_until))
    changes = holder_of(case) != actor.id
    case.claimed_by_id, case.claimed_until = actor.id, clock.now() + CLAIM
    if changes:
        publish(CaseClaimed(case.id))


@command
def claim(actor: User, case_id: int, reason: str = "") -> Case:
    """Claims a case; of two concurrent claims one succeeds.

    The holder's own claim is extended by ten minutes.

    A user who may decide the case takes it over from one who may not, with a reason that the holder reads.
    """
    found, known = lock_case(actor, case_id, welfare=True)
    if known.reported:
        raise Forbidden(N_("Bạn là người báo việc này, nên người khác quyết định."))
    if (
        reason
        and (holder_id := holder_of(found)) not in (None, actor.id)
        and holder_to_wait_for(found, actor, known) is None
    ):
        reason = validate_reason(reason[:LONGEST])
        found.claimed_by_id = found.claimed_until = None
        audit.record(actor.id, "take_case", f"case:{found.id}", reason, holder=holder_id)
        publish(CaseTakenOver(found.id, holder_id or 0, actor.id, reason))
    hold(found, actor, known)
    return found


@command
def let_go(actor: User, case_id: int) -> Case:
    """Releases a case before the claim expires."""
    found, _known = lock_case(actor, case_id, welfare=True)
    if holder_of(found) == actor.id:
        drop(found)
    return found


def drop(case: Case) -> None:
    """Clears the claim of a case inside the running command."""
    if case.claimed_by_id is not None:
        case.claimed_by_id = case.claimed_until = None
        publish(CaseClaimed(case.id))
