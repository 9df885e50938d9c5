"""Queries of data rights: whose data, how much of it, which requests."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from tutoring.accounts.models import User
from tutoring.accounts.queries import is_guardian
from tutoring.kernel.db import db
from tutoring.kernel.errors import NotFound
from tutoring.policy.privacy import may_see_data, may_use_rights
from tutoring.privacy import personal_columns
from tutoring.privacy.data_inventory import DATA_INVENTORY
from tutoring.privacy.inventory_entries import NONE, OWN
from tutoring.privacy.models import Breach, DataRequest
from tutoring.privacy.purposes import PURPOSES, Purpose

MOST = 50
BOTH_SIDES = frozenset({"guardian", "helped_session", "data_request"})  # counted for each user they concern


def person(viewer: User, user_id: int) -> User:
    """Returns a user whose data the viewer may see; raises NotFound."""
    found = db.session.get(User, user_id)
    if found is None or found.erased_at is not None:
        raise NotFound
    guardian = found.kind == "child" and viewer.id != user_id and is_guardian(viewer.id, user_id)
    if not may_see_data(viewer.id == user_id, guardian):
        raise NotFound
    return found


def uses_rights(viewer: User, found: User) -> bool:
    """Whether the viewer may also export and erase these data.

    From 16 on the user may, before that a guardian.
    """
    own = viewer.id == found.id
    guardian = not own and found.kind == "child" and is_guardian(viewer.id, found.id)
    return may_use_rights(own, found.kind == "child", guardian)


def for_rights(viewer: User, user_id: int) -> User:
    """Returns a user whose rights the viewer may use; raises NotFound."""
    found = person(viewer, user_id)
    if not uses_rights(viewer, found):
        raise NotFound
    return found


@dataclass(frozen=True)
class Amount:
    """How much is stored for one purpose."""

    purpose: Purpose
    counts: list[tuple[str, int]]  # sentences with `num`


def amounts(user_id: int, for_guardian: bool) -> list[Amount]:
    """Counts the stored rows of a user by purpose, in one statement.

    Only the child sees its own reports.
    """
    told = [
        one for one in DATA_INVENTORY if one.say and one.export != NONE and not (for_guardian and one.export == OWN)
    ]
    counts = [
        sa.select(sa.func.count())
        .select_from(personal_columns.table(one.table))
        .where(
            personal_columns.belongs(one, user_id, own=one.table not in BOTH_SIDES),
            personal_columns.shown_to_guardian(one) if for_guardian else sa.true(),
        )
        .scalar_subquery()
        for one in told
    ]
    found = db.session.execute(sa.select(*counts)).one()
    numbers = [(one, int(number)) for one, number in zip(told, found, strict=True) if number]
    return [
        Amount(purpose, [(one.say, number) for one, number in numbers if one.purpose_key == purpose.key])
        for purpose in PURPOSES
    ]


def requests_of(viewer: User, subject_id: int) -> list[DataRequest]:
    """Returns requests about this user's data, newest first: by the user or by guardians."""
    query = (
        sa.select(DataRequest).where(DataRequest.subject_id == subject_id).order_by(DataRequest.id.desc()).limit(MOST)
    )
    return list(db.session.scalars(query))


def last_export(subject_id: int, by_id: int) -> datetime | None:
    """Returns when this user last asked for an export of these data."""
    query = sa.select(DataRequest.asked_at).where(
        DataRequest.subject_id == subject_id,
        DataRequest.by_id == by_id,
        DataRequest.kind == "export",
        DataRequest.state != "refused",
    )
    return db.session.scalar(query.order_by(DataRequest.id.desc()).limit(1))


def request(request_id: int) -> DataRequest:
    """Returns a request; raises NotFound."""
    found = db.session.get(DataRequest, request_id)
    if found is None:
        raise NotFound
    return found


def own_export(viewer: User, request_id: int) -> DataRequest:
    """Returns a ready export of the viewer, who must still have the right to it.

    Raises NotFound.
    """
    found = request(request_id)
    if found.by_id != viewer.id or found.kind != "export" or found.state != "ready" or found.file is None:
        raise NotFound
    for_rights(viewer, found.subject_id)
    return found


def kept_files(names: list[str]) -> set[str]:
    """Returns which of these files are exports."""
    return {name for name in db.session.scalars(sa.select(DataRequest.file).where(DataRequest.file.in_(names))) if name}


def waiting() -> list[DataRequest]:
    """Returns open requests for site admins, to answer or in progress, most urgent first."""
    query = (
        sa.select(DataRequest)
        .options(joinedload(DataRequest.by), joinedload(DataRequest.subject))
        .where(DataRequest.state.in_(("asked", "working", "held")))
        .order_by(DataRequest.due_by, DataRequest.id)
        .limit(MOST)
    )
    return list(db.session.scalars(query))


def breaches() -> list[Breach]:
    """Returns the log of breaches, newest first."""
    return list(
        db.session.scalars(sa.select(Breach).order_by(Breach.discovered_at.desc(), Breach.id.desc()).limit(MOST))
    )


def breach(breach_id: int) -> Breach:
    """Returns one breach; raises NotFound."""
    found = db.session.get(Breach, breach_id)
    if found is None:
        raise NotFound
    return found


def site_admins() -> int:
    """Returns the number of active site admins."""
    query = sa.select(sa.func.count()).select_from(User).where(User.site_admin, User.state == "active")
    return db.session.scalar(query) or 0


def admin_ids() -> list[int]:
    """Returns the ids of the active site admins."""
    query = sa.select(User.id).where(User.site_admin, User.state == "active").order_by(User.id)
    return list(db.session.scalars(query))


def is_erased(user_id: int) -> bool:
    return db.session.scalar(sa.select(User.erased_at).where(User.id == user_id)) is not None
