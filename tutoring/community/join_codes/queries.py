"""Tables of join codes: of one unit for those who make them, of all units for site administrators."""

from collections.abc import Collection
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager

from tutoring.community.models import JoinCode, Unit
from tutoring.community.queries import code_is_over, plain_code
from tutoring.kernel import clock
from tutoring.kernel.database.sql import has_text, has_words, in_byte_order
from tutoring.kernel.db import db
from tutoring.kernel.paging import Numbered, Wanted, numbered
from tutoring.kernel.text import words

CODE_STATES = ("open", "waiting", "over")
CODE_ORDERS: Final = {
    "code": JoinCode.code,
    "role": JoinCode.role,
    "unit": in_byte_order(Unit.name),
    "uses": JoinCode.uses,
    "expires": JoinCode.expires_at,
    "made": JoinCode.created_at,
}


def codes(wanted: Wanted) -> Numbered[JoinCode]:
    """Returns a page of the join codes of all units. Words are looked for in the names of units."""
    query = _query(wanted.chosen.get("state", ""))
    if looked_for := words(wanted.words):
        query = query.where(*has_words(Unit.name_words, looked_for))
    return numbered(query, wanted, CODE_ORDERS, JoinCode.id, [contains_eager(JoinCode.unit)])


def codes_at(unit_id: int, roles: Collection[str], wanted: Wanted) -> Numbered[JoinCode]:
    """Returns a page of the codes of a unit for these roles. Words are a part of the code itself."""
    query = _query(wanted.chosen.get("state", "")).where(*_at(unit_id, roles))
    if typed := plain_code(wanted.words):
        query = query.where(has_text(JoinCode.code, typed))
    return numbered(query, wanted, CODE_ORDERS, JoinCode.id, [contains_eager(JoinCode.unit)])


def code_counts() -> dict[str, int]:
    """Counts the join codes of all units by state, and all of them under ""."""
    return _counts()


def code_counts_at(unit_id: int, roles: Collection[str]) -> dict[str, int]:
    """Counts the codes of a unit for these roles by state, and all of them under ""."""
    return _counts(*_at(unit_id, roles))


def state_of(code: JoinCode) -> str:
    """Returns why a code cannot be used (a key of `CODE_STATE_WORDS`), or "open"."""
    if code.revoked_at is not None:
        return "revoked"
    if code.uses >= code.max_uses:
        return "used"
    if code.expires_at <= clock.now():
        return "expired"
    return "open" if code.confirmed_at is not None else "waiting"


def _query(state: str) -> sa.Select[JoinCode]:
    query = sa.select(JoinCode).join(Unit, Unit.id == JoinCode.unit_id)
    return query.where(*_code_in(state)) if state else query


def _at(unit_id: int, roles: Collection[str]) -> list[sa.ColumnElement[bool]]:
    return [JoinCode.unit_id == unit_id, JoinCode.role.in_(sorted(roles))]


def _code_in(state: str) -> list[sa.ColumnElement[bool]]:
    over, waits = code_is_over(), JoinCode.confirmed_at.is_(None)
    return [over] if state == "over" else [~over, waits if state == "waiting" else ~waits]


def _counts(*where: sa.ColumnElement[bool]) -> dict[str, int]:
    columns = [sa.func.count().filter(*_code_in(state)) for state in CODE_STATES]
    row = db.session.execute(sa.select(sa.func.count(), *columns).select_from(JoinCode).where(*where)).one()
    return dict(zip(("", *CODE_STATES), row, strict=True))
