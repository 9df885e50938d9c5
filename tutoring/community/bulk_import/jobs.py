"""Background job of bulk imports: checks a file as a whole, then writes it in batches.

Writing can stop between batches and be resumed.
"""

from collections.abc import Collection, Iterable, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import aliased, undefer

from tutoring.accounts.models import User
from tutoring.community.bulk_import import csv_reader as reading
from tutoring.community.bulk_import.csv_reader import Fault, MergerLine, UnitLine
from tutoring.community.bulk_import.models import UnitImport, UnitMerger
from tutoring.community.bulk_import.validation import Known, Plan, check_mergers, check_units
from tutoring.community.events import ImportMoved
from tutoring.community.models import Unit
from tutoring.community.units.mergers import plan_merger
from tutoring.community.units.scopes import Scope, scope_of
from tutoring.kernel import audit, clock, jobs
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.events import publish
from tutoring.policy import community as policy

JOB = "community.units"
PIECE = 250  # units written in one transaction
ASKED_AT_ONCE = 400  # codes in one query
MOST_FAULTS = 500  # stored for one file


@jobs.long_job(JOB)  # runs outside a transaction, so that other writers get in between the batches
def _work(payload: dict[str, int]) -> None:
    row = db.session.get(UnitImport, payload["import_id"], options=[undefer(UnitImport.text)])
    if row is None or row.state not in {"checking", "writing"}:
        return
    import_id, writing, kind, text = row.id, row.state == "writing", row.kind, row.text
    sender = db.session.get_one(User, row.by_id)
    if kind == "mergers":
        mergers, faults = check_mergers_text(sender, text)
        counts = {"new": len(mergers)}
    else:
        faults, plan = check_units_text(sender, text)
        counts = {"new": len(plan.new), "changed": len(plan.changed), "same": plan.same}
    db.session.rollback()
    if faults or not writing:
        _checked(import_id, faults, counts)
    elif kind == "mergers":
        _write_mergers(import_id, mergers)
    else:
        rows = [*plan.new, *plan.changed]
        for at in range(0, max(1, len(rows)), PIECE):
            _write_piece(import_id, rows[at : at + PIECE], max(0, len(rows) - at - PIECE))


def check_units_text(sender: User | None, text: str) -> tuple[list[Fault], Plan]:
    """Checks a file of units and plans its changes.

    `sender` is None if the file comes from the command line.
    """
    table = reading.read_table(text, "units")
    if table.faults:
        return table.faults, Plan([], [], 0)
    inside = _reach(sender)
    held = {"site_admin"} if inside is None else {"coordinator"}
    kinds = [one for one in reading.KINDS if policy.may_create_unit(held, one)]
    lines, faults = reading.unit_lines(table)
    known = _known({code for one in lines for code in (one.code, one.parent) if code}, inside)
    more, plan = check_units(lines, known, kinds, inside is None, _names(known.values()))
    return sorted([*faults, *more], key=lambda one: (one.line, one.column)), plan


def check_mergers_text(sender: User | None, text: str) -> tuple[list[MergerLine], list[Fault]]:
    """Returns the mergers of a file and its faults."""
    table = reading.read_table(text, "mergers")
    if table.faults:
        return [], table.faults
    inside = _reach(sender)
    mergers, faults = reading.merger_lines(table)
    known = _known({code for one in mergers for code in (one.old, one.into)}, inside)
    faults += check_mergers(mergers, known, inside is None)
    return mergers, sorted(faults, key=lambda one: (one.line, one.column))


def _reach(sender: User | None) -> Scope | None:
    """Returns the units the sender coordinates; None means all units."""
    return None if sender is None or sender.site_admin else scope_of(sender.id, ("coordinator",))


def _known(codes: Collection[str], inside: Scope | None) -> dict[str, Known]:
    above = aliased(Unit)
    leaves = Unit.id.in_(sa.select(UnitMerger.from_id).where(UnitMerger.cancelled_at.is_(None)))
    found = {}
    wanted = sorted(codes)
    for at in range(0, len(wanted), ASKED_AT_ONCE):
        query = (
            sa.select(Unit, above.code, leaves)
            .outerjoin(above, above.id == Unit.parent_id)
            .where(Unit.code.in_(wanted[at : at + ASKED_AT_ONCE]))
        )
        for unit, parent, leaving in db.session.execute(query):
            found[unit.code] = Known(
                unit.id, unit.code, unit.kind, unit.form, unit.name, parent or "", unit.grade, unit.school_year,
                merged=unit.archived or unit.merged_into_id is not None or leaving,
                inside=inside is None or inside.has(unit.path),
            )  # fmt: skip
    return found


def _names(known: Iterable[Known]) -> set[tuple[str, str]]:
    """Returns the names of the direct subunits, each with the code of its parent."""
    codes = {one.id: one.code for one in known}
    ids = sorted(codes)
    found: set[tuple[str, str]] = set()
    for at in range(0, len(ids), ASKED_AT_ONCE):
        query = sa.select(Unit.parent_id, Unit.name).where(
            Unit.parent_id.in_(ids[at : at + ASKED_AT_ONCE]), Unit.merged_into_id.is_(None)
        )
        found.update(
            (codes[parent], name.casefold()) for parent, name in db.session.execute(query) if parent is not None
        )
    return found


@command
def _checked(import_id: int, faults: Sequence[Fault], counts: dict[str, int]) -> None:
    row = db.session.get_one(UnitImport, import_id, with_for_update=True)
    row.faults = [one.stored() for one in faults[:MOST_FAULTS]]
    row.total = row.done = counts["new"] + counts.get("changed", 0)
    row.counts = {**counts, "faults": len(faults)}
    row.state = "faulty" if faults else "ready"
    publish(ImportMoved(row.id, row.by_id))


@command
def _write_piece(import_id: int, rows: Sequence[UnitLine], left: int) -> None:
    row = db.session.get_one(UnitImport, import_id, with_for_update=True)
    write_units(rows)
    row.done = max(0, row.total - left)
    if not left:
        _over(row)
    publish(ImportMoved(row.id, row.by_id))


@command
def _write_mergers(import_id: int, mergers: Sequence[MergerLine]) -> None:
    row = db.session.get_one(UnitImport, import_id, with_for_update=True)
    for one in mergers:
        plan_merger(row.by_id, one.old, one.into, one.on)
    _over(row)
    publish(ImportMoved(row.id, row.by_id))


def _over(row: UnitImport) -> None:
    row.state, row.done, row.text, row.finished_at = "done", row.total, "", clock.now()
    audit.record(row.by_id, "units_imported", f"unit_import:{row.id}", **row.counts)


def write_units(rows: Sequence[UnitLine]) -> None:
    """Writes checked units inside the running command, parents before children."""
    codes = sorted({code for one in rows for code in (one.code, one.parent) if code})
    units = {unit.code: unit for unit in db.session.scalars(sa.select(Unit).where(Unit.code.in_(codes)))}
    for one in rows:
        unit = units.get(one.code)
        if unit is None:
            above = units.get(one.parent)
            unit = Unit(code=one.code, kind=one.kind, name=one.name, parent_id=above.id if above else None)
            if above is not None:
                unit.ward_id, unit.school_id = above.ward_id, above.school_id
            unit.effective_from = one.since
            db.session.add(unit)
            db.session.flush()  # its children need its id
            if one.kind == "ward":
                unit.ward_id = unit.id
            if one.kind == "school":
                unit.school_id = unit.id
            units[one.code] = unit
        unit.name, unit.form, unit.grade, unit.school_year = one.name, one.form, one.grade, one.school_year
