"""Commands of class lists: record the basis of a school, check a file, take its pupils over, remove a line."""

import dataclasses
import json
from collections.abc import Collection, Mapping, Sequence

import sqlalchemy as sa

from tutoring.accounts.models import User
from tutoring.community.class_cards import queries as class_cards
from tutoring.community.class_cards.models import ClassClaim
from tutoring.community.class_files import pupils, staff
from tutoring.community.class_files.pupils import PupilRow
from tutoring.community.class_lists import queries
from tutoring.community.class_lists.models import LINE_KINDS, ClassLine, ClassListBasis, ClassListDraft
from tutoring.community.class_lists.queries import NO_CLASS, DraftRow
from tutoring.community.events import ClaimsSettled
from tutoring.community.models import Unit
from tutoring.community.queries import active_unit, roles_for, unit
from tutoring.kernel import audit, clock, rate_limits
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.encryption import blind_index
from tutoring.kernel.errors import Conflict, InvalidInput, NotFound
from tutoring.kernel.events import publish
from tutoring.kernel.text import N_, nfc
from tutoring.policy import class_lists as policy
from tutoring.safety.free_text import reject_private_data

LONGEST_TEXT = 600
SHORTEST_TEXT = 20


# ---- the basis ------------------------------------------------------------------------------------------------


@command
def record_basis(actor: User, school_id: int, basis: str, agreement: str) -> None:
    """Records the legal basis and the agreement of a school; from then on its class lists may come in.

    Raises NotFound, or InvalidInput for a text that is too short, too long or holds private data.
    """
    _check_admin(actor, school_id)
    texts = {"basis": " ".join(nfc(basis).split()), "agreement": " ".join(nfc(agreement).split())}
    for name, text in texts.items():
        if not SHORTEST_TEXT <= len(text) <= LONGEST_TEXT:
            say = N_("Hãy ghi từ %(least)s đến %(most)s chữ cái.")
            raise InvalidInput(say, field=name, least=SHORTEST_TEXT, most=LONGEST_TEXT)
        reject_private_data(text, minor=False, field=name)
    # Serializes two administrators who both find no row yet.
    db.session.get_one(Unit, school_id, with_for_update={"key_share": True}, populate_existing=True)
    row = db.session.get(ClassListBasis, school_id, with_for_update=True) or ClassListBasis(school_id=school_id)
    row.basis, row.agreement = texts["basis"], texts["agreement"]
    row.recorded_by_id, row.recorded_at, row.ended_at, row.ended_by_id = actor.id, clock.now(), None, None
    db.session.add(row)
    audit.record(actor.id, "record_class_list_basis", f"unit:{school_id}", **texts)


@command
def end_basis(actor: User, school_id: int) -> None:
    """Ends the basis of a school: no list comes in any more, and its staged pupils are deleted."""
    _check_admin(actor, school_id)
    row = db.session.get(ClassListBasis, school_id, with_for_update=True)
    if row is None or row.ended_at is not None:
        return
    row.ended_at, row.ended_by_id = clock.now(), actor.id
    inside = sa.select(Unit.id).where(Unit.school_id == school_id)
    db.session.execute(sa.delete(ClassLine).where(ClassLine.unit_id.in_(inside)))
    db.session.execute(sa.delete(ClassListDraft).where(ClassListDraft.unit_id.in_(inside)))
    audit.record(actor.id, "end_class_list_basis", f"unit:{school_id}")


def _check_admin(actor: User, school_id: int) -> None:
    if not policy.may_record_basis(roles_for(actor, school_id), unit(school_id).kind):
        raise NotFound


# ---- a file ---------------------------------------------------------------------------------------------------


def check_file(
    actor: User, unit_id: int, data: bytes, chosen: Mapping[str, int] | None = None, kind: str = "pupil"
) -> int:
    """Reads a file and returns the id of the checked rows, which wait a day for their sender.

    Reading takes about a second, before the write transaction begins. Raises NotFound, or InvalidInput for a file that
    is no list.
    """
    if kind not in LINE_KINDS:
        raise NotFound
    queries.place_for_lists(actor, unit_id, kind)
    rate_limits.hit("act", actor.id)
    if not data:
        raise InvalidInput(N_("Hãy chọn một tệp."), field="file")
    try:
        if kind == "staff":
            rows = staff.staff_rows(*staff.read_file(data))
        else:
            rows = pupils.pupil_rows(*pupils.read_file(data, chosen), clock.today().year)
    except InvalidInput as refusal:
        raise InvalidInput(refusal.say, field="file", **refusal.params) from None
    return store_rows(actor, unit_id, rows, kind)


@command
def store_rows(actor: User, unit_id: int, rows: Sequence[PupilRow], kind: str = "pupil") -> int:
    """Stores the checked rows of a file, sealed, and returns their id."""
    place = queries.place_for_lists(actor, unit_id, kind)
    placed = _placed_staff(place, rows) if kind == "staff" else _placed(place, rows)
    if not any(one.fault != pupils.NOT_A_ROW for one in placed):
        raise InvalidInput(N_("Tệp chưa có dòng nào của người thuộc nơi này."), field="file")
    made = ClassListDraft(
        unit_id=unit_id, kind=kind, by_id=actor.id, rows=_sealed(placed), good=sum(one.fault is None for one in placed),
        faulty=sum(one.needs_correction for one in placed),
    )  # fmt: skip
    db.session.add(made)
    db.session.flush()
    return made.id


