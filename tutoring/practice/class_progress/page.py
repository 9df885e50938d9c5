"""The progress of a class: the current screen of each learner whose progress teachers may see.

It shows no value that a learner typed or chose, and no minutes: the consent names none.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from tutoring.accounts.models import Consent, User
from tutoring.accounts.queries import in_force
from tutoring.community.models import Membership, Unit
from tutoring.community.queries import acting_roles_at, unit
from tutoring.kernel import clock
from tutoring.kernel.database.sql import in_ids
from tutoring.kernel.db import db
from tutoring.kernel.errors import NotFound
from tutoring.kernel.text import name_key
from tutoring.policy.class_overview import is_shown
from tutoring.policy.practice.shared_runs import may_see_group
from tutoring.practice.runs.models import PracticeRun
from tutoring.practice.screens.observed_screen import build_observed_screen
from tutoring.practice.shared_runs.queries import going_on, latest_of_each, replayed

STUCK = timedelta(minutes=3)  # on one screen
MAX_RUNS = 200  # the maximum number of runs read


@dataclass(frozen=True)
class AtWork:
    """One learner of the class, with the latest run."""

    name: str
    scenario: str
    mode: str
    screen: str
    reached: int
    goals: int
    since: datetime  # on this screen; it orders the rows and is not shown
    finished: bool
    passed: bool

    @property
    def stuck(self) -> bool:
        return not self.finished and clock.now() - self.since >= STUCK


def class_of(viewer: User, unit_id: int) -> Unit:
    """Returns a class that the viewer teaches; raises NotFound for all others."""
    found = unit(unit_id)
    if found.kind != "class" or not may_see_group(acting_roles_at(viewer, unit_id)):
        raise NotFound
    return found


def at_work(unit: Unit, language: str) -> list[AtWork]:
    """Returns the learners with a current run who are shown, the longest stuck first, finished ones last."""
    pupils = sa.select(Membership.user_id).where(
        Membership.unit_id == unit.id, Membership.role == "learner", Membership.state == "active",
        Membership.confirmed_at.is_not(None),
    )  # fmt: skip
    at_work_now = sa.select(PracticeRun.user_id).where(PracticeRun.user_id.in_(pupils), going_on())
    people = {user.id: user for user in db.session.scalars(sa.select(User).where(User.id.in_(at_work_now)))}
    # Those who are not shown take none of the runs that are read.
    query = sa.select(PracticeRun).where(PracticeRun.user_id.in_(_shown(people)), going_on())
    runs = db.session.scalars(query.order_by(PracticeRun.updated_at.desc(), PracticeRun.id).limit(MAX_RUNS))
    found = latest_of_each(replayed([(run, people[run.user_id]) for run in runs]))
    rows = []
    for one in found:
        run, screen = one.run, build_observed_screen(one.scenario, one.state, one.run.events, language)
        rows.append(
            AtWork(
                name=one.user.shown_name,
                scenario=one.scenario.title.in_(language),
                mode=run.mode,
                screen=screen.title,
                reached=screen.reached,
                goals=len(screen.goals),
                since=run.screen_at,
                finished=run.ended_at is not None,
                passed=run.passed,
            )
        )
    return sorted(rows, key=lambda row: (row.finished, row.since, name_key(row.name)))


def _shown(people: Mapping[int, User]) -> set[int]:
    """Returns those whose progress teachers may see by the consents that are in force now. One statement."""
    query = sa.select(Consent.subject_id, Consent.kind, Consent.purpose).where(
        in_ids(Consent.subject_id, people), sa.or_(in_force("consent"), in_force("assent"))
    )
    said = {(id, kind): set[str]() for id in people for kind in ("consent", "assent")}
    for id, kind, purpose in db.session.execute(query) if people else ():
        said[id, kind].add(purpose)
    return {
        id for id, one in people.items() if is_shown(one.kind, one.oldest_age, said[id, "consent"], said[id, "assent"])
    }
