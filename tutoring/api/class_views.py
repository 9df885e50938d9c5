"""Operations about a class: its overview, its work, and the one write of the API: to set work."""

from typing import Any, cast

from flask import request
from werkzeug.exceptions import BadRequest

from tutoring.api import schemas
from tutoring.api.operations import Made, operation
from tutoring.api.reach import reached
from tutoring.api.tokens.commands import write_once
from tutoring.classes.access import run_class
from tutoring.classes.overview import page, sums
from tutoring.classes.overview.access import class_of
from tutoring.classes.overview.school_page import sums_of
from tutoring.classes.work import class_page
from tutoring.classes.work import commands as work_commands
from tutoring.kernel.errors import NotFound
from tutoring.kernel.paging import Wanted
from tutoring.kernel.text import nfc
from tutoring.policy.api import may_name_pupils
from tutoring.web.i18n import language

LONGEST_KEY = 100


@operation("GET", "/units/<int:unit_id>/overview", schemas.ClassOverview, query=schemas.OverviewQuery)
def class_overview(unit_id: int, query: schemas.OverviewQuery) -> schemas.ClassOverview:
    """Returns how far a class is: by name for its teacher, as sums without a name for a unit."""
    holder = reached(unit_id)
    unit = class_of(holder.user, unit_id)
    named = may_name_pupils(holder.unit_id is not None)
    told = schemas.ClassSums.of(sums_of(unit, sums.glances([unit.id])[unit.id], named))
    if not named:
        return schemas.ClassOverview(sums=told, columns=[], pupils=[])
    path, asked = nfc(query.path), Wanted(order="name", chosen={"show": ""})
    found = None if path else page.works_table(unit, asked, language())
    found = found or page.path_table(unit, path, asked, language())
    columns = [schemas.OverviewColumn(title=one.title, url=one.href) for one in found.columns]
    pupils = [
        schemas.OverviewPupil(
            id=row.pupil.id, name=row.pupil.name, shown=row.pupil.shown,
            cells=[schemas.OverviewCell(state=cast(schemas.CellState, one.state), say=str(one)) for one in row.cells],
        )
        for row in found.rows
    ]  # fmt: skip
    return schemas.ClassOverview(sums=told, columns=columns, pupils=pupils)


@operation("GET", "/units/<int:unit_id>/works", schemas.WorkList)
def works(unit_id: int) -> schemas.WorkList:
    """Lists the work that is set for a class, the nearest day first."""
    holder = reached(unit_id)
    run_class(holder.user, unit_id)
    named = may_name_pupils(holder.unit_id is not None)
    return schemas.WorkList(items=[_work(one, named) for one in class_page.works_page(unit_id, language()).rows])


def _work(row: class_page.WorkRow, named: bool) -> schemas.Work:
    # Over a unit's token no sum: beside the number of pupils it would tell how many agreed to show their progress.
    some, work, told = named and row.band == "some", row.work, cast(Any, row)
    return schemas.Work(
        id=work.id, kind=told.work.kind, target=work.target, title=row.target.title,
        audience=told.work.audience, due=work.due,
        note=work.note if named else "", band=told.band if named else "none", done=row.done if some else None,
        people=row.counted if some else None,
    )  # fmt: skip


@operation("POST", "/units/<int:unit_id>/works", schemas.Work, body=schemas.NewWork)
def set_work(unit_id: int, body: schemas.NewWork) -> Made:
    """Sets work for a class or for the guardians of its pupils, who are notified."""
    holder = reached(unit_id)
    key = request.headers.get("Idempotency-Key", "")
    if not 0 < len(key) <= LONGEST_KEY:
        raise BadRequest
    written = work_commands.WorkInput(
        due=body.due, audience=body.audience, note=body.note, kind=body.kind, target=body.target
    )
    asked = f"{unit_id}\n{body.model_dump_json()}".encode()
    made_id, before = write_once(
        holder.token_id, key, asked, lambda: work_commands.set_work(holder.user, unit_id, written).id
    )
    run_class(holder.user, unit_id)
    found = next((one for one in class_page.works_page(unit_id, language()).rows if one.work.id == made_id), None)
    if found is None:  # withdrawn meanwhile
        raise NotFound
    return Made(_work(found, named=True), before)
