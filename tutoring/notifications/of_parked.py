"""Who is told what of requests that the desk keeps because there is no device or no internet; no names, no words."""

from tutoring.community.roster import seconds
from tutoring.kernel import clock
from tutoring.kernel.events import on
from tutoring.kernel.text import N_
from tutoring.notifications.commands import settle, tell
from tutoring.pairing.events import HelpEnded
from tutoring.pairing.parked import desks_of
from tutoring.pairing.parked_events import HelpParked, HelpUnparked, ParkedLong, StillParked
from tutoring.pairing.queries import request
from tutoring.policy.parked import DESK, HELPED_THERE

_INTO_QUEUE = {
    "device": N_("Máy đã tới, lời nhờ của bạn đã vào hàng chờ. Có người nhận là bạn được báo."),
    "internet": N_("Mạng đã có, lời nhờ của bạn đã vào hàng chờ. Có người nhận là bạn được báo."),
}
_CAME = {
    "device": N_("Mạng đã có. Lời nhờ của bạn còn chờ máy; phường vẫn giữ."),
    "internet": N_("Máy đã có. Lời nhờ của bạn còn chờ mạng; phường vẫn giữ."),
}
_NOT_COMING = N_("Nhu cầu máy hoặc mạng đã khép lại. Lời nhờ của bạn vẫn được giữ; mở để xem còn cách nào khác.")


def _kept(request_id: int) -> str:
    return f"parked:{request_id}"


@on(HelpParked)
def desk_hears_of_it(event: HelpParked) -> None:
    asked = request(event.request_id)
    say = N_("Có lời nhờ của một gia đình chưa có máy hoặc mạng, đang giữ ở bàn của khu phố. Mở để xem.")
    for unit_id in desks_of(asked):
        for person in seconds(unit_id, DESK, admins=False):
            if person.id not in (asked.learner_id, asked.asked_by_id):
                tell(person.id, _kept(asked.id), say, f"/units/{unit_id}/parked")


def _family(learner_id: int, asked_by_id: int) -> set[int]:
    return {learner_id, asked_by_id}


@on(HelpUnparked)
def family_hears_that_it_waits(event: HelpUnparked) -> None:
    settle(_kept(event.request_id))
    if event.kind:  # their own word needs no notice
        for user_id in sorted(_family(event.learner_id, event.asked_by_id)):
            tell(user_id, f"unparked:{event.request_id}", _INTO_QUEUE[event.kind], f"/requests/{event.request_id}")


@on(StillParked)
def family_hears_what_is_lacking(event: StillParked) -> None:
    say = _CAME[event.lack] if event.came else _NOT_COMING
    for user_id in sorted(_family(event.learner_id, event.asked_by_id)):
        tell(user_id, f"still-parked:{event.request_id}:{event.need_id}", say, f"/requests/{event.request_id}")


@on(HelpEnded)
def family_hears_that_it_is_done(event: HelpEnded) -> None:
    settle(_kept(event.request_id))
    if event.outcome == HELPED_THERE:
        asked = request(event.request_id)
        say = N_("Lời nhờ đã khép lại vì bạn đã được giúp tại điểm. Chưa xong thì bạn cứ nhờ lại.")
        for user_id in sorted(_family(asked.learner_id, asked.asked_by_id)):
            tell(user_id, f"helped-there:{asked.id}", say, f"/requests/{asked.id}")


@on(ParkedLong)
def ward_hears_what_has_not_moved(event: ParkedLong) -> None:
    year, week, _ = clock.today().isocalendar()
    say = N_("%(n)s lời nhờ chưa có máy hoặc mạng đã hai tuần chưa có gì mới. Mở để xem.")
    for person in seconds(event.place_id, DESK, admins=False):
        key, path = f"parked-long:{event.place_id}:{year}-{week}", f"/units/{event.place_id}/parked"
        tell(person.id, key, say, path, n=event.count)
