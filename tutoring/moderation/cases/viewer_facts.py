"""Facts of many users about one case. The number of statements does not grow with the users."""

from collections.abc import Collection

import sqlalchemy as sa

from tutoring.accounts.models import Guardian, User
from tutoring.community.models import Membership
from tutoring.community.queries import ancestors
from tutoring.kernel.database.sql import in_ids
from tutoring.kernel.db import db
from tutoring.lessons.proposals.models import LessonEditor
from tutoring.moderation.models import Case, Report
from tutoring.policy.insights import may_see_figures
from tutoring.policy.moderation.cases import CaseFacts
from tutoring.policy.rooms.participation import PARTICIPANT_ROLES, observer_roles
from tutoring.rooms.models import Seat


def facts_of(people: Collection[User], case: Case) -> dict[int, CaseFacts]:
    """Returns what `Viewer(person).facts(case)` returns for each of these users, by id."""
    ids = [one.id for one in people]
    if not ids:
        return {}
    held, edit = _held(ids, case.unit_id), _editors(ids) if case.kind == "lesson" else set()
    takes_part, reported = _takes_part(ids, case.room_id), _reported(case.id)
    cared = case.welfare if case.is_welfare else None
    protected = {cared.author_id, *cared.kept_from} if cared is not None else set()
    subjects = {case.about_id, cared.author_id if cared is not None else None} - {None}
    of_about = set[int]().union(*(_family(id) for id in subjects if id is not None))
    of_reporter = _guardians_of(reported)
    return {
        one.id: CaseFacts(
            grade=case.grade,
            minors=case.minors,
            held=held.get(one.id, set()) | ({"site_admin"} if one.site_admin else set()),
            of_unit=case.unit_id is not None,
            edits=one.id in edit,
            is_about=case.about_id == one.id
            or (one.id in takes_part and one.id not in reported)
            or one.id in protected,
            reported=one.id in reported,
            family_of_about=one.id in of_about,
            family_of_reporter=one.id in of_reporter,
            alarmed=case.alarm >= 2,
        )
        for one in people
    }


def _held(ids: list[int], unit_id: int | None) -> dict[int, set[str]]:
    if unit_id is None:
        return {}
    query = sa.select(Membership.user_id, Membership.role).where(
        in_ids(Membership.user_id, ids), Membership.unit_id.in_(ancestors(unit_id)), Membership.state == "active",
        Membership.role.in_(observer_roles(minors=False)),
    )  # fmt: skip
    return _by_person(query)


def _editors(ids: list[int]) -> set[int]:
    mine = sa.select(Membership.user_id, Membership.role)
    roles = _by_person(mine.where(in_ids(Membership.user_id, ids), Membership.state == "active"))
    named = set(db.session.scalars(sa.select(LessonEditor.user_id).where(in_ids(LessonEditor.user_id, ids))))
    return {id for id in ids if may_see_figures(roles.get(id, set()), id in named)}


def _by_person(query: sa.Select[int, str]) -> dict[int, set[str]]:
    found: dict[int, set[str]] = {}
    for user_id, role in db.session.execute(query):
        found.setdefault(user_id, set()).add(role)
    return found


def _takes_part(ids: list[int], room_id: int | None) -> set[int]:
    if room_id is None:
        return set()
    query = sa.select(Seat.user_id).where(
        Seat.room_id == room_id, Seat.role.in_(PARTICIPANT_ROLES), in_ids(Seat.user_id, ids)
    )
    return set(db.session.scalars(query))


def _reported(case_id: int) -> set[int]:
    query = sa.select(Report.by_id).where(Report.case_id == case_id, Report.by_id.is_not(None)).distinct()
    return {id for id in db.session.scalars(query) if id is not None}


def _family(user_id: int) -> set[int]:
    """Returns the user's children, guardians, and other guardians of the same children.

    The relation is symmetric.
    """
    children = set(db.session.scalars(sa.select(Guardian.child_id).where(Guardian.guardian_id == user_id)))
    return (children | _guardians_of({*children, user_id})) - {user_id}


def _guardians_of(child_ids: set[int]) -> set[int]:
    if not child_ids:
        return set()
    query = sa.select(Guardian.guardian_id).where(in_ids(Guardian.child_id, child_ids))
    return {id for id in db.session.scalars(query) if id is not None}