def _placed(place: Unit, rows: Sequence[PupilRow]) -> list[DraftRow]:
    """Gives each row its class. A list of a class may hold other classes too: their rows are left out."""
    classes = queries.classes_by_name(place)
    made = []
    for one in rows:
        found = classes.get(queries.class_key(one.group)) if one.group else None
        fault = one.fault
        if place.kind == "class":
            if one.group and found is None:
                continue
            found = place.id
        elif found is None and fault is None:
            fault = NO_CLASS
        mark = blind_index(one.mark, "class_line") if one.mark else ""
        made.append(DraftRow(one.row, one.full, one.called, one.year, fault, one.group, mark, found))
    return made


def _placed_staff(place: Unit, rows: Sequence[PupilRow]) -> list[DraftRow]:
    """Places adults in the school itself."""
    return [
        DraftRow(
            one.row, one.full, one.called, None, one.fault, one.group,
            blind_index(one.mark, "class_line") if one.mark else "", place.id, one.role,
        )
        for one in rows
    ]  # fmt: skip


def _sealed(rows: Sequence[DraftRow]) -> str:
    return json.dumps([dataclasses.asdict(one) for one in rows], ensure_ascii=False)


@command
def accept_draft(actor: User, unit_id: int, draft_id: int, namesakes: Collection[int] = ()) -> int:
    """Takes the good rows of a checked file over as staged pupils; returns how many were new.

    `namesakes` are the numbers of rows that the sender calls another adult of the same name and role.
    A pupil who is staged already is not added again, nor does a second call change anything. Raises NotFound, or
    Conflict when the class is archived.
    """
    active_unit(unit_id)
    draft = queries.draft_of(actor, unit_id, draft_id, lock=True)
    if draft.accepted_at is not None:
        return draft.added
    place = queries.place_for_lists(actor, unit_id, draft.kind)
    # Serializes imports of one school: two teachers with one list must not both find a pupil missing.
    db.session.get_one(Unit, place.school_id, with_for_update={"key_share": True}, populate_existing=True)
    rows = queries.rows_of(draft)
    good = [one for one in rows if one.fault is None or (one.fault == staff.NAMESAKE and one.row in namesakes)]
    query = sa.select(ClassLine.unit_id, ClassLine.mark)
    staged = db.session.execute(query.where(ClassLine.unit_id.in_({one.unit_id for one in good})))
    known = {(unit_id, mark) for unit_id, mark in staged}
    new = {(one.unit_id, one.mark): one for one in good if (one.unit_id, one.mark) not in known}
    named = _name_helpers(actor.id, draft.kind, [one for one in good if (one.unit_id, one.mark) in known])
    db.session.add_all(
        ClassLine(
            unit_id=one.unit_id, called=one.called, birth_year=one.year, full_name=one.full, mark=one.mark,
            added_by_id=actor.id, kind=draft.kind, role=one.role,
        )
        for one in new.values()
    )  # fmt: skip
    draft.accepted_at, draft.added, draft.good = clock.now(), len(new) + named, len(good)
    left = [one for one in rows if one.needs_correction or (one.fault == staff.NAMESAKE and one.row not in namesakes)]
    draft.rows, draft.faulty = _sealed(left), len(left)
    audit.record(
        actor.id, "import_class_list", f"unit:{unit_id}", kind=draft.kind, new=len(new), known=len(good) - len(new)
    )
    return len(new) + named


def _name_helpers(actor_id: int, kind: str, known: Sequence[DraftRow]) -> int:
    """Makes helpers of pupils who are staged already, unless one is confirmed; returns how many.

    Who brought the list of helpers nominates them, so that the second person is another one.
    """
    if kind != "helper" or not known:
        return 0
    done = sa.select(ClassClaim.id).where(ClassClaim.line_id == ClassLine.id, ClassClaim.state == "confirmed")
    here = sa.tuple_(ClassLine.unit_id, ClassLine.mark).in_([(one.unit_id, one.mark) for one in known])
    query = sa.select(ClassLine.id).where(here, ClassLine.kind == "pupil", ~done.exists())
    ids = list(db.session.scalars(query))
    db.session.execute(sa.update(ClassLine).where(ClassLine.id.in_(ids)).values(kind="helper", added_by_id=actor_id))
    return len(ids)


@command
def discard_draft(actor: User, unit_id: int, draft_id: int) -> None:
    """Deletes a checked file; staged pupils stay."""
    db.session.delete(queries.draft_of(actor, unit_id, draft_id, lock=True))


@command
def remove_line(actor: User, unit_id: int, line_id: int) -> None:
    """Deletes a staged pupil. Raises NotFound, or Conflict while a claim on it waits for a decision."""
    place = queries.place_for_lists(actor, unit_id)
    line = db.session.get(ClassLine, line_id, with_for_update=True)
    if line is not None and line.kind == "staff" and not queries.may_stage_staff(actor, place):
        raise NotFound
    if line is None or line.unit_id != unit_id or class_cards.is_decided(line_id):
        raise NotFound
    if class_cards.open_claims(line_id):
        raise Conflict(N_("Thẻ của dòng này đã có người nhận: hãy từ chối người nhận trước."))
    db.session.delete(line)
    publish(ClaimsSettled(line_id, unit_id))
    audit.record(actor.id, "remove_class_line", f"unit:{unit_id}")
