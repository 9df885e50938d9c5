"""The lock of a picture that went to the police is taken off by hand, once nobody needs it any more."""

from tutoring.accounts.models import User
from tutoring.kernel.commands import command
from tutoring.kernel.errors import Conflict, NotAllowed
from tutoring.kernel.text import N_
from tutoring.moderation.cases import case_for
from tutoring.moderation.models import Case
from tutoring.policy.moderation import may_lift_lock
from tutoring.rooms import commands as rooms
from tutoring.safety.free_text import plain_reason

_NOT_LOCKED = N_("Ảnh này không còn bị khoá.")


@command
def lift_picture_lock(actor: User, case_id: int, reason: str) -> Case:
    """From now on the file is forgotten like that of every hidden picture. It is not shown again by this."""
    found, known = case_for(actor, case_id)
    if not may_lift_lock(known):
        raise NotAllowed(N_("Việc này do điều phối viên hoặc quản trị không báo việc này làm."))
    if found.state == "open":
        raise Conflict(N_("Việc này chưa được quyết định, nên ảnh còn bị khoá."))
    reason = plain_reason(reason)
    if found.room_id is None or found.kind != "message":
        raise Conflict(_NOT_LOCKED)
    if not rooms.lock_picture(found.room_id, found.seq, on=False, by_id=actor.id, reason=reason):
        raise Conflict(_NOT_LOCKED)
    return found
