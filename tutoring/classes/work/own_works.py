"""The works that are set for a person or for a guardian's children, each with the way straight to it."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

import sqlalchemy as sa
from flask import url_for
from flask_babel import get_locale
from sqlalchemy.orm import contains_eager, joinedload

from tutoring.accounts.models import User
from tutoring.classes.access import classes_of_children, confirmed_children
from tutoring.classes.work.models import ClassWork
from tutoring.classes.work.queries import chosen_of, stands
from tutoring.classes.work.states import WorkState, WorkStates
from tutoring.classes.work.targets import Catalogue, Target, catalogue_of
from tutoring.community.memberships.queries import classes_of
from tutoring.community.models import Unit
from tutoring.kernel.db import db
from tutoring.policy.classes import WorkFacts, is_set_for


@dataclass(frozen=True)
class OwnWork:
    """One work of a person: the user's own, or that of a child whom the user guards."""

    work: ClassWork
    target: Target
    state: WorkState
    href: str
    child: User | None = None


def works_for(person: User) -> list[OwnWork]:
    """Returns what is set for this user and for the user's children under 16, the nearest day first.

    What is done comes last. The number of statements does not grow with children, classes or works.
    """
    return _read(person, [tie.child for tie in confirmed_children(person)], own=True)


def works_of_child(child: User) -> list[OwnWork]:
    """Returns what is set for one child, for its guardian's page."""
    return _read(child, [child], own=False)


def _read(person: User, children: list[User], *, own: bool) -> list[OwnWork]:
    mine = classes_of(person.id) if own else frozenset[int]()
    theirs = classes_of_children([one.id for one in children])
    units = mine.union(*theirs.values())
    works = _works_in(units) if units else []
    if not works:
        return []
    chosen = chosen_of([one.id for one in works if one.audience == "pupils"])
    guarded = frozenset[int]().union(*theirs.values()) if own else frozenset[int]()
    pairs = list[tuple[ClassWork, User, User | None]]()
    for one in works:
        picked = chosen.get(one.id, frozenset())
        if own and _is_for(one, person.id, one.unit_id in mine, picked, one.unit_id in guarded):
            pairs.append((one, person, None))
        for child in children:
            if _is_for(one, child.id, one.unit_id in theirs.get(child.id, ()), picked, guards=False):
                pairs.append((one, child, child))
    catalogue = catalogue_of(works, str(get_locale()))
    states = WorkStates(works, {who.id for _work, who, _child in pairs}, catalogue)
    found = [_row(one, who, child, catalogue, states) for one, who, child in pairs]
    offered = [row for row in found if row.target.offered]
    return sorted(offered, key=lambda row: (row.state.done, row.work.due, row.work.id))


def _works_in(unit_ids: Collection[int]) -> list[ClassWork]:
    """Returns the works that stand; those of an archived class rest until it is restored."""
    query = sa.select(ClassWork).join(ClassWork.unit).where(
        ClassWork.unit_id.in_(sorted(unit_ids)), Unit.effective_to.is_(None), stands()
    )  # fmt: skip
    return list(db.session.scalars(query.options(joinedload(ClassWork.set_by), contains_eager(ClassWork.unit))))


def _is_for(work: ClassWork, user_id: int, pupil: bool, picked: Collection[int], guards: bool) -> bool:
    return is_set_for(WorkFacts(work.audience, pupil=pupil, chosen=user_id in picked, guards=guards))


def _row(work: ClassWork, who: User, child: User | None, catalogue: Catalogue, states: WorkStates) -> OwnWork:
    target, state = catalogue.target(work.kind, work.target), states.of(work, who.id)
    href = page_of(work) if child is not None else way(work, state, states, who.id)
    return OwnWork(work, target, state, href, child)


def way(work: ClassWork, state: WorkState, states: WorkStates, user_id: int) -> str:
    """Returns the address that leads straight to what is to be done next."""
    if work.kind == "lesson" and not state.done:
        return url_for("lessons.step", slug=work.target, number=max(1, state.step))
    if work.kind == "path" and state.next_slug:
        step = states.of_lesson(state.next_slug, user_id).step
        return url_for("lessons.step", slug=state.next_slug, number=max(1, step))
    return page_of(work)


def page_of(work: ClassWork) -> str:
    """Returns the page of what is set: there a guardian sees what the child does."""
    if work.kind == "help":
        return url_for("pairing.ask")
    if work.kind == "rehearsal":
        return url_for("practice.scenario", scenario=work.target)
    if work.kind == "path":
        return url_for("lessons.path", path=work.target)
    return url_for("lessons.quiz" if work.kind == "quiz" else "lessons.lesson", slug=work.target)


def open_ones(rows: Iterable[OwnWork]) -> list[OwnWork]:
    """Returns what is still to be done."""
    return [row for row in rows if not row.state.done]
