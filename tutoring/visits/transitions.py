"""State transitions of a visit, with its reminders; called inside commands."""

from datetime import datetime, timedelta
from typing import Any

from tutoring.kernel import clock, jobs
from tutoring.kernel.db import db
from tutoring.kernel.events import publish
from tutoring.visits.eligibility import fit_now
from tutoring.visits.events import VisitEnded, VisitNear, VisitUnplanned
from tutoring.visits.models import Visit

REMINDED = (24, 2)  # hours before
_JOB = "visits.near"


def _key(row: Visit, hours: int) -> str:
    at = row.at or clock.now()
    return f"{_JOB}:{row.id}:{hours}:{at.isoformat()}"


def remind(row: Visit) -> None:
    """Enqueues the reminders whose time is in the future."""
    for hours in REMINDED:
        if row.at is not None and (when := row.at - timedelta(hours=hours)) > clock.now():
            jobs.enqueue(_JOB, _key(row, hours), when, visit_id=row.id, time=row.at.isoformat(), hours=hours)


def cancel_reminders(row: Visit) -> None:
    """Cancels the reminders of the planned time."""
    for hours in REMINDED if row.at is not None else ():
        jobs.cancel(_key(row, hours))


@jobs.job(_JOB)
def _near(payload: dict[str, Any]) -> None:
    """Sends the reminder to all.

    If a visitor may no longer come, the visit is unplanned while there is time.
    """
    row = db.session.get(Visit, payload["visit_id"], with_for_update={"key_share": True})
    if row is None or row.state != "planned" or row.at != datetime.fromisoformat(payload["time"]):
        return
    if not all(fit_now(one, row) for one in row.visitors):
        unplan(row)
    else:
        publish(VisitNear(row.id, row.asker_id, row.visitor_ids, row.kind, row.at, payload["hours"]))


def clear_plan(row: Visit) -> list[int]:
    """Clears time and visitors of a visit; returns the previous visitors."""
    gone = row.visitor_ids
    cancel_reminders(row)
    row.at = row.planner_id = row.visitor_one_id = row.visitor_two_id = row.number = None
    return gone


def unplan(row: Visit, *, by_asker: bool = False) -> None:
    """Returns a visit to the queue of those that wait for a plan."""
    row.state, row.state_since = "asked", clock.now()
    gone = clear_plan(row)
    publish(VisitUnplanned(row.id, row.unit_id, row.asker_id, gone, row.kind, by_asker))


def end_visit(row: Visit, state: str, why: str = "", by_id: int | None = None) -> None:
    """Ends a visit: done, missed, cancelled or refused.

    Done and missed visits keep their visitors, the others do not.
    """
    moment = clock.now()
    row.state, row.why, row.state_since, row.ended_at = state, why, moment, moment
    people = row.visitor_ids
    if state in {"cancelled", "refused"}:
        clear_plan(row)
    else:
        cancel_reminders(row)
        row.number = None
    publish(VisitEnded(row.id, row.asker_id, people, row.kind, state, why, by_id))
