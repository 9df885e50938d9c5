"""Whether a user may work at a ward's desk, or set up its queue."""

from tutoring.accounts.models import User
from tutoring.community.models import Unit
from tutoring.community.queries import roles_for, unit
from tutoring.kernel.errors import NotFound
from tutoring.policy import queues as policy


def clerk_unit(actor: User, unit_id: int) -> Unit:
    """Returns the ward at whose desk this user works. Raises NotFound."""
    place = unit(unit_id)
    if not policy.may_call(roles_for(actor, unit_id), place.kind):
        raise NotFound
    return place


def setter_unit(actor: User, unit_id: int) -> Unit:
    """Returns the ward whose queue this user sets up. Raises NotFound."""
    place = unit(unit_id)
    if not policy.may_set_queue(roles_for(actor, unit_id), place.kind):
        raise NotFound
    return place
