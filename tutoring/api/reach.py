"""Whether the token of a request reaches a unit; whether its maker may see it is asked of the pages' own functions."""

from tutoring.community.queries import unit
from tutoring.community.units.scopes import ids_above
from tutoring.kernel.errors import NotFound
from tutoring.policy.api import reaches
from tutoring.web.api import bearer_tokens
from tutoring.web.api.bearer_tokens import Bearer


def reached(unit_id: int) -> Bearer:
    """Returns the holder of this request's token; raises NotFound for a unit that the token does not reach."""
    holder = bearer_tokens.require("")
    if not reaches(holder.unit_id, ids_above(unit(unit_id).path)):
        raise NotFound
    return holder
