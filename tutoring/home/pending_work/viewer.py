"""The person whose work is collected, and what the person looks after; read once for all sources."""

from collections.abc import Collection
from functools import cached_property

from tutoring.accounts.models import User
from tutoring.community.models import Unit
from tutoring.community.units.scopes import Scope
from tutoring.lessons.skills import queries as skills_queries
from tutoring.moderation.cases import queries as cases_queries
from tutoring.policy.access import STAFF
from tutoring.web.i18n import language


class Viewer:
    """A member of staff or a site admin, with the roles that count in this session.

    `staff` are the units where the person is staff, each with the roles there. `child_ids` are the person's children.
    """

    def __init__(
        self, person: User, held: Collection[str], staff: dict[Unit, set[str]], child_ids: Collection[int] = ()
    ) -> None:
        self.person, self.staff, self.child_ids = person, staff, list(child_ids)
        self.admin = "site_admin" in held
        self._scopes: dict[frozenset[str], Scope] = {}

    @property
    def id(self) -> int:
        return self.person.id

    def units(self, roles: Collection[str]) -> list[Unit]:
        """Returns the units where the person holds one of these roles."""
        return [unit for unit, held in self.staff.items() if not held.isdisjoint(roles)]

    def scope(self, roles: Collection[str] = STAFF) -> Scope:
        """Returns the units where the person holds one of these roles, and all below them; without a query."""
        key = frozenset(roles)
        if key not in self._scopes:
            self._scopes[key] = Scope.over(unit.path for unit in self.units(key))
        return self._scopes[key]

    def own_unit(self, path: str, roles: Collection[str]) -> Unit | None:
        """Returns the nearest unit of this role that is the unit of a path or above it."""
        over = [unit for unit in self.units(roles) if path.startswith(unit.path)]
        return max(over, key=lambda unit: len(unit.path), default=None)

    @cached_property
    def topics(self) -> dict[str, str]:
        """The names of the topics of help requests, by id."""
        return skills_queries.topic_names(language())

    @cached_property
    def cases(self) -> cases_queries.Viewer:
        """The facts about cases, shared by all sources that need them."""
        return cases_queries.viewer_of(self.person)
