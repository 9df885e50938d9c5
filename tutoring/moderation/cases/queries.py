"""Queries of cases and claims: who may see and decide, who is notified, the context of a report."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload, load_only

from tutoring.accounts.models import Guardian, User
from tutoring.accounts.queries import children, user, users
from tutoring.community.models import Membership, Unit
from tutoring.community.queries import ancestors, on_duty, roles_of
from tutoring.community.units.bound_scopes import bound_scope, room_for, scope_values
from tutoring.community.units.scopes import Scope, paths_of, scopes_by_role
from tutoring.kernel import clock
from tutoring.kernel.database.request_memo import once_in_request
from tutoring.kernel.database.sql import built_once, ids_parameter, in_ids
from tutoring.kernel.db import db
from tutoring.kernel.errors import NotFound
from tutoring.lessons.proposals.queries import editor_ids, is_editor
from tutoring.moderation.cases.viewer_facts import facts_of
from tutoring.moderation.models import REPLY, Case, Report
from tutoring.policy.insights import may_see_figures
from tutoring.policy.moderation import cases as policy
from tutoring.policy.moderation.cases import CaseFacts, may_take_over
from tutoring.policy.rooms.participation import CHILD_OBSERVER_ROLES, PARTICIPANT_ROLES, observer_roles
from tutoring.rooms.messages.queries import earlier_texts
from tutoring.rooms.models import Message, Seat

AROUND = 20
MOST = 200


class Viewer:
    """The facts of one user about cases. Each fact is queried once, however many cases there are."""

    def __init__(self, person: User) -> None:
        self.person = person
        self._paths: dict[int, str] = {}

    @cached_property
    def _over(self) -> dict[str, Scope]:
        return scopes_by_role(self.person.id, observer_roles(minors=False))

    @cached_property
    def watches(self) -> Scope:
        """The units that this user observes by a role."""
        return Scope.over(top for scope in self._over.values() for top in scope.tops)

    def know(self, unit_ids: Iterable[int | None]) -> None:
        """Loads the paths of many units in one query, before they are needed one by one."""
        self._paths.update(paths_of(id for id in unit_ids if id is not None and id not in self._paths))

    def know_paths(self, paths: Mapping[int, str]) -> None:
        """Takes over these paths of units."""
        self._paths.update(paths)

    def know_units(self, units: Iterable[Unit | None]) -> None:
        """Takes over the paths of units that have been loaded."""
        self._paths.update({unit.id: unit.path for unit in units if unit is not None})

    def _roles_over(self, unit_id: int | None) -> set[str]:
        if unit_id is None or not self.watches:
            return set()
        if unit_id not in self._paths:
            self.know([unit_id])
        return {role for role, units in self._over.items() if units.has(self._paths[unit_id])}

    @cached_property
    def edits(self) -> bool:
        return may_see_figures(roles_of(self.person.id), is_editor(self.person.id))

    @cached_property
    def _children(self) -> set[int]:
        return {tie.child_id for tie in children(self.person.id)}

    @cached_property
    def family(self) -> set[int]:
        """The user's children, guardians, and other guardians of the same children."""
        told = {"people": ids_parameter([*self._children, self.person.id])}
        return {*self._children, *db.session.scalars(_guardians(), told)} - {self.person.id}

    @cached_property
    def _takes_part(self) -> set[int]:
        """Rooms in which this user is or was a participant: reports there may be about this user."""
        return set(db.session.scalars(_own_rooms(), {"user": self.person.id}))

    @cached_property
    def _reported(self) -> set[int]:
        return _reported_by([self.person.id])

    @cached_property
    def _children_reported(self) -> set[int]:
        return _reported_by(self._children) if self._children else set()

    def facts(self, case: Case) -> policy.CaseFacts:
        """Returns this user's facts about this case, as the rules need them."""
        held = self._roles_over(case.unit_id)
        cared = case.welfare if case.is_welfare else None
        if self.person.site_admin:
            held.add("site_admin")
        reported = case.id in self._reported
        return policy.CaseFacts(
            grade=case.grade,
            minors=case.minors,
            held=held,
            of_unit=case.unit_id is not None,
            edits=case.kind == "lesson" and self.edits,
            is_about=case.about_id == self.person.id
            or (case.room_id in self._takes_part and not reported)
            or (cared is not None and self.person.id in (cared.author_id, *cared.kept_from)),
            reported=reported,
            family_of_about=case.about_id in self.family or (cared is not None and cared.author_id in self.family),
            family_of_reporter=case.id in self._children_reported,
            alarmed=case.alarm >= 2,
        )


