"""Rows of class cards: guardians who wait to be confirmed, and cards that two people claimed."""

from collections.abc import Iterator

import sqlalchemy as sa
from flask import url_for
from flask_babel import gettext, ngettext

from tutoring.community.class_cards.models import ClassClaim
from tutoring.community.class_lists.models import ClassLine
from tutoring.community.models import Unit
from tutoring.home.pending_work.statements import Standpoint, Statement
from tutoring.home.pending_work.viewer import Viewer
from tutoring.home.pending_work.work_item import Source, WorkItem, any_row

_ROLES = ("teacher", "coordinator")
_KINDS = {"waiting": "class_claim", "frozen": "class_claim_twice"}


def _claims(here: Standpoint) -> list[sa.ColumnElement[bool]]:
    pupils = sa.and_(ClassLine.kind != "staff", here.scope(_ROLES).holds(ClassLine.unit_id))
    # Who put an adult on the list is not the second person.
    adults = sa.and_(
        ClassLine.kind == "staff", ClassLine.added_by_id.is_distinct_from(here.id),
        here.scope(("coordinator",)).holds(ClassLine.unit_id),
    )  # fmt: skip
    return [
        ClassClaim.state.in_(sorted(_KINDS)), ClassClaim.user_id != here.id, ClassLine.id == ClassClaim.line_id,
        sa.or_(pupils, adults),
    ]  # fmt: skip


_COUNTED = Statement(
    lambda here: (
        sa.select(Unit.id, Unit.name, ClassClaim.state, sa.func.count(), sa.func.min(ClassClaim.at))
        .select_from(ClassClaim)
        .join(ClassLine, ClassLine.id == ClassClaim.line_id)
        .join(Unit, Unit.id == ClassLine.unit_id)
        .where(*_claims(here))
        .group_by(Unit.id, Unit.name, ClassClaim.state)
        .order_by(Unit.id, ClassClaim.state)
    )
)


def _items(viewer: Viewer) -> Iterator[WorkItem]:
    for unit_id, name, state, num, since in _COUNTED.results(viewer):
        waits = ngettext("%(num)d thẻ chờ bạn xác nhận", "%(num)d thẻ chờ bạn xác nhận", num)
        yield WorkItem(
            _KINDS[state], waits if state == "waiting" else gettext("Hai người cùng nhận một thẻ"),
            url_for("community.class_claims", unit_id=unit_id, _anchor="frozen" if state == "frozen" else None), name,
            since=since, count=num,
        )  # fmt: skip


SOURCES = (Source(tuple(_KINDS.values()), lambda here: any_row(*_claims(here)), _items),)
