"""Reads of class lists: the basis of a school, checked files, staged pupils."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import undefer

from tutoring.accounts.models import User
from tutoring.community.class_cards.models import ClassClaim
from tutoring.community.class_files.pupils import NOT_A_ROW
from tutoring.community.class_files.staff import NAMESAKE
from tutoring.community.class_lists.models import ClassLine, ClassListBasis, ClassListDraft
from tutoring.community.models import Membership, Unit
from tutoring.community.queries import roles_for, unit
from tutoring.kernel import clock
from tutoring.kernel.db import db
from tutoring.kernel.errors import NotFound
from tutoring.kernel.text import fold
from tutoring.policy import class_lists as policy

NO_CLASS = "no_class"  # the fault of a row whose class is none of this school
MOST_SHOWN = 200


@dataclass(frozen=True)
class DraftRow:
    """One row of a checked file; `unit_id` is its class."""

    row: int
    full: str | None
    called: str | None
    year: int | None
    fault: str | None
    group: str
    mark: str
    unit_id: int | None
    role: str = ""

    @property
    def needs_correction(self) -> bool:
        """Whether the row is a person whom the list does not say rightly."""
        return self.fault not in (None, NOT_A_ROW, NAMESAKE)


@dataclass(frozen=True)
class StagedPupil:
    """A staged pupil as pages show it, and a member of the class who may be the same child."""

    line: ClassLine
    member: User | None


def basis_of(place: Unit) -> ClassListBasis | None:
    """Returns the basis in force for the school of this unit, or None."""
    found = db.session.get(ClassListBasis, place.school_id) if place.school_id else None
    return found if found is not None and found.ended_at is None else None


def place_for_lists(actor: User, unit_id: int, kind: str = "pupil") -> Unit:
    """Returns the class or school whose lists of this kind the actor may import; raises NotFound."""
    place = unit(unit_id)
    if kind == "staff" and not may_stage_staff(actor, place):
        raise NotFound
    if not policy.may_import_class_list(roles_for(actor, unit_id), place.kind, basis_of(place) is not None):
        raise NotFound
    return place


def may_stage_staff(actor: User, place: Unit) -> bool:
    """Whether the actor stages adults of this place and decides on their claims."""
    return policy.may_import_staff_list(roles_for(actor, place.id), place.kind, basis_of(place) is not None)


def draft_of(actor: User, unit_id: int, draft_id: int, *, lock: bool = False) -> ClassListDraft:
    """Returns a checked file for its sender; raises NotFound for any other user, and once its time is over."""
    place_for_lists(actor, unit_id)
    query = sa.select(ClassListDraft).where(
        ClassListDraft.id == draft_id, ClassListDraft.unit_id == unit_id, ClassListDraft.by_id == actor.id
    )
    query = query.options(undefer(ClassListDraft.rows)).execution_options(populate_existing=True)
    found = db.session.scalar(query.with_for_update() if lock else query)
    if found is None or found.created_at <= clock.now() - policy.DRAFT_LIFE:
        raise NotFound
    return found


def rows_of(draft: ClassListDraft) -> list[DraftRow]:
    """Returns the rows of a checked file."""
    return [DraftRow(**one) for one in json.loads(draft.rows or "[]")]


def left_out(draft: ClassListDraft) -> list[DraftRow]:
    """Returns the people of a checked file who do not come in: rows to correct, and once taken over also namesakes."""
    taken = draft.accepted_at is not None
    return [one for one in rows_of(draft) if one.needs_correction or (taken and one.fault == NAMESAKE)]


def classes_by_name(place: Unit) -> dict[str, int]:
    """Returns the classes at or below a unit by name, as lists write it: "4A" and "Lớp 4A" are one."""
    query = sa.select(Unit.id, Unit.name).where(
        Unit.kind == "class", sa.or_(Unit.id == place.id, Unit.parent_id == place.id), Unit.effective_to.is_(None)
    )
    return {class_key(name): unit_id for unit_id, name in db.session.execute(query)}


def class_key(name: str) -> str:
    """Returns what is equal for two spellings of the name of a class."""
    return "".join(fold(name).replace("_", " ").split()).removeprefix("lop")


def staged(place: Unit) -> list[StagedPupil]:
    """Returns the staged people of a class or school by name, each with a member who may be the same child.

    The first MOST_SHOWN of them; `staged_count` says how many there are.
    """
    query = sa.select(ClassLine).where(ClassLine.unit_id == place.id, _alive())
    if place.kind == "school":
        query = query.options(undefer(ClassLine.full_name))  # pages show adults with their full names
    lines = db.session.scalars(query.order_by(ClassLine.called, ClassLine.birth_year, ClassLine.id).limit(MOST_SHOWN))
    known = learners_of(place) if place.kind == "class" else []
    return [StagedPupil(line, same_member(line, known)) for line in lines]


def staged_counts(place: Unit) -> list[tuple[str, int, int]]:
    """Returns name, id and number of staged pupils of each class below a school that has some."""
    query = sa.select(Unit.name, Unit.id, sa.func.count()).join(ClassLine, ClassLine.unit_id == Unit.id)
    query = query.where(Unit.parent_id == place.id, _alive()).group_by(Unit.id, Unit.name, Unit.sort)
    return [(name, unit_id, number) for name, unit_id, number in db.session.execute(query.order_by(Unit.sort))]


def staged_count(place: Unit) -> int:
    """Counts the staged pupils of a class, or of all classes below a school."""
    query = sa.select(sa.func.count()).select_from(ClassLine).join(Unit, Unit.id == ClassLine.unit_id)
    here = sa.or_(Unit.id == place.id, Unit.parent_id == place.id)
    return db.session.scalar(query.where(here, ClassLine.kind != "staff", _alive())) or 0


def staged_here(place: Unit) -> int:
    """Counts the staged people of exactly this class or school."""
    return db.session.scalar(sa.select(sa.func.count()).where(ClassLine.unit_id == place.id, _alive())) or 0


def _alive() -> sa.ColumnElement[bool]:
    """Filters lines that are not over and whose pupil has no account yet."""
    done = sa.select(ClassClaim.id).where(ClassClaim.line_id == ClassLine.id, ClassClaim.state == "confirmed")
    return sa.and_(ClassLine.added_at > clock.now() - policy.LINE_LIFE, ~done.exists())


def learners_of(place: Unit) -> Sequence[User]:
    """Returns the pupils of a class who have an account, also those who wait."""
    query = sa.select(User).join(Membership, Membership.user_id == User.id)
    return db.session.scalars(
        query.where(Membership.unit_id == place.id, Membership.role == "learner", Membership.state != "ended")
    ).all()


def same_member(line: ClassLine, known: Sequence[User]) -> User | None:
    """Returns a pupil of the class who may be the staged one, by display name and year of birth."""
    found = (one for one in known if one.birth_year == line.birth_year and fold(one.called_name) == fold(line.called))
    return next(found, None)
