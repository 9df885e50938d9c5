"""Notification rules for reports, moderation actions, appeals and emergency access.

No notice reveals who reported. A moderation action reaches the user it is about, with the moderator's message.
"""

import uuid

import sqlalchemy as sa

from tutoring.accounts.models import User
from tutoring.accounts.queries import guardians, user
from tutoring.kernel import clock
from tutoring.kernel.db import db
from tutoring.kernel.events import on
from tutoring.kernel.text import N_
from tutoring.moderation.actions.queries import get_action
from tutoring.moderation.appeals.events import ActionAppealDecided, ActionAppealed, ActionAppealOverdue
from tutoring.moderation.appeals.queries import appeal
from tutoring.moderation.appeals.queries import users_to_notify as appeal_audience
from tutoring.moderation.cases.affected_families import children_of
from tutoring.moderation.cases.decision_effects import LOOKED_AT_AGAIN
from tutoring.moderation.cases.queries import case, reports_of, to_decide, users_to_notify
from tutoring.moderation.emergency_access.events import (
    EmergencyAccessAnswered,
    EmergencyAccessDisclosed,
    EmergencyAccessRequested,
)
from tutoring.moderation.emergency_access.queries import get_emergency_access, seated, seconds
from tutoring.moderation.events import (
    ActionReverted,
    ActionTaken,
    CaseDecided,
    CaseDueSoon,
    CaseOpened,
    CaseOverdue,
    CaseRaised,
    CaseTakenOver,
)
from tutoring.moderation.models import Case, ModerationAction
from tutoring.notifications.inbox.commands import mark_handled, notify, tell_guardians, tell_these
from tutoring.notifications.rules.wording import at_time
from tutoring.policy.rooms.participation import PARTICIPANT_ROLES
from tutoring.rooms import queries as rooms

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
# The text for the user a case was about, by outcome.
ABOUT = {
    "none": N_("Người trực đã xem lại và không thấy vi phạm. Bạn viết lại được bình thường. Lời nhắn: %(words)s"),
    "reminded": N_("Người trực nhắc bạn về một việc: %(words)s"),
    "hidden": N_("Người trực đã ẩn một tin của bạn. Lý do: %(words)s"),
    "removed": N_("Người trực đã mời bạn ra khỏi một phòng. Lý do: %(words)s"),
    "paused": N_("Việc giúp người khác của bạn được tạm dừng. Lý do: %(words)s"),
    "outside": N_("Một việc của bạn đã được chuyển cho cơ quan có trách nhiệm."),
}
# The text for guardians of a child affected by another person, by outcome.
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
    tell_these(users_to_notify(found), f"case:{found.id}:{key}", say, _path(found))


@on(CaseOpened)
def notify_staff_of_case(event: CaseOpened) -> None:
    found = case(event.case_id)
    _tell_desk(found, found.grade, ARRIVED[found.grade])


@on(CaseRaised)
def notify_staff_of_raised_case(event: CaseRaised) -> None:
    found = case(event.case_id)
    _tell_desk(found, found.grade, ARRIVED[found.grade])


@on(CaseOverdue)
def notify_staff_of_overdue_case(event: CaseOverdue) -> None:
    _tell_desk(case(event.case_id), f"late{event.alarm}", LATE[event.alarm])


@on(CaseDueSoon)
def remind_deciders_of_case(event: CaseDueSoon) -> None:
    found = case(event.case_id)
    tell_these(
        to_decide(found), f"case:{found.id}:soon",
        N_("Sắp hết hạn: một báo cáo nghiêm trọng cần quyết định trước %(time)s. Mở xem ngay."), _path(found),
        time=at_time(found.decide_by),
    )  # fmt: skip


@on(CaseTakenOver)
def notify_former_holder_of_takeover(event: CaseTakenOver) -> None:
    key = f"case:{event.case_id}:taken:{uuid.uuid4().hex}"
    say = N_("%(name)s nhận thay bạn một việc ở bàn trực. Lý do: %(reason)s")
    path = _path(case(event.case_id))
    notify(event.from_id, key, say, path, name=user(event.by_id), reason=event.reason)


