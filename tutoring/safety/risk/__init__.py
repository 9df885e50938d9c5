"""Risk over time between two people: signals in messages and their score. Pure functions."""

from tutoring.safety.risk.kinds import KINDS
from tutoring.safety.risk.scoring import CASE, LEVELS, NOTICE, REMEMBERED, Point, Weighing, score_signals
from tutoring.safety.risk.signals import RiskSignal, masked, signs, toward

__all__ = [
    "CASE",
    "KINDS",
    "LEVELS",
    "NOTICE",
    "REMEMBERED",
    "Point",
    "RiskSignal",
    "Weighing",
    "masked",
    "score_signals",
    "signs",
    "toward",
]
