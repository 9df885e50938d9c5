"""Who is told of second looks at acts of the desk."""

from tutoring.accounts.queries import user
from tutoring.kernel.events import on
from tutoring.kernel.text import N_
from tutoring.moderation.appeal_events import ActAppealDecided, ActAppealed, ActAppealLate
from tutoring.moderation.appeals import appeal
from tutoring.moderation.appeals import to_tell as appeal_audience
from tutoring.moderation.cases import reports_of
from tutoring.moderation.models import DeskAct
from tutoring.notifications.commands import settle, tell

ABOUT_ME = "/acts-about-me"
LATE = {
    1: N_("Quá hạn 5 ngày: một lời nhờ xem lại chưa được trả lời. Mở xem ngay."),
    2: N_("Quá hạn lâu: một lời nhờ xem lại chưa ai trả lời. Quản trị mở xem ngay."),
}
ANSWERED = {
    True: N_("Một người khác đã xem lại và hoàn tác việc đã làm. Lời nhắn: %(answer)s"),
    False: N_("Một người khác đã xem lại và giữ như trước. Lời nhắn: %(answer)s"),
}
OF_CHILD = {
    True: N_("Một người khác đã xem lại và hoàn tác việc đã làm với %(child)s. Lời nhắn: %(answer)s"),
    False: N_("Một người khác đã xem lại việc đã làm với %(child)s và giữ như trước. Lời nhắn: %(answer)s"),
}
DESK = {
    True: N_("Việc bạn đã làm được một người khác xem lại và hoàn tác. Lời nhắn: %(answer)s"),
    False: N_("Việc bạn đã làm được một người khác xem lại và giữ như trước."),
}


def _path(act_id: int) -> str:
    return f"/desk/second-looks/{act_id}"


@on(ActAppealed)
def those_who_may_look_again_hear(event: ActAppealed) -> None:
    found = appeal(event.act_id)
    for user_id in appeal_audience(found):
        tell(
            user_id, f"second-look:{found.act_id}", N_("Một người nhờ xem lại một việc đã làm. Trả lời trong 5 ngày."),
            _path(found.act_id),
        )  # fmt: skip


@on(ActAppealLate)
def the_next_ones_hear_that_it_is_late(event: ActAppealLate) -> None:
    found = appeal(event.act_id)
    for user_id in appeal_audience(found):
        tell(user_id, f"second-look:{found.act_id}:late{event.alarm}", LATE[event.alarm], _path(found.act_id))


@on(ActAppealDecided)
def both_sides_hear_what_came_of_it(event: ActAppealDecided) -> None:
    found = appeal(event.act_id)
    act, said = found.act, found.answer
    settle(path=_path(act.id))
    key, subjects = f"second-look:{act.id}:answer", [one for one in (act.about_id, act.toward_id) if one is not None]
    for user_id in subjects:
        tell(user_id, key, ANSWERED[event.overturned], ABOUT_ME, answer=said)
    if found.by_id is not None and found.by_id not in subjects:  # a guardian, or one of a whole room
        child = user(act.about_id).called_name if act.about_id is not None else ""
        say = (OF_CHILD if child else ANSWERED)[event.overturned]
        tell(found.by_id, key, say, ABOUT_ME, child=child, answer=said)
    tell(act.by_id, f"second-look:{act.id}:done", DESK[event.overturned], _path(act.id), answer=said)
    if event.overturned:
        _tell_reporters(act)


def _tell_reporters(act: DeskAct) -> None:
    """Who reported hears that the outcome is another one now, and nothing of whom it was about."""
    for report in reports_of(act.case_id) if act.case_id is not None else []:
        if report.by_id is not None:
            say = N_("Việc bạn báo đã được một người khác xem lại, và kết quả đã đổi. Cần nói thêm thì báo lại.")
            tell(report.by_id, f"second-look:{act.id}:other", say, "/my-reports")
