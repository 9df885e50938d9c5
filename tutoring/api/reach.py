"""Whether the token of a request reaches a unit; whether its maker may see it is asked of the pages' own functions."""

from tutoring.community.models import Unit
from tutoring.community.units.scopes import ids_above
from tutoring.kernel.db import db
from tutoring.kernel.errors import NotFound
from tutoring.policy.api import reaches
from tutoring.web.api import bearer_tokens
from tutoring.web.api.bearer_tokens import Bearer


def reached(unit_id: int) -> Bearer:
    """Returns the holder of this request's token; raises NotFound for a unit that the token does not reach."""
    holder = bearer_tokens.require("")
    unit = db.session.get(Unit, unit_id) if 0 < unit_id < 2**31 else None
    if unit is None or not reaches(holder.unit_id, ids_above(unit.path)):
        raise NotFound
    return holder
