"""Rows of class cards: guardians who wait to be confirmed, and cards that two people claimed."""

from collections.abc import Iterator

import sqlalchemy as sa
from flask import url_for
from flask_babel import gettext, ngettext

from tutoring.community.class_cards.models import ClassClaim
from tutoring.community.class_lists.models import ClassLine
from tutoring.community.models import Unit
from tutoring.home.pending_work.viewer import Viewer
from tutoring.home.pending_work.work_item import Source, WorkItem, any_row
from tutoring.kernel.db import db

_ROLES = ("teacher", "coordinator")
_KINDS = {"waiting": "class_claim", "frozen": "class_claim_twice"}


def _claims(viewer: Viewer) -> list[sa.ColumnElement[bool]]:
    return [
        ClassClaim.state.in_(sorted(_KINDS)), ClassClaim.user_id != viewer.id, ClassLine.id == ClassClaim.line_id,
        viewer.scope(_ROLES).holds(ClassLine.unit_id),
    ]  # fmt: skip


def _items(viewer: Viewer) -> Iterator[WorkItem]:
    query = (
        sa.select(Unit.id, Unit.name, ClassClaim.state, sa.func.count(), sa.func.min(ClassClaim.at))
        .select_from(ClassClaim)
        .join(ClassLine, ClassLine.id == ClassClaim.line_id)
        .join(Unit, Unit.id == ClassLine.unit_id)
        .where(*_claims(viewer))
        .group_by(Unit.id, Unit.name, ClassClaim.state)
        .order_by(Unit.id, ClassClaim.state)
    )
    for unit_id, name, state, num, since in db.session.execute(query):
        waits = ngettext("%(num)d thẻ chờ bạn xác nhận", "%(num)d thẻ chờ bạn xác nhận", num)
        yield WorkItem(
            _KINDS[state], waits if state == "waiting" else gettext("Hai người cùng nhận một thẻ"),
            url_for("community.class_claims", unit_id=unit_id, _anchor="frozen" if state == "frozen" else None), name,
            since=since, count=num,
        )  # fmt: skip


SOURCES = (Source(tuple(_KINDS.values()), lambda viewer: any_row(*_claims(viewer)), _items),)
