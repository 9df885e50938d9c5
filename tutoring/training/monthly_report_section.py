"""The training section of a ward's monthly report."""

from collections.abc import Sequence
from datetime import date

from flask_babel import get_locale, gettext

from tutoring.community.models import Unit
from tutoring.policy.training import may_run_training
from tutoring.training.progress_queries import Counts, counts_of_tracks, syllabi
from tutoring.training.tracks import tracks

ReportSection = tuple[str, Sequence[str], Sequence[str], Sequence[Sequence[str]]]


def training_section(unit: Unit | None, _month: date, held: frozenset[str]) -> ReportSection | None:
    """Returns today's counts by track for a ward, for users who may see its training.

    Returns None if no staff of the ward are on a track. Small counts are not suppressed, because these people hold a
    public office.
    """
    if unit is None or unit.kind != "ward" or not may_run_training(held):
        return None
    known = syllabi(tracks().values(), str(get_locale()))
    counted = counts_of_tracks(known, [unit.id])
    found = [(one, many.get(unit.id, Counts())) for one, many in zip(known, counted, strict=True)]
    rows = [
        (one.track.title_in(str(get_locale())), str(many.ready), str(many.total), str(many.due))
        for one, many in found
        if many.total
    ]
    if not rows:
        return None
    due = sum(many.due for _one, many in found)
    says = gettext("Hôm nay có %(n)s lượt người đến hạn hoặc quá hạn tập huấn.", n=due)
    columns = (gettext("Lộ trình"), gettext("Sẵn sàng"), gettext("Tất cả"), gettext("Đến hạn"))
    return gettext("Tập huấn cán bộ"), ([says] if due else []), columns, rows
