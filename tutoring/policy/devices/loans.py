"""Access rules of handovers, loans, returns and thanks, with their dates.

Devices change hands only at a public place, before staff who are neither of the family nor the donor. Functions take
facts and query no database.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from tutoring.kernel.clock import local
from tutoring.policy.devices.inventory import may_run_store

EARLIEST, LATEST = time(7), time(19)  # a handover begins between these times
SOONEST, FARTHEST = timedelta(minutes=30), timedelta(days=30)
BEFORE: Final = timedelta(hours=24)  # this long before the time both sides are reminded
UNSAID: Final = timedelta(days=7)  # a handover without a result for this long counts as missed

MOST_RENEWALS: Final = 2
ASKS_FROM: Final = timedelta(days=30)  # this long before the due day a family may ask for more time
REMINDED: Final = (30, 7, 0, -7, -30)  # days until the due day
DONOR_DAY: Final = timedelta(days=30)  # this long before the donor's own day staff are notified
KEPT: Final = timedelta(days=730)  # after the end
LONGEST_THANKS: Final = 300
LONGEST_NOTE: Final = 300
_YEAR_ENDS = (5, 31)  # the last day of lessons in a school year
_SHORT = timedelta(days=60)  # a nearer end of the school year is too short for a loan

LOAN_FILTERS: Final = ("open", "soon", "overdue", "renewal", "told", "ended")


def wrong_time(at: datetime, now: datetime) -> str:
    """Returns what is wrong with the time of a handover: "soon", "far", "hours" or ""."""
    if at < now + SOONEST:
        return "soon"
    if at > now + FARTHEST:
        return "far"
    return "" if EARLIEST <= local(at).time() <= LATEST else "hours"


# ---- days -----------------------------------------------------------------------------------------------------


def year_later(day: date) -> date:
    """Returns the same day twelve months later."""
    try:
        return day.replace(year=day.year + 1)
    except ValueError:  # the 29th of February
        return day.replace(year=day.year + 1, day=28)


def last_due(today: date, lend_until: date | None) -> date:
    """Returns the latest day until which a device may be lent at once."""
    return min(year_later(today), lend_until or date.max)


def usual_due(today: date, lend_until: date | None) -> date:
    """Returns the default due day, never past the donor's day.

    It is the end of the school year, or twelve months from today where that end is near.
    """
    end = date(today.year, *_YEAR_ENDS)
    if end < today:
        end = date(today.year + 1, *_YEAR_ENDS)
    return min(end if end - today >= _SHORT else year_later(today), last_due(today, lend_until))


def may_lend_until(day: date, today: date, lend_until: date | None) -> bool:
    """A loan takes twelve months at most and ends before its donor wants the device back."""
    return today <= day <= last_due(today, lend_until)


def last_renewed(due_on: date, today: date, lend_until: date | None) -> date:
    """Returns the latest day to which a loan may be renewed."""
    return last_due(max(due_on, today), lend_until)


def why_no_renewal(due_on: date, today: date, renewals: int, asked: bool, lend_until: date | None) -> str:
    """Returns why a family may not ask for more time: "early", "asked", "often", "donor" or ""."""
    if asked:
        return "asked"
    if today < due_on - ASKS_FROM:
        return "early"
    if renewals >= MOST_RENEWALS:
        return "often"
    return "donor" if lend_until is not None and last_renewed(due_on, today, lend_until) <= due_on else ""


# ---- people ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class LoanFacts:
    """The facts about one user and one handover, loan or thanks."""

    is_receiver: bool = False
    is_family: bool = False  # the receiver, or a guardian of the child who uses it
    is_person: bool = False  # uses it
    held: Collection[str] = frozenset()  # roles at the ward of the device, or above it
    is_donor: bool = False
    concerned: bool = False  # parties.concerned: of that family as far as is known

    @property
    def staff(self) -> bool:
        return may_run_store(self.held)

    @property
    def other(self) -> bool:
        """Staff who are neither the donor nor of the family."""
        return self.staff and not self.is_donor and not self.concerned


def may_hand_over(facts: LoanFacts) -> bool:
    """Staff who are neither of the family nor the donor plan and do a handover."""
    return facts.other


def may_see_handover(facts: LoanFacts) -> bool:
    return facts.is_receiver or facts.staff


def may_call_off(facts: LoanFacts) -> bool:
    """The receiver may call off without a reason, and so may staff."""
    return facts.is_receiver or facts.other


def may_read_record(facts: LoanFacts) -> bool:
    """Only the receiver and staff of the ward read a record: it has names and serial numbers."""
    return facts.is_receiver or facts.staff


def may_see_loan(facts: LoanFacts) -> bool:
    return facts.is_family or facts.is_person or facts.staff


def may_speak_for_loan(facts: LoanFacts) -> bool:
    """The adults of the family ask for more time, report a loss and give thanks."""
    return facts.is_family


def may_end_loan(facts: LoanFacts) -> bool:
    """Staff who are not of the family renew, take back and write off a loan."""
    return facts.staff and not facts.concerned


def may_pass_thanks(facts: LoanFacts, is_author: bool) -> bool:
    """Staff forward thanks unless they wrote them, gave the device or have it."""
    return facts.other and not is_author
