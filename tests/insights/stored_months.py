"""Months as the engine leaves them, for tests of what is made of them."""

from collections.abc import Mapping
from datetime import date, datetime

from tutoring.insights.models import Figure, FigureMonth
from tutoring.insights.monthly_statistics import measures as m
from tutoring.kernel import clock
from tutoring.kernel.commands import command
from tutoring.kernel.db import db

NOVEMBER, OCTOBER = date(2026, 11, 1), date(2026, 10, 1)
AT = datetime(2026, 12, 8, 2, 10, tzinfo=clock.LOCAL)
SECRET = 987654  # what is counted and never shown
Shown = Mapping[tuple[str, str], int | None]
Waits = Mapping[tuple[str, str], tuple[int, int]]

WARD: Shown = {
    (m.REACHED, ""): 140, (m.NEW, ""): 45, (m.ASKED, ""): 90, (m.UNMET, ""): 15, (m.TOGETHER, ""): 3300,
    (m.SESSIONS, ""): 100, (m.FINISHED, ""): 240, (m.PRACTISED, ""): 85, (m.FILED, ""): None,
    (m.ASKED, "t:an-toan.otp"): 40, (m.UNMET, "t:an-toan.otp"): 10, (m.ASKED, "t:hoc.nop-bai"): 15,
    (m.UNMET, "t:hoc.nop-bai"): None, (m.ASKED, "s:0-19"): 20, (m.ASKED, "s:6-20"): 10, (m.ASKED, "s:2-3"): None,
    (m.UNMET, "s:0-19"): 10, (m.ASKED, "x:an-toan.otp:0-19"): 15, (m.ASKED, "x:hoc.nop-bai:0-19"): None,
    (m.FINISHED, "l:otp-khong-doc-cho-ai"): 60, (m.FINISHED, "l:nhan-biet-lua-dao"): None,
    (m.PRACTISED, "passed"): 50, (m.PRACTISED, "k:an-toan.otp:well"): 35, (m.PRACTISED, "k:an-toan.otp:again"): 10,
    (m.RECEIVED, ""): 25, (m.NEEDED, ""): 60, (m.NEEDED, "d:device"): 45, (m.NEEDED, "d:internet"): None,
    (m.MET, ""): 35, (m.MET, "d:device"): 20, (m.MET, "d:internet"): 15, (m.USED, ""): 10, (m.RETURNED, ""): None,
    (m.LOST, ""): None,
    (m.FUNNEL, "learn"): 120, (m.FUNNEL, "study"): 70, (m.FUNNEL, "practise"): 40, (m.FUNNEL, "file"): None,
}  # fmt: skip
WAITS = {(m.WAITS, ""): (13, 95), (m.WAITS, "t:an-toan.otp"): (9, 40), (m.WAITS, "s:0-19"): (45, 100)}  # minutes


@command
def store(unit_id: int | None, month: date, shown: Shown, waits: Waits | None = None) -> None:
    """These figures of a unit; what was counted behind each of them is SECRET."""
    if db.session.get(FigureMonth, month) is None:
        db.session.add(FigureMonth(month=month, counted_at=AT, closed=month < NOVEMBER))
    for (measure, key), count in shown.items():
        db.session.add(Figure(month=month, unit_id=unit_id, measure=measure, key=key, count=SECRET, people=SECRET,
                              shown=count, shown_people=count))  # fmt: skip
    for (measure, key), (middle, high) in (waits or {}).items():
        db.session.add(Figure(month=month, unit_id=unit_id, measure=measure, key=key, count=SECRET, people=SECRET,
                              middle=SECRET, high=SECRET, shown=20, shown_people=20, shown_middle=middle * 60,
                              shown_high=high * 60))  # fmt: skip
