"""Notification rules for visits: a time and where to look; no name, text or address."""

from collections.abc import Sequence

from tutoring.accounts.queries import user
from tutoring.community.memberships.queries import second_approvers
from tutoring.kernel.events import on
from tutoring.kernel.text import N_
from tutoring.notifications.inbox.commands import mark_handled, notify
from tutoring.notifications.rules.wording import at_time
from tutoring.policy.visits import PLANNERS
from tutoring.visits.events import (
    VisitEnded,
    VisitNear,
    VisitOfferClosed,
    VisitOffered,
    VisitPlanned,
    VisitRequested,
    VisitUnplanned,
)

_PLANNED = {
    "home": N_("Đã xếp xong buổi hẹn tại nhà: %(at)s. Mở để xem ai đến và con số nhận ra nhau."),
    "desk": N_("Đã xếp xong buổi hẹn tại Trung tâm: %(at)s. Mở để xem hỏi gặp ai."),
}
_MOVED = {
    "home": N_("Buổi hẹn tại nhà đã xếp lại: %(at)s. Mở để xem ai đến và con số mới."),
    "desk": N_("Buổi hẹn tại Trung tâm đã xếp lại: %(at)s. Mở để xem hỏi gặp ai."),
}
_TO_GO = {
    "home": N_("Bạn được phân công giúp tại nhà lúc %(at)s, cùng một người nữa. Mở để xem."),
    "desk": N_("Bạn được xếp đón người tại Trung tâm lúc %(at)s. Mở để xem."),
}
_GO_AGAIN = N_("Buổi hẹn bạn được xếp đã đổi: %(at)s. Mở để xem.")
_NOT_TO_GO = N_("Bạn không cần đến một buổi hẹn đã xếp trước đó nữa. Cảm ơn bạn.")
_NEAR = {
    ("home", 24): N_("Ngày mai có buổi hẹn tại nhà: %(at)s."),
    ("home", 2): N_("Hai giờ nữa có buổi hẹn tại nhà: %(at)s."),
    ("desk", 24): N_("Ngày mai có buổi hẹn tại Trung tâm: %(at)s."),
    ("desk", 2): N_("Hai giờ nữa có buổi hẹn tại Trung tâm: %(at)s."),
}
_ENDED = {
    "done": N_("Buổi hẹn gặp trực tiếp đã xong. Mở để xem và cho biết có giúp được bạn không."),
    "missed": N_("Buổi hẹn gặp trực tiếp chưa thành. Mở để xem lý do; bạn hẹn lại được."),
    "refused": N_("Chưa xếp được buổi gặp trực tiếp. Mở để xem lý do."),
    "cancelled": N_("Buổi gặp trực tiếp chưa xếp được nên đã đóng. Bạn hẹn lại được."),
}


def _path(visit_id: int) -> str:
    return f"/visits/{visit_id}"


def _tell_staff(key: str, visit_id: int, unit_id: int, say: str, but_id: int) -> None:
    for person in second_approvers(unit_id, PLANNERS, admins=False):
        if person.id != but_id:
            notify(person.id, f"{key}:{visit_id}", say, _path(visit_id), again=True)


@on(VisitRequested)
def notify_staff_of_visit_request(event: VisitRequested) -> None:
    say = N_("Có người xin hẹn gặp trực tiếp, đang chờ xếp lịch. Mở để xem.")
    _tell_staff("visit-asked", event.visit_id, event.unit_id, say, event.asker_id)


@on(VisitPlanned)
def notify_of_planned_visit(event: VisitPlanned) -> None:
    mark_handled(path=_path(event.visit_id))
    path, at = _path(event.visit_id), at_time(event.at)
    say = (_MOVED if event.again else _PLANNED)[event.kind]
    notify(event.asker_id, f"visit-plan:{event.visit_id}:{at}", say, path, again=True, at=at)
    for user_id in event.visitor_ids:
        say = _TO_GO[event.kind] if user_id in event.new else _GO_AGAIN
        notify(user_id, f"visit-go:{event.visit_id}:{at}", say, path, again=True, at=at)
    _not_to_go(event.visit_id, event.dropped)


def _not_to_go(visit_id: int, user_ids: Sequence[int]) -> None:
    for user_id in user_ids:
        notify(user_id, f"visit-not:{visit_id}", _NOT_TO_GO, "/visits", again=True)


@on(VisitUnplanned)
def notify_of_unplanned_visit(event: VisitUnplanned) -> None:
    mark_handled(path=_path(event.visit_id))
    _not_to_go(event.visit_id, event.visitor_ids)
    if not event.by_asker:
        say = N_("Buổi hẹn gặp trực tiếp phải xếp lại vì có người không đến được. Bạn sẽ được báo giờ mới.")
        notify(event.asker_id, f"visit-again:{event.visit_id}", say, _path(event.visit_id), again=True)
    say = N_("Một buổi hẹn gặp trực tiếp cần xếp lại người. Mở để xem.")
    _tell_staff("visit-wait", event.visit_id, event.unit_id, say, event.asker_id)


@on(VisitNear)
def remind_of_visit(event: VisitNear) -> None:
    for user_id in (event.asker_id, *event.visitor_ids):
        key, at = f"visit-near:{event.visit_id}:{event.hours}:{at_time(event.at)}", at_time(event.at)
        notify(user_id, key, _NEAR[event.kind, event.hours], _path(event.visit_id), worth_until=event.at, at=at)


@on(VisitEnded)
def notify_of_ended_visit(event: VisitEnded) -> None:
    mark_handled(path=_path(event.visit_id))
    if event.by_id != event.asker_id:
        notify(event.asker_id, f"visit-end:{event.visit_id}", _ENDED[event.state], _path(event.visit_id))
    others = [one for one in event.visitor_ids if one != event.by_id]
    if event.state in {"cancelled", "refused"}:
        _not_to_go(event.visit_id, others)
    else:
        for user_id in others:
            say = N_("Buổi hẹn bạn được xếp đã kết thúc. Mở để xem kết quả.")
            notify(user_id, f"visit-end:{event.visit_id}", say, _path(event.visit_id))


@on(VisitOffered)
def notify_learner_of_visit_offer(event: VisitOffered) -> None:
    say = N_("%(who)s đề nghị hẹn gặp bạn trực tiếp, tại Trung tâm hoặc tại nhà. Mở để trả lời; không nhận cũng được.")
    path = f"/visits/new?offer={event.offer_id}"
    notify(event.learner_id, f"visit-offer:{event.offer_id}", say, path, who=user(event.by_id))


@on(VisitOfferClosed)
def notify_proposer_of_offer_answer(event: VisitOfferClosed) -> None:
    mark_handled(f"visit-offer:{event.offer_id}")
    say = (
        N_("Người học đã đồng ý gặp trực tiếp. Người phụ trách sẽ xếp lịch. Cảm ơn bạn.")
        if event.accepted
        else N_("Người học chưa muốn hẹn gặp trực tiếp. Bạn cứ giúp tiếp trên mạng.")
    )
    notify(event.by_id, f"visit-answer:{event.offer_id}", say)