@on(CaseDecided)
def notify_of_case_decision(event: CaseDecided) -> None:
    found = case(event.case_id)
    mark_handled(path=_path(found))
    for report in reports_of(found.id):
        if report.by_id is None:
            continue
        notify(report.by_id, f"decided:{found.id}", N_("Việc bạn báo đã được xử lý. Mở để đọc trả lời."), "/my-reports")
        if report.family == "later":  # until now the guardian was not notified
            child = user(report.by_id)
            for guardian in guardians(report.by_id):
                notify(
                    guardian.id, f"child:{found.id}:{child.id}",
                    N_("%(child)s đã báo một việc, và việc đó đã được xử lý. Mở để đọc."), "/my-reports",
                    child=child.called_name,
                )  # fmt: skip
    _tell_about(found)
    _tell_families(found)


def _tell_families(found: Case) -> None:
    """Notifies guardians of an affected child: what another person did, and what was done.

    Only if the decision holds a text for the family.
    """
    if not found.family_words:
        return
    for child in children_of(found):
        for guardian in guardians(child.id):
            if guardian.id != found.about_id:
                notify(
                    guardian.id, f"child:{found.id}:towards:{child.id}", FAMILY[found.outcome], f"/children/{child.id}",
                    child=child.called_name, words=found.family_words,
                )  # fmt: skip


def _tell_about(found: Case) -> None:
    """Notifies the user a case was about, if measures affected or will affect them."""
    felt = any(one["act"] in ("silence", "hide", "pause") for one in found.acts)
    if found.about_id is None or (found.outcome == "none" and not felt):
        return
    person = db.session.scalars(sa.select(User).where(User.id == found.about_id)).one()
    path = "/acts-about-me" if found.outcome in LOOKED_AT_AGAIN else ""
    notify(person.id, f"outcome:{found.id}", ABOUT[found.outcome], path, words=found.words)
    if person.is_minor and found.outcome not in ("none", "outside"):
        for guardian in guardians(person.id):
            notify(
                guardian.id, f"outcome:{found.id}:{person.id}",
                N_("Người trực đã nói với %(child)s về một việc trong phòng học. Hãy cùng con đọc trong thông báo "
                   "của con."), path, child=person.called_name,
            )  # fmt: skip


ACTION_MESSAGES = {
    "release": N_("Người trực đã xem và cho gửi tin của bạn. Lời nhắn: %(words)s"),
    "mask": N_("Người trực đã che một phần tin của bạn. Lời nhắn: %(words)s"),
    "hide": N_("Người trực đã ẩn một tin của bạn. Lời nhắn: %(words)s"),
    "warn": N_("Người trực nhắc nhở bạn. Hãy mở để đọc: %(words)s"),
    "mute": N_("Bạn tạm ngừng viết trong một phòng đến %(until)s. Lời nhắn: %(words)s"),
    "remove": N_("Người trực đã mời bạn ra khỏi một phòng. Lời nhắn: %(words)s"),
    "lock": N_("Người trực đã khoá phòng của bạn, mọi người vẫn đọc được. Lời nhắn: %(words)s"),
    "unpair": N_("Từ nay bạn và một người không học chung nữa. Lời nhắn của người trực: %(words)s"),
    "quarantine": N_("Đến %(until)s bạn chỉ đọc ở mọi phòng và chưa giúp ai. Lời nhắn: %(words)s"),
    "suspend": N_("Tài khoản của bạn tạm khoá đến %(until)s. Lời nhắn: %(words)s"),
    "legal_hold": N_("Tin nhắn ở đây được giữ lại, chưa xoá, cho đến khi việc được giải quyết xong: %(words)s"),
}
UNDONE = {
    "reversed": N_("Người trực đã rút lại một quyết định về bạn. Mở để xem."),
    "overturned": N_("Một người khác đã xem lại và rút quyết định về bạn. Mở để xem."),
}
FAMILY_HEARS = frozenset({"warn", "mute", "remove", "unpair", "quarantine", "suspend"})


