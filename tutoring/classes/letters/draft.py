"""The draft of a letter in plain words, which the teacher changes as they like."""

from collections.abc import Iterator
from datetime import date

from flask_babel import gettext

from tutoring.classes.letters.figures import WeekFigures
from tutoring.classes.work.models import ClassWork
from tutoring.classes.work.targets import Target
from tutoring.kernel import clock
from tutoring.policy.classes import WORDED_BELOW, sum_band

MOST = 5  # works that one sentence names


def draft_letter(unit_name: str, week: date, figures: WeekFigures) -> str:
    """Returns the draft. Small numbers are worded, so that no sentence points at one pupil."""
    return "\n\n".join(_paragraphs(unit_name, week, figures))


def _paragraphs(unit_name: str, week: date, figures: WeekFigures) -> Iterator[str]:
    yield gettext("Chào các em và ba mẹ %(unit)s,", unit=unit_name)
    yield _done(figures)
    if figures.set_works:
        yield gettext("Tuần này lớp được giao: %(works)s.", works=_named(figures.set_works))
    if figures.next_works:
        yield gettext("Sắp tới: %(works)s.", works=_named(figures.next_works, days=True))
    for one in figures.sessions:
        at = clock.local(one.at)
        yield gettext("Buổi học nhóm: %(at)s ngày %(day)s.", at=f"{at:%H:%M}", day=f"{at:%d/%m}")
    yield gettext("Chỗ nào khó, em bấm “Nhờ người giúp”. Ba mẹ hỏi thầy cô lúc nào cũng được.")


def _done(figures: WeekFigures) -> str:
    if not figures.pupils:
        return str(gettext("Tuần này lớp mình bắt đầu bài mới."))
    if figures.pupils < WORDED_BELOW:
        return str(gettext("Tuần này có vài bạn học xong bài mới."))
    if sum_band(figures.pupils, figures.of) != "some":  # a number would point at the few who have not
        return str(gettext("Tuần này có nhiều bạn học xong bài mới. Cảm ơn các em."))
    return str(
        gettext(
            "Tuần này %(pupils)s bạn học xong bài mới, tổng cộng %(lessons)s lượt bài. Cảm ơn các em.",
            pupils=figures.pupils,
            lessons=figures.lessons,
        )
    )


def title_of(work: ClassWork, target: Target) -> str:
    """Returns how a work is named in a sentence."""
    if work.kind == "help":
        return str(gettext("nhờ người giúp một lần"))
    if work.kind == "quiz":
        return str(gettext("câu hỏi của bài “%(title)s”", title=target.title))
    return f"“{target.title}”"


def _named(works: list[tuple[ClassWork, Target]], *, days: bool = False) -> str:
    named = [title_of(*pair) for pair in works[:MOST]]
    if days:
        named = [
            gettext("%(work)s đến ngày %(day)s", work=words, day=f"{pair[0].due:%d/%m}")
            for words, pair in zip(named, works, strict=False)
        ]
    return ", ".join(named)
