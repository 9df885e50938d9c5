"""Everything that changes the training of staff."""

from tutoring.training.commands import due, renewing
from tutoring.training.commands.assigning import assign, forget_person, leave_with_the_unit, stop_person, take_off
from tutoring.training.commands.attendance import mark, why_not_now
from tutoring.training.commands.seats import sign_up, withdraw
from tutoring.training.commands.sessions import Plan, announce_session, cancel_session, change_session

__all__ = [
    "Plan",
    "announce_session",
    "assign",
    "cancel_session",
    "change_session",
    "due",
    "forget_person",
    "leave_with_the_unit",
    "mark",
    "renewing",
    "sign_up",
    "stop_person",
    "take_off",
    "why_not_now",
    "withdraw",
]
