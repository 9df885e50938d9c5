"""Who is told of reports and cases: nobody's name, and never who reported."""

import uuid

import sqlalchemy as sa

from tutoring.accounts.models import User
from tutoring.accounts.queries import guardians, user
from tutoring.kernel.db import db
from tutoring.kernel.events import on
from tutoring.kernel.text import N_
from tutoring.moderation.cases import case, reports_of, to_decide, to_tell
from tutoring.moderation.commands.standing import LOOKED_AT_AGAIN
from tutoring.moderation.events import CaseDecided, CaseDueSoon, CaseOpened, CaseOverdue, CaseRaised, CaseTaken
from tutoring.moderation.families import children_of
from tutoring.moderation.models import Case
from tutoring.notifications.commands import settle, tell, tell_these
from tutoring.notifications.words import at_time

ARRIVED = {
    "S0": N_("Khẩn: có người báo đang gặp nguy hiểm. Mở xem ngay."),
    "S1": N_("Gấp: có báo cáo nghiêm trọng. Mở xem trong 2 giờ."),
    "S2": N_("Có báo cáo mới chờ bạn xem trong hôm nay."),
    "S3": N_("Có báo cáo mới chờ bạn xem trong 3 ngày."),
}
LATE = {
    1: N_("Quá hạn: một báo cáo chưa được xử lý. Mở xem ngay."),
    2: N_("Quá hạn lâu: một báo cáo của đơn vị chưa ai xử lý. Quản trị mở xem ngay."),
}
# What the one it was about reads, by outcome.
ABOUT = {
    "none": N_("Người trực đã xem lại và không thấy vi phạm. Bạn viết lại được bình thường. Lời nhắn: %(words)s"),
    "reminded": N_("Người trực nhắc bạn về một việc: %(words)s"),
    "hidden": N_("Người trực đã ẩn một tin của bạn. Lý do: %(words)s"),
    "removed": N_("Người trực đã mời bạn ra khỏi một phòng. Lý do: %(words)s"),
    "paused": N_("Việc giúp người khác của bạn được tạm dừng. Lý do: %(words)s"),
    "outside": N_("Một việc của bạn đã được chuyển cho cơ quan có trách nhiệm."),
}
# What guardians of a child read of what somebody else did to the child.
FAMILY = {
    "none": N_("Người phụ trách đã xem lại một việc liên quan đến %(child)s, không thấy vi phạm. %(words)s"),
    "reminded": N_("Có người cư xử chưa đúng với %(child)s. Người phụ trách đã nhắc người đó. %(words)s"),
    "hidden": N_("Có người cư xử chưa đúng với %(child)s. Người phụ trách đã ẩn tin của người đó. %(words)s"),
    "removed": N_("Có người cư xử chưa đúng với %(child)s. Người đó đã bị mời ra khỏi phòng. %(words)s"),
    "paused": N_("Có người cư xử chưa đúng với %(child)s. Người đó đã bị tạm dừng, không giúp ai nữa. %(words)s"),
    "outside": N_("Có người cư xử không đúng với %(child)s. Người phụ trách đã báo công an hoặc 111. %(words)s"),
}


def _path(found: Case) -> str:
    return f"/desk/cases/{found.id}"


def _tell_desk(found: Case, key: str, say: str) -> None:
    tell_these(to_tell(found), f"case:{found.id}:{key}", say, _path(found))


@on(CaseOpened)
def desk_hears_of_a_case(event: CaseOpened) -> None:
    found = case(event.case_id)
    _tell_desk(found, found.grade, ARRIVED[found.grade])


@on(CaseRaised)
def desk_hears_that_it_is_urgent(event: CaseRaised) -> None:
    found = case(event.case_id)
    _tell_desk(found, found.grade, ARRIVED[found.grade])


@on(CaseOverdue)
def desk_hears_that_it_is_late(event: CaseOverdue) -> None:
    _tell_desk(case(event.case_id), f"late{event.alarm}", LATE[event.alarm])


@on(CaseDueSoon)
def who_decides_is_reminded(event: CaseDueSoon) -> None:
    found = case(event.case_id)
    tell_these(
        to_decide(found), f"case:{found.id}:soon",
        N_("Sắp hết hạn: một báo cáo nghiêm trọng cần quyết định trước %(time)s. Mở xem ngay."), _path(found),
        time=at_time(found.decide_by),
    )  # fmt: skip


@on(CaseTaken)
def who_had_it_reads_why_it_was_taken(event: CaseTaken) -> None:
    key = f"case:{event.case_id}:taken:{uuid.uuid4().hex}"
    say = N_("%(name)s nhận thay bạn một việc ở bàn trực. Lý do: %(reason)s")
    path = _path(case(event.case_id))
    tell(event.from_id, key, say, path, name=user(event.by_id).shown_name, reason=event.reason)


@on(CaseDecided)
def both_sides_hear_of_the_decision(event: CaseDecided) -> None:
    found = case(event.case_id)
    settle(path=_path(found))
    for report in reports_of(found.id):
        if report.by_id is None:
            continue
        tell(report.by_id, f"decided:{found.id}", N_("Việc bạn báo đã được xử lý. Mở để đọc trả lời."), "/my-reports")
        if report.family == "later":  # until now the guardian has learned nothing of it
            child = user(report.by_id)
            for guardian in guardians(report.by_id):
                tell(
                    guardian.id, f"child:{found.id}:{child.id}",
                    N_("%(child)s đã báo một việc, và việc đó đã được xử lý. Mở để đọc."), "/my-reports",
                    child=child.called_name,
                )  # fmt: skip
    _tell_about(found)
    _tell_families(found)


def _tell_families(found: Case) -> None:
    """By the decision of whoever handled it: what somebody did to a child, and what was done about that."""
    if not found.family_words:
        return
    for child in children_of(found):
        for guardian in guardians(child.id):
            if guardian.id != found.about_id:
                tell(
                    guardian.id, f"child:{found.id}:towards:{child.id}", FAMILY[found.outcome], f"/children/{child.id}",
                    child=child.called_name, words=found.family_words,
                )  # fmt: skip


def _tell_about(found: Case) -> None:
    """The one it was about hears of what they have felt or will feel; of the rest there is nothing to hear."""
    felt = any(one["act"] in ("silence", "hide", "pause") for one in found.acts)
    if found.about_id is None or (found.outcome == "none" and not felt):
        return
    person = db.session.scalars(sa.select(User).where(User.id == found.about_id)).one()
    path = "/acts-about-me" if found.outcome in LOOKED_AT_AGAIN else ""
    tell(person.id, f"outcome:{found.id}", ABOUT[found.outcome], path, words=found.words)
    if person.is_minor and found.outcome not in ("none", "outside"):
        for guardian in guardians(person.id):
            tell(
                guardian.id, f"outcome:{found.id}:{person.id}",
                N_("Người trực đã nói với %(child)s về một việc trong phòng học. Hãy cùng con đọc trong thông báo "
                   "của con."), path, child=person.called_name,
            )  # fmt: skip
