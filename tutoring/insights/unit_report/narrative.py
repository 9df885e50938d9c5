"""What a month says, in a few sentences made by rules from what is shown; a hidden figure leaves its sentence out."""

from dataclasses import dataclass

from flask_babel import gettext

from tutoring.insights.monthly_statistics import measures as m
from tutoring.insights.unit_report.labels import (
    KEY,
    MEASURES,
    Change,
    amount,
    change,
    duration,
    hours,
    month_said,
    number,
    said,
)
from tutoring.insights.unit_report.month import UnitMonth
from tutoring.insights.unit_report.sections import Names, Row, lessons, needs
from tutoring.kernel.text import N_


def headline(month: UnitMonth) -> str:
    """The one sentence at the top."""
    here = month_said(month.month, capital=True)
    people = month.cell(m.REACHED).count
    if people is None:
        return str(gettext("%(month)s: còn ít người tham gia nên phần lớn con số được ẩn.", month=here))
    before, other = month.was(m.REACHED).count, month.against
    facts = {"month": here, "n": number(people)}
    if month.goes_on:  # some days beside a whole month say nothing
        return str(gettext("%(month)s đến nay: %(n)s người đã học hoặc được giúp.", **facts))
    if before is None or other is None:
        return str(gettext("%(month)s: %(n)s người đã học hoặc được giúp.", **facts))
    facts |= {"other": month_said(other), "by": number(abs(people - before))}
    more = N_("%(month)s: %(n)s người đã học hoặc được giúp, nhiều hơn %(by)s người so với %(other)s.")
    fewer = N_("%(month)s: %(n)s người đã học hoặc được giúp, ít hơn %(by)s người so với %(other)s.")
    if people != before:
        return str(gettext(more if people > before else fewer, **facts))
    return str(gettext("%(month)s: %(n)s người đã học hoặc được giúp, bằng %(other)s.", **facts))


def story(month: UnitMonth, known: Names) -> list[str]:
    """What else is worth saying, the most urgent first."""
    found = [_asked(month, known), _waits(month), _new(month), _together(month), _finished(month, known), _filed(month),
             _equipped(month)]  # fmt: skip
    return [sentence for sentence in found if sentence]


def _asked(month: UnitMonth, known: Names) -> str:
    asked, unmet = month.cell(m.ASKED).count, month.cell(m.UNMET).count
    if asked is None:
        return ""
    found = gettext("Có %(n)s lời nhờ giúp", n=number(asked))
    if unmet is None:
        return f"{found}."
    worst = max(
        (row for row in needs(month, known).rows if row.values[1]), key=lambda row: row.values[1] or 0, default=None
    )
    found = gettext("%(asked)s, trong đó %(n)s lời không có ai giúp", asked=found, n=number(unmet))
    return str(gettext("%(said)s, nhiều nhất là “%(topic)s”.", said=found, topic=worst.label) if worst else f"{found}.")


def _waits(month: UnitMonth) -> str:
    waits = month.cell(m.WAITS)
    if waits.middle is None:
        return ""
    if waits.high is None:
        return str(gettext("Một nửa số lời nhờ được nhận trong %(middle)s.", middle=duration(waits.middle)))
    return str(
        gettext(
            "Một nửa số lời nhờ được nhận trong %(middle)s, chín phần mười trong %(high)s.",
            middle=duration(waits.middle), high=duration(waits.high),
        )
    )  # fmt: skip


def _new(month: UnitMonth) -> str:
    new = month.cell(m.NEW).count
    return "" if new is None else str(gettext("%(n)s người tham gia lần đầu.", n=number(new)))


def _together(month: UnitMonth) -> str:
    minutes, sessions = month.cell(m.TOGETHER).count, month.cell(m.SESSIONS).count
    if minutes is None:
        return ""
    if sessions is None:
        return str(gettext("Hai bên đã cùng học %(time)s.", time=hours(minutes)))
    return str(gettext("Hai bên đã cùng học %(time)s trong %(n)s buổi.", time=hours(minutes), n=number(sessions)))


def _finished(month: UnitMonth, known: Names) -> str:
    done = month.cell(m.FINISHED).count
    if done is None:
        return ""
    best: Row | None = next(iter(lessons(month, known).rows), None)
    if best is None:
        return str(gettext("Có %(n)s lượt học xong bài.", n=number(done)))
    return str(gettext("Có %(n)s lượt học xong bài, nhiều nhất là “%(lesson)s”.", n=number(done), lesson=best.label))


def _filed(month: UnitMonth) -> str:
    filed = month.cell(m.FILED).count
    return "" if filed is None else str(gettext("%(n)s người cho biết đã tự nộp hồ sơ thật lần đầu.", n=number(filed)))


def _equipped(month: UnitMonth) -> str:
    people = month.cell(m.MET).people
    return "" if people is None else str(gettext("%(n)s người nhận được máy hoặc gói mạng.", n=number(people)))


@dataclass(frozen=True)
class KeyFigure:
    """One of the figures at the top, beside the other month's."""

    measure: str
    name: str
    now: str
    before: str
    change: Change
    shows: bool  # whether there is anything of either month


def key_figures(month: UnitMonth) -> list[KeyFigure]:
    """The whole of each measure; of waiting the middle, with the nine of ten as a line of its own."""
    found = []
    for measure in KEY:
        now, before = amount(measure, month.cell(measure)), amount(measure, month.was(measure))
        found.append(_figure(measure, str(MEASURES[measure]), now, before))
        if measure == m.WAITS:
            found[-1] = _figure(measure, gettext("Một nửa lời nhờ được nhận trong"), now, before)
            high = month.cell(measure).high, month.was(measure).high
            found.append(_figure(measure, gettext("Chín phần mười được nhận trong"), *high))
    return found


def _figure(measure: str, name: str, now: int | None, before: int | None) -> KeyFigure:
    moved = change(measure, now, before)
    shows = now is not None or before is not None
    return KeyFigure(measure, name, said(measure, now), said(measure, before), moved, shows)
