"""What open cases do when units change."""

import sqlalchemy as sa

from tutoring.community.events import UnitsMerged
from tutoring.kernel.db import db
from tutoring.kernel.events import on
from tutoring.moderation.models import Case


@on(UnitsMerged)
def cases_go_along(event: UnitsMerged) -> None:
    still = (Case.unit_id == event.from_id, Case.state == "open")
    db.session.execute(sa.update(Case).where(*still).values(unit_id=event.into_id))