def _reported_by(people: Iterable[int]) -> set[int]:
    return set(db.session.scalars(_reports_by(), {"people": ids_parameter(people)}))


@built_once
def _reports_by() -> sa.Select[Any]:
    return sa.select(Report.case_id).where(in_ids(Report.by_id, sa.bindparam("people")))


@built_once
def _own_rooms() -> sa.Select[Any]:
    return sa.select(Seat.room_id).where(Seat.user_id == sa.bindparam("user"), Seat.role.in_(PARTICIPANT_ROLES))


@built_once
def _guardians() -> sa.Select[Any]:
    of_these = in_ids(Guardian.child_id, sa.bindparam("people"))
    return sa.select(Guardian.guardian_id).where(of_these, Guardian.guardian_id.is_not(None))


@once_in_request
def viewer_of(person: User) -> Viewer:
    """Returns the facts of a user about cases, which all parts of a page share."""
    return Viewer(person)


def concerning(viewer: Viewer) -> list[sa.ColumnElement[bool]]:
    """Returns conditions of which one holds for each case that this user may see; the policy decides on each row."""
    return concerning_scope(viewer.watches, viewer.person.site_admin, viewer.edits)


def concerning_scope(watches: Scope, admin: bool, edits: bool) -> list[sa.ColumnElement[bool]]:
    """Returns the same conditions for a user who watches these units, is an administrator or edits lessons."""
    mine: list[sa.ColumnElement[bool]] = [watches.holds(Case.unit_id)]
    if admin:
        mine += [Case.unit_id.is_(None), Case.alarm >= 2]
    if edits:
        mine.append(Case.kind == "lesson")
    return mine


def visible(viewer: Viewer) -> list[Case]:
    """Returns the open cases that this user may see, by grade and deadline."""
    query = _open_cases(room_for(len(viewer.watches.tops)), viewer.person.site_admin, viewer.edits)
    found = list(db.session.scalars(query, scope_values("watched", viewer.watches)))
    viewer.know_units(case.unit for case in found)
    return [case for case in found if policy.may_see_case(viewer.facts(case))]


@built_once  # building it takes longer than running it
def _open_cases(room: int, admin: bool, edits: bool) -> Any:
    people = joinedload(Case.unit), joinedload(Case.about), joinedload(Case.claimed_by), joinedload(Case.welfare)
    return _concerned(sa.select(Case).options(*people), room, admin, edits)


def _concerned(query: Any, room: int, admin: bool, edits: bool) -> Any:
    mine = sa.or_(*concerning_scope(bound_scope("watched", room), admin, edits))
    return query.where(Case.state == "open", mine).order_by(Case.grade, Case.look_by, Case.id).limit(MOST)


def visible_in_brief(viewer: Viewer) -> list[tuple[Case, str]]:
    """Returns the cases of `visible` with the names of their units, without people and texts."""
    query = _open_cases_in_brief(room_for(len(viewer.watches.tops)), viewer.person.site_admin, viewer.edits)
    found = db.session.execute(query, scope_values("watched", viewer.watches)).all()
    viewer.know_paths({row[0].unit_id: row[1] for row in found if row[1] is not None})
    return [(row[0], row[2] or "") for row in found if policy.may_see_case(viewer.facts(row[0]))]


@built_once
def _open_cases_in_brief(room: int, admin: bool, edits: bool) -> Any:
    needed = load_only(
        Case.kind, Case.target, Case.room_id, Case.unit_id, Case.about_id, Case.minors, Case.grade, Case.state,
        Case.opened_at, Case.look_by, Case.decide_by, Case.looked_at, Case.alarm, Case.claimed_by_id,
        Case.claimed_until,
    )  # fmt: skip
    query = sa.select(Case, Unit.path, Unit.name).outerjoin(Unit, Unit.id == Case.unit_id)
    return _concerned(query.options(needed, joinedload(Case.welfare)), room, admin, edits)


def cases_with_reports(case_ids: Iterable[int]) -> list[tuple[Case, int]]:
    """Returns these cases with how many reports each has; without a permission check."""
    return [(row[0], row[1]) for row in db.session.execute(_with_reports(), {"cases": ids_parameter(case_ids)})]


