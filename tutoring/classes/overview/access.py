"""Which class or school a user may look at."""

from tutoring.accounts.models import User
from tutoring.community.models import Unit
from tutoring.community.positions import positions_of
from tutoring.community.units.scopes import ids_above
from tutoring.kernel.db import db
from tutoring.kernel.errors import NotFound
from tutoring.policy import class_overview as policy
from tutoring.policy.accounts import roles_that_count


def class_of(viewer: User, unit_id: int) -> Unit:
    """Returns a class whose teacher the viewer is; raises NotFound for all others."""
    unit, held = _roles(viewer, unit_id)
    if not policy.may_see_progress(held, unit.kind):
        raise NotFound
    return unit


def school_of(viewer: User, unit_id: int) -> tuple[Unit, bool]:
    """Returns a school whose classes the viewer may see as sums, and whether the numbers are exact.

    Raises NotFound for all others.
    """
    unit, held = _roles(viewer, unit_id)
    if not policy.may_see_class_sums(held, unit.kind):
        raise NotFound
    return unit, policy.sees_exact_sums(held)


def _roles(viewer: User, unit_id: int) -> tuple[Unit, frozenset[str]]:
    """Returns a unit and the acting roles of the viewer there or above."""
    unit = db.session.get(Unit, unit_id) if 0 < unit_id < 2**31 else None
    if unit is None:
        raise NotFound
    over = ids_above(unit.path)
    held = {one.role for one in positions_of(viewer.id) if one.unit_id in over}
    return unit, roles_that_count(held, viewer.lacks_factor)
