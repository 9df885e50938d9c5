"""A request that nobody took at once goes on in other ways: the learner's wished times, a weekly meeting, and in the
end the coordinator's duty to see that it is answered in writing."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from tutoring.accounts.models import User
from tutoring.community.hours import hours_of
from tutoring.kernel import clock, jobs, limits
from tutoring.kernel.commands import command
from tutoring.kernel.errors import Conflict, Invalid
from tutoring.kernel.events import announce
from tutoring.kernel.text import N_
from tutoring.pairing.commands.pausing import own
from tutoring.pairing.commands.planning import next_after, plan_track, queue_again, waited_until, withdraw_offers
from tutoring.pairing.commands.proposals import withdraw_proposals
from tutoring.pairing.commands.states import locked
from tutoring.pairing.invitees import invitees
from tutoring.pairing.models import HelpRequest
from tutoring.pairing.track_events import (
    AnswerOwed,
    HelpersInvited,
    LaterOffered,
    TimesOver,
    TimesWished,
)
from tutoring.policy.tracks import wrong_time

_NEARLY = timedelta(seconds=5)  # the clock of another server may be a little behind

_WRONG = {
    "none": N_("Hãy chọn ít nhất một giờ."),
    "many": N_("Hãy chọn nhiều nhất ba giờ."),
    "soon": N_("Hãy chọn giờ cách bây giờ ít nhất 30 phút."),
    "far": N_("Hãy chọn giờ trong bảy ngày tới."),
    "quarter": N_("Hãy chọn giờ tròn 15 phút, như 19:00 hoặc 19:15."),
}


def _waiting(user: User, request_id: int) -> HelpRequest:
    asked = own(user, request_id)
    limits.hit("act", user.id)
    if asked.stage != "waiting":
        raise Conflict(N_("Yêu cầu này vừa thay đổi. Hãy xem lại trang."))
    return asked


@command
def wish_times(user: User, request_id: int, times: Sequence[datetime]) -> None:
    """Help at one of these times instead of now; a helper takes one of them, and nobody is asked to come at once."""
    asked = _waiting(user, request_id)
    moment = clock.now()
    chosen = sorted(set(times))
    if wrong := wrong_time(chosen, moment):
        raise Invalid(_WRONG[wrong], field="times")
    hours = hours_of(asked.unit_id)
    if asked.minor and not all(hours.open_at(at) for at in chosen):
        raise Invalid(N_("Có giờ nằm ngoài giờ mở phòng của trường. Hãy chọn giờ khác."), field="times")
    if asked.wish == "weekly":
        asked.wish = "now"
        withdraw_proposals(request_id=asked.id)
    asked.times = [at.isoformat() for at in chosen]
    asked.times_until = chosen[-1]
    _nobody_is_called(asked)
    jobs.due("pairing.invite", f"invite:{asked.id}:{moment.isoformat()}", moment, request_id=asked.id)
    key = f"times:{asked.id}:{chosen[-1].isoformat()}:{moment.isoformat()}"
    jobs.due("pairing.times_over", key, chosen[-1], request_id=asked.id, until=chosen[-1].isoformat())
    announce(TimesWished(asked.id, asked.learner_id))


@command
def look_now(user: User, request_id: int) -> None:
    """Neither a time nor a weekly meeting any more: whoever is there may come."""
    asked = _waiting(user, request_id)
    if asked.wish == "now" and asked.times_until is None:
        return
    asked.wish, asked.times, asked.times_until = "now", [], None
    withdraw_proposals(request_id=asked.id)
    queue_again(asked)
    announce(TimesWished(asked.id, asked.learner_id))


@command
def wait_weekly(user: User, request_id: int) -> None:
    """A meeting every week instead: the request waits for the next round."""
    asked = _waiting(user, request_id)
    asked.wish, asked.times, asked.times_until = "weekly", [], None
    asked.later_at = asked.later_at or clock.now()  # help at once was tried, so an answer is still owed
    _nobody_is_called(asked)
    plan_track(asked)
    announce(TimesWished(asked.id, asked.learner_id))


def _nobody_is_called(asked: HelpRequest) -> None:
    """Offers are withdrawn, a planned wave finds another number, and the alarm ends."""
    withdraw_offers(asked.id)
    asked.wave += 1
    asked.alarmed_at = asked.alarm_seen_at = asked.alarm_seen_by_id = None


# ---- due work -------------------------------------------------------------------------------------------------


@jobs.job("pairing.invite")
def _invite(payload: dict[str, int]) -> None:
    """A few helpers hear that somebody wishes for a time."""
    asked = locked(payload["request_id"])
    if asked.stage == "waiting" and asked.times_until is not None and asked.times_until > clock.now():
        announce(HelpersInvited(asked.id, tuple(invitees(asked))))


@jobs.job("pairing.times_over")
def _times_over(payload: dict[str, str | int]) -> None:
    """Nobody took any of the times: somebody is looked for at once again, and the learner is told."""
    asked = locked(int(payload["request_id"]))
    over = asked.times_until is not None and asked.times_until <= datetime.fromisoformat(str(payload["until"]))
    if asked.stage in {"waiting", "paused"} and over:
        asked.times, asked.times_until = [], None
        if asked.stage == "waiting":
            queue_again(asked)
        announce(TimesOver(asked.id, asked.learner_id))


@jobs.job("pairing.track")
def _track(payload: dict[str, int]) -> None:
    """It has waited for long: other ways are offered; later the coordinator hears that an answer is owed."""
    asked = locked(payload["request_id"])
    if asked.stage != "waiting":
        return  # planned anew when it waits again
    if waited_until(asked, clock.now()) + _NEARLY < next_after(asked):
        pass  # it rested meanwhile
    elif asked.later_at is None:
        asked.later_at = clock.now()
        announce(LaterOffered(asked.id, asked.learner_id))
    else:
        asked.answer_calls += 1
        announce(AnswerOwed(asked.id, asked.unit_id, asked.answer_calls))
    plan_track(asked)