@built_once
def _with_reports() -> Any:
    reports = sa.select(sa.func.count()).where(Report.case_id == Case.id).scalar_subquery()
    people = joinedload(Case.unit), joinedload(Case.about), joinedload(Case.welfare)
    return sa.select(Case, reports).options(*people).where(in_ids(Case.id, sa.bindparam("cases")))


def case_for(person: User, case_id: int) -> tuple[Case, policy.CaseFacts]:
    """Returns a case with the user's facts about it. Raises NotFound for users who may not see it."""
    case = db.session.get(Case, case_id)
    if case is None:
        raise NotFound
    known = Viewer(person).facts(case)
    if not policy.may_see_case(known):
        raise NotFound
    return case, known


def decides_message(person: User, room_id: int, seq: int) -> bool:
    """Returns whether this user decides an open case on whose page this message may stand."""
    query = sa.select(Case).where(Case.room_id == room_id, Case.state == "open")
    viewer = Viewer(person)
    return any(
        (not case.seq or abs(case.seq - seq) <= AROUND) and policy.may_decide_case(viewer.facts(case))
        for case in db.session.scalars(query)
        if not case.is_welfare
    )


def decides_reply(person: User, answer_id: int) -> bool:
    """Returns whether this user decides an open case about this answer to a request."""
    query = sa.select(Case).where(Case.kind == "site", Case.target == f"{REPLY}{answer_id}", Case.state == "open")
    viewer = Viewer(person)
    return any(policy.may_decide_case(viewer.facts(case)) for case in db.session.scalars(query))


def rooms_in_cases() -> set[int]:
    """Returns the rooms of open cases; removed content there is not deleted meanwhile."""
    query = sa.select(Case.room_id).where(Case.state == "open", Case.room_id.is_not(None))
    return {room_id for room_id in db.session.scalars(query) if room_id is not None}


def reports_of(case_id: int) -> list[Report]:
    """Returns the reports of a case, oldest first."""
    return list(db.session.scalars(sa.select(Report).where(Report.case_id == case_id).order_by(Report.id)))


def newest_reports_of(case_id: int) -> list[Report]:
    """Returns the reports of a case for a page, newest first.

    The limit keeps mass reporting from growing the page.
    """
    query = sa.select(Report).where(Report.case_id == case_id).order_by(Report.id.desc())
    return list(db.session.scalars(query.limit(MOST)))


def counts(case_ids: Iterable[int]) -> dict[int, int]:
    """Returns how many reports each case has."""
    return {row[0]: row[1] for row in db.session.execute(_counts(), {"cases": ids_parameter(case_ids)})}


@built_once
def _counts() -> sa.Select[int, int]:
    query = sa.select(Report.case_id, sa.func.count()).where(in_ids(Report.case_id, sa.bindparam("cases")))
    return query.group_by(Report.case_id)


def written_to(cases: Iterable[Case]) -> dict[int, User]:
    """Maps the cases about messages between two people to the person to whom `about` wrote; at most one query."""
    towards = {one.id: int(one.target.partition(":")[2]) for one in cases if one.kind == "pair"}
    if not towards:
        return {}
    found = users(set(towards.values()))
    return {case_id: found[user_id] for case_id, user_id in towards.items() if user_id in found}


def case(case_id: int) -> Case:
    """Returns a case without a permission check, for jobs and reactions."""
    return db.session.get_one(Case, case_id)


# ---- users notified --------------------------------------------------------------------------------------------


def users_to_notify(case: Case) -> list[int]:
    """Returns the users to notify of this case now, as far as they may see it."""
    found: set[int] = set()
    if case.unit_id is not None:
        duty = {one.id for one in on_duty(case.unit_id, minors=case.minors)}
        coordinators = holders(case.unit_id, ("coordinator",))
        if case.grade in ("S0", "S1") or case.alarm:
            found = duty | coordinators
            if case.grade == "S0" and len(_filter_who_may_see(found, case)) < 2:  # at least two, if there are two
                found |= holders(case.unit_id, observer_roles(case.minors))
        elif case.grade == "S2":
            here = holders(case.unit_id, observer_roles(case.minors) & CHILD_OBSERVER_ROLES)
            # The only one on duty may be a relative: then the others are notified.
            found = next((some for some in (duty, here) if _filter_who_may_see(some, case)), coordinators)
        else:
            found = coordinators or duty
    elif case.kind == "lesson":
        found = set(editor_ids())
    if case.unit_id is None or case.alarm >= 2:
        found |= set(db.session.scalars(sa.select(User.id).where(User.site_admin, User.state == "active")))
    return _filter_who_may_see(found, case)


