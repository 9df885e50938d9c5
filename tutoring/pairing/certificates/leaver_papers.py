"""Papers of pupils who leave a school: the confirmed minutes of help of each, on the letterhead of the school.

The school signs and stamps them by hand, so they carry no code: only a helper issues a certificate with one.
"""

from dataclasses import dataclass

from flask_babel import gettext

from tutoring.accounts.models import User
from tutoring.community.models import Membership
from tutoring.community.papers.paper import Facts, Paper, Text
from tutoring.community.papers.queries import letterhead
from tutoring.community.year_ends.models import YearEnd
from tutoring.community.year_ends.queries import leavers_of
from tutoring.kernel import clock
from tutoring.lessons.skills.queries import skill_names
from tutoring.pairing.certificates import queries
from tutoring.policy.rooms.volunteer_minutes import LONGEST_PERIOD
from tutoring.rooms.volunteer_minutes.queries import sessions_of_each
from tutoring.web import i18n


@dataclass(frozen=True)
class LeaverPapers:
    """The papers of those who have confirmed minutes and agreed, and how many pupils have none for which reason."""

    papers: list[Paper]
    without_minutes: int
    without_consent: int


def papers_of(done: YearEnd) -> LeaverPapers:
    """Returns the papers of a school year, by class and name. Call it in Vietnamese. A fixed number of statements."""
    leavers = leavers_of(done)
    people = {one.user_id: one.user for one in leavers}
    sessions = sessions_of_each(people)
    day = clock.local(done.done_at or clock.now()).date()
    first = day - LONGEST_PERIOD
    sums = {user_id: queries.summed(some, first, day) for user_id, some in sessions.items()}
    helped = [one for one in leavers if one.user_id in sums and sums[one.user_id].minutes]
    agreed = queries.publishable([one.user for one in helped]) - queries.held_back({one.user_id for one in helped})
    papers = [_paper(done, one, one.user, sums[one.user_id]) for one in helped if one.user_id in agreed]
    return LeaverPapers(papers, len(leavers) - len(helped), len(helped) - len(papers))


def _paper(done: YearEnd, member: Membership, person: User, found: queries.Sum) -> Paper:
    day = clock.local(done.done_at or clock.now()).date()
    first, last = i18n.day(day - LONGEST_PERIOD), i18n.day(day)
    rows = [
        (gettext("Họ và tên"), person.full_name),
        (gettext("Lớp"), member.unit.name),
        (gettext("Năm học"), member.unit.school_year),
        (gettext("Thời gian"), gettext("%(first)s đến %(last)s", first=first, last=last)),
        (gettext("Số buổi"), str(found.sessions)),
        (gettext("Số phút đã được xác nhận"), str(found.minutes)),
    ]  # fmt: skip
    if found.topics:
        rows.append((gettext("Nội dung"), "; ".join(skill_names(found.topics, "vi"))))
    return Paper(
        kind=gettext("Giấy xác nhận"), short="GXN", subject=gettext("Giờ giúp bạn học tập"),
        letterhead=letterhead(done.school_id), unit=done.school.name, day=None,
        blocks=[
            Text(gettext("%(school)s xác nhận:", school=done.school.name)),
            Facts(rows),
            Text(gettext("Em đã giúp người khác học trên trang Cùng Học. Số phút do người được giúp xác nhận.")),
        ],
    )  # fmt: skip
