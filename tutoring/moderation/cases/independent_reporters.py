"""Counts the independent reporters of a case: three accounts of one person count once."""

from datetime import timedelta

import sqlalchemy as sa

from tutoring.accounts.models import Guardian
from tutoring.accounts.queries import users
from tutoring.kernel import clock
from tutoring.kernel.db import db
from tutoring.moderation.models import Case, Report

SETTLED = timedelta(days=1)  # younger accounts do not count
LATELY = timedelta(days=30)
TOO_OFTEN = 3  # reports of one user in that time, none of which was confirmed


def people_behind(case: Case) -> int:
    """Returns the number of independent reporters.

    Relatives and users of one device count once. New accounts and users with unfounded reports do not count.
    """
    rows = list(db.session.scalars(sa.select(Report).where(Report.case_id == case.id, Report.by_id.is_not(None))))
    people = users(row.by_id for row in rows if row.by_id is not None)
    young = clock.now() - SETTLED
    ties: dict[int, set[str]] = {}
    for row in rows:
        person = people.get(row.by_id or 0)
        if person is not None and person.created_at <= young and not _cries_wolf(person.id):
            ties.setdefault(person.id, {f"user:{person.id}"}).update(str(mark) for mark in row.marks)
    for child_id, guardian_id in db.session.execute(
        sa.select(Guardian.child_id, Guardian.guardian_id).where(Guardian.child_id.in_(list(ties)))
    ):
        ties[child_id].add(f"user:{guardian_id}")
    return _groups(list(ties.values()))


def _groups(ties: list[set[str]]) -> int:
    """Returns the number of sets left after merging those that share an element."""
    groups: list[set[str]] = []
    for one in ties:
        apart = [group for group in groups if group.isdisjoint(one)]
        groups = [*apart, one.union(*(group for group in groups if not group.isdisjoint(one)))]
    return len(groups)


def _cries_wolf(user_id: int) -> bool:
    """Returns whether the user repeatedly reported without findings.

    Such reports hide nothing any more; moderators still receive each.
    """
    query = (
        sa.select(Case.outcome)
        .join(Report, Report.case_id == Case.id)
        .where(Report.by_id == user_id, Case.state == "decided", Case.decided_at > clock.now() - LATELY)
    )
    outcomes = list(db.session.scalars(query))
    return len(outcomes) >= TOO_OFTEN and set(outcomes) == {"none"}