def path_of(act_id: int) -> str:
    """Returns the page of an action: what was done, for how long, and how to appeal."""
    return f"/acts/{act_id}"


def affected_people(done: ModerationAction) -> list[int]:
    """Returns the users an action concerns: its subject, or both users of a pair.

    For an action on a whole room, returns the participants, unless the room is persistent.
    """
    if done.about_id is not None:
        return [done.about_id, *([done.toward_id] if done.toward_id is not None else [])]
    if done.room_id is None or rooms.room(done.room_id).lasts:  # in a persistent room the participants read it there
        return []
    return [seat.user_id for seat in rooms.seats(done.room_id) if seat.role in PARTICIPANT_ROLES]


@on(ActionTaken)
def notify_of_action(event: ActionTaken) -> None:
    done = get_action(event.act_id)
    until = at_time(done.until) if done.until is not None else ""
    for user_id in affected_people(done):
        notify(user_id, f"act:{done.id}", ACTION_MESSAGES[done.kind], path_of(done.id), words=done.words, until=until)
    if done.about_id is None or done.kind not in FAMILY_HEARS:
        return
    person = user(done.about_id)
    for guardian in guardians(person.id) if person.is_minor else []:
        notify(
            guardian.id, f"act:{done.id}",
            N_("Người trực đã nói với %(child)s về một việc trong phòng học. Hãy cùng con đọc trong thông báo "
               "của con."), "/acts-about-me", child=person.called_name,
        )  # fmt: skip


@on(ActionReverted)
def notify_of_undone_action(event: ActionReverted) -> None:
    done = get_action(event.act_id)
    mark_handled(path=path_of(done.id))
    if done.undone_for in UNDONE:
        for user_id in affected_people(done):
            notify(user_id, f"act-undone:{done.id}", UNDONE[done.undone_for], path_of(done.id))


ABOUT_ME = "/acts-about-me"
LATE_APPEAL = {
    1: N_("Quá hạn 5 ngày: một yêu cầu xem lại chưa được trả lời. Mở xem ngay."),
    2: N_("Quá hạn lâu: một yêu cầu xem lại chưa ai trả lời. Quản trị mở xem ngay."),
}
ANSWERED = {
    True: N_("Một người khác đã xem lại và rút quyết định trước. Lời nhắn: %(answer)s"),
    False: N_("Một người khác đã xem lại và giữ nguyên quyết định. Lời nhắn: %(answer)s"),
}
OF_CHILD = {
    True: N_("Một người khác đã xem lại và rút quyết định về %(child)s. Lời nhắn: %(answer)s"),
    False: N_("Một người khác đã xem lại và giữ nguyên quyết định về %(child)s. Lời nhắn: %(answer)s"),
}
DESK = {
    True: N_("Một người khác đã xem lại và rút quyết định của bạn. Lời nhắn: %(answer)s"),
    False: N_("Một người khác đã xem lại và giữ nguyên quyết định của bạn."),
}


def _appeal_path(act_id: int) -> str:
    return f"/desk/second-looks/{act_id}"


@on(ActionAppealed)
def notify_appeal_deciders(event: ActionAppealed) -> None:
    found = appeal(event.act_id)
    for user_id in appeal_audience(found):
        notify(
            user_id, f"second-look:{found.act_id}", N_("Một người nhờ xem lại một quyết định. Trả lời trong 5 ngày."),
            _appeal_path(found.act_id),
        )  # fmt: skip


@on(ActionAppealOverdue)
def notify_of_overdue_appeal(event: ActionAppealOverdue) -> None:
    found = appeal(event.act_id)
    for user_id in appeal_audience(found):
        notify(
            user_id,
            f"second-look:{found.act_id}:late{event.alarm}",
            LATE_APPEAL[event.alarm],
            _appeal_path(found.act_id),
        )


