"""Commands of letterheads."""

from collections.abc import Mapping

from tutoring.accounts.models import User
from tutoring.community.papers.models import LONGEST, Letterhead
from tutoring.community.queries import roles_for, unit
from tutoring.kernel import audit
from tutoring.kernel.commands import command
from tutoring.kernel.database.sql import insert_if_absent
from tutoring.kernel.db import db
from tutoring.kernel.errors import InvalidInput, NotFound
from tutoring.kernel.text import N_
from tutoring.policy import community as policy


@command
def set_letterhead(actor: User, unit_id: int, values: Mapping[str, str]) -> Letterhead:
    """Saves what the papers of a unit say of its office.

    Raises NotFound, or InvalidInput for a text that is too long.
    """
    unit(unit_id)
    if not policy.may_set_letterhead(roles_for(actor, unit_id)):
        raise NotFound
    insert_if_absent(Letterhead, unit_id=unit_id)  # else two who save for the first time at once would collide
    row = db.session.get_one(Letterhead, unit_id, with_for_update=True, populate_existing=True)
    changed = []
    for name, most in LONGEST.items():
        lines = (" ".join(line.split()) for line in values.get(name, "").splitlines())
        value = "\n".join(line for line in lines if line)
        if len(value) > most:
            raise InvalidInput(N_("Dài quá. Hãy viết trong %(most)s chữ cái."), field=name, most=most)
        if value != (getattr(row, name) or ""):
            changed.append(name)
        setattr(row, name, value)
    audit.record(actor.id, "set_letterhead", f"unit:{unit_id}", changed=changed)
    return row
