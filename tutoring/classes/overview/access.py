"""Which class or school a user may look at."""

from tutoring.accounts.models import User
from tutoring.community.models import Unit
from tutoring.community.positions import positions_of
from tutoring.community.queries import unit
from tutoring.community.units.scopes import ids_above
from tutoring.kernel.errors import NotFound
from tutoring.policy import class_overview as policy
from tutoring.policy.accounts import roles_that_count


def class_of(viewer: User, unit_id: int) -> Unit:
    """Returns a class whose teacher the viewer is; raises NotFound for all others."""
    found, held = _roles(viewer, unit_id)
    if not policy.may_see_progress(held, found.kind):
        raise NotFound
    return found


def school_of(viewer: User, unit_id: int) -> tuple[Unit, bool]:
    """Returns a school whose classes the viewer may see as sums, and whether the numbers are exact.

    Raises NotFound for all others.
    """
    found, held = _roles(viewer, unit_id)
    if not policy.may_see_class_sums(held, found.kind):
        raise NotFound
    return found, policy.sees_exact_sums(held)


def _roles(viewer: User, unit_id: int) -> tuple[Unit, frozenset[str]]:
    """Returns a unit and the acting roles of the viewer there or above."""
    found = unit(unit_id)
    over = ids_above(found.path)
    held = {one.role for one in positions_of(viewer.id) if one.unit_id in over}
    return found, roles_that_count(held, viewer.lacks_factor)