@on(ActionAppealDecided)
def notify_of_appeal_decision(event: ActionAppealDecided) -> None:
    found = appeal(event.act_id)
    act, said = found.act, found.answer
    mark_handled(path=_appeal_path(act.id))
    key, subjects = f"second-look:{act.id}:answer", [one for one in (act.about_id, act.toward_id) if one is not None]
    for user_id in subjects:
        notify(user_id, key, ANSWERED[event.overturned], ABOUT_ME, answer=said)
    if found.by_id is not None and found.by_id not in subjects:  # a guardian, or one participant of a whole room
        child = user(act.about_id).called_name if act.about_id is not None else ""
        say = (OF_CHILD if child else ANSWERED)[event.overturned]
        notify(found.by_id, key, say, ABOUT_ME, child=child, answer=said)
    notify(act.by_id, f"second-look:{act.id}:done", DESK[event.overturned], _appeal_path(act.id), answer=said)
    if event.overturned:
        _tell_reporters(act)


def _tell_reporters(act: ModerationAction) -> None:
    """Notifies reporters that the outcome changed, without naming the subject."""
    for report in reports_of(act.case_id) if act.case_id is not None else []:
        if report.by_id is not None:
            say = N_("Việc bạn báo đã được một người khác xem lại, và kết quả đã đổi. Cần nói thêm thì báo lại.")
            notify(report.by_id, f"second-look:{act.id}:other", say, "/my-reports")


def _access_path(reading_id: int) -> str:
    return f"/desk/readings/{reading_id}"


@on(EmergencyAccessRequested)
def notify_approvers_of_emergency_request(event: EmergencyAccessRequested) -> None:
    found = get_emergency_access(event.reading_id)
    for user_id in seconds(found):
        notify(
            user_id,
            f"reading:{found.id}",
            N_("%(who)s xin đọc một phòng trong trường hợp khẩn. Cần bạn là người thứ hai."),
            _access_path(found.id),
            who=found.asked_by,
        )


@on(EmergencyAccessAnswered)
def notify_asker_of_emergency_answer(event: EmergencyAccessAnswered) -> None:
    found = get_emergency_access(event.reading_id)
    mark_handled(path=_access_path(found.id))
    if event.agreed:
        say = N_("Người thứ hai đã đồng ý. Bạn đọc phòng này được trong một giờ.")
        notify(found.asked_by_id, f"reading:{found.id}:answer", say, _access_path(found.id))
    elif found.declined_by_id != found.asked_by_id:
        say = N_("Yêu cầu đọc phòng của bạn không được duyệt.")
        notify(found.asked_by_id, f"reading:{found.id}:answer", say, _access_path(found.id))


@on(EmergencyAccessDisclosed)
def notify_room_of_emergency_access(event: EmergencyAccessDisclosed) -> None:
    """Notifies without names and without the reason, which may be about one of them."""
    found = get_emergency_access(event.reading_id)
    day = f"{clock.local(found.agreed_at or found.at):%d/%m/%Y}"
    for person in seated(found.room_id):
        if person.id in (found.asked_by_id, found.agreed_by_id):
            continue
        notify(
            person.id, f"reading-told:{found.id}",
            N_("Ngày %(day)s, một người phụ trách đã được phép đọc lại một phòng học của bạn trong một giờ vì việc "
               "khẩn về an toàn. Hai người đã cùng quyết định và việc này được ghi vào sổ."), day=day,
        )  # fmt: skip
        if person.is_minor:
            tell_guardians(
                person, f"reading-told:{found.id}:{person.id}",
                N_("Ngày %(day)s, một người phụ trách đã được phép đọc lại một phòng học của %(child)s trong một giờ "
                   "vì việc khẩn về an toàn. Hai người đã cùng quyết định và việc này được ghi vào sổ."), day=day,
            )  # fmt: skip