def _filter_who_may_see(user_ids: set[int], case: Case) -> list[int]:
    """Returns those of these users who may see the case."""
    return sorted(id for id, known in _facts_of(user_ids, case).items() if policy.may_see_case(known))


def _facts_of(user_ids: Iterable[int], case: Case) -> dict[int, policy.CaseFacts]:
    return facts_of(users(user_ids).values(), case)


def to_decide(case: Case) -> list[int]:
    """Returns those of the notified users who may decide the case."""
    return sorted(id for id, known in _facts_of(users_to_notify(case), case).items() if policy.may_decide_case(known))


def holders(unit_id: int, roles: Iterable[str]) -> set[int]:
    """Returns the users with one of these roles in this unit or above."""
    query = sa.select(Membership.user_id).where(
        Membership.unit_id.in_(ancestors(unit_id)), Membership.role.in_(list(roles)), Membership.state == "active"
    )
    return set(db.session.scalars(query))


# ---- context of the report ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Line:
    """A message around the reported one, with its author's seat role.

    Names would reveal the reporter.
    """

    message: Message
    role: str
    about: bool
    reported: bool
    before: list[str]  # earlier versions, before its author edited it


def context(case: Case) -> list[Line]:
    """Returns twenty messages before and after a reported one; for a room its newest 41."""
    if case.room_id is None:
        return []
    query = sa.select(Message).options(joinedload(Message.voice)).where(Message.room_id == case.room_id)
    seq = case.seq
    if seq:
        query = query.where(Message.seq.between(seq - AROUND, seq + AROUND))
    rows = list(db.session.scalars(query.order_by(Message.seq.desc()).limit(2 * AROUND + 1)))[::-1]
    wrote = [one.author_id for one in rows if one.author_id is not None]
    seats = sa.select(Seat.user_id, Seat.role).where(Seat.room_id == case.room_id, Seat.user_id.in_(wrote))
    roles: dict[int, str] = {row[0]: row[1] for row in db.session.execute(seats)}
    about = {case.about_id} - {None}
    before = earlier_texts([one.id for one in rows if one.edited_at])
    return [
        Line(
            one, roles.get(one.author_id or 0, ""), one.author_id in about, one.seq == seq,
            [version.text for version in before.get(one.id, [])],
        )
        for one in rows
    ]  # fmt: skip


# ---- what reporters and families see -----------------------------------------------------------------------------


def my_reports(person: User) -> list[Report]:
    """Returns the reports of this user with their state, newest first."""
    query = sa.select(Report).options(joinedload(Report.case)).where(Report.by_id == person.id)
    return list(db.session.scalars(query.order_by(Report.id.desc()).limit(MOST)))


def of_children(person: User) -> list[tuple[Report, User]]:
    """Returns the reports made by the guardian's children.

    The guardian learns that a report was made and its outcome, once decided.
    """
    query = (
        sa.select(Report, User)
        .options(joinedload(Report.case))
        .join(Case, Case.id == Report.case_id)
        .join(User, User.id == Report.by_id)
        .join(Guardian, Guardian.child_id == Report.by_id)
        .where(
            Guardian.guardian_id == person.id,
            Guardian.confirmed_at.is_not(None),
            Report.family == "later",
            Case.state == "decided",
        )
        .order_by(Report.id.desc())
        .limit(MOST)
    )
    return [(report, child) for report, child in db.session.execute(query)]


def holder_of(case: Case) -> int | None:
    """Returns the holder of this case; claims expire without a job."""
    return case.claimed_by_id if case.claimed_until is not None and case.claimed_until > clock.now() else None


def holder_to_wait_for(case: Case, actor: User, known: CaseFacts) -> User | None:
    """Returns the holder for whom this user must wait before acting or deciding, or None."""
    holder_id = holder_of(case)
    if holder_id is None or holder_id == actor.id:
        return None
    holder = user(holder_id)
    return None if may_take_over(Viewer(holder).facts(case), known) else holder
