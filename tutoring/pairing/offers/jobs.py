"""Jobs that offer a request to the next helpers when those before gave no answer, and that repeat the alarm.

The helpers asked at one time are a wave. A wave is a background job: it is sent exactly once, in one transaction with
its offers, even if a process crashes.
"""

from tutoring.kernel import clock, jobs
from tutoring.kernel.db import db
from tutoring.kernel.events import publish
from tutoring.pairing.events import NoHelperLeft, OfferMade, WaitMessageDue
from tutoring.pairing.lifecycle.state_machine import lock_request
from tutoring.pairing.lifecycle.timers import open_offers, schedule_wave, waited_until
from tutoring.pairing.models import HelpRequest, Offer
from tutoring.pairing.offers.commands import left_unanswered
from tutoring.pairing.offers.helper_selection import RankedHelper, next_wave, reason_no_room_can_open
from tutoring.pairing.site_settings import answers_within
from tutoring.policy.pairing.offers import ALARM_AGAIN, CITY, DUTY, looks_after, widened


@jobs.job("pairing.wave")
def _wave(payload: dict[str, int]) -> None:
    """Ends the previous wave and asks the next helpers.

    Each wave reaches further out; the last one reaches staff on duty.
    """
    asked = lock_request(payload["request_id"])
    if asked.stage != "waiting" or asked.wave != payload["wave"]:
        return
    for offer in open_offers(asked.id):
        left_unanswered(offer)
    why_shut = reason_no_room_can_open(asked)
    found: list[RankedHelper] = []
    if not why_shut:
        for ring in range(asked.ring, DUTY + 1):
            found = next_wave(asked, ring)
            if found:
                _send(asked, found, ring)
                asked.ring = widened(ring) if ring < DUTY else CITY
                break
    if found:
        schedule_wave(asked, answers_within())
        return
    waited = waited_until(asked, clock.now()).total_seconds()  # excludes the time it awaited a device
    schedule_wave(asked, looks_after(int(waited), not why_shut))
    if why_shut != "hours" and asked.alarmed_at is None:
        asked.alarmed_at = clock.now()
        _call(asked, 1)


def _send(asked: HelpRequest, found: list[RankedHelper], ring: int) -> None:
    moment = clock.now()
    offers = [
        Offer(
            request_id=asked.id, helper_id=one.helper_id, wave=asked.wave, ring=ring, score=one.score,
            reasons=one.reasons, offered_at=moment, reserved_until=moment + answers_within(),
        )
        for one in found
    ]  # fmt: skip
    # A concurrent wave may have reserved one of these helpers: then the whole wave rolls back and is retried.
    db.session.add_all(offers)
    db.session.flush()
    for offer in offers:
        publish(OfferMade(offer.id, asked.id, offer.helper_id))


@jobs.job("pairing.wait_goes_on")
def _push_wait_message(payload: dict[str, int]) -> None:
    """Signals open pages that the waiting room now shows another message."""
    asked = lock_request(payload["request_id"])
    if asked.stage == "waiting":
        publish(WaitMessageDue(asked.id, asked.learner_id))


def _call(asked: HelpRequest, number: int) -> None:
    publish(NoHelperLeft(asked.id, asked.unit_id))
    key = f"alarm:{asked.id}:{int((asked.alarmed_at or clock.now()).timestamp())}:{number}"
    jobs.enqueue("pairing.alarm", key, clock.now() + ALARM_AGAIN, request_id=asked.id, number=number)


@jobs.job("pairing.alarm")
def _alarm_again(payload: dict[str, int]) -> None:
    """Repeats the alarm until a coordinator has seen it, as long as the request waits."""
    asked = lock_request(payload["request_id"])
    if asked.stage == "waiting" and asked.alarmed_at is not None and asked.alarm_seen_at is None:
        _call(asked, payload["number"] + 1)
