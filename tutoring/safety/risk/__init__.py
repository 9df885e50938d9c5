"""Risk over time between two people: signs in what one writes to the other, and what they weigh together. Pure."""

from tutoring.safety.risk.kinds import KINDS
from tutoring.safety.risk.signs import Sign, masked, signs, toward
from tutoring.safety.risk.weighing import CASE, LEVELS, NOTICE, REMEMBERED, Point, Weighing, weigh

__all__ = [
    "CASE",
    "KINDS",
    "LEVELS",
    "NOTICE",
    "REMEMBERED",
    "Point",
    "Sign",
    "Weighing",
    "masked",
    "signs",
    "toward",
    "weigh",
]
