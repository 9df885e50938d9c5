"""Risk over time between two people: signals in messages and their score. Pure functions."""

from tutoring.safety.risk.kinds import KINDS
from tutoring.safety.risk.scoring import CASE, LEVELS, NOTICE, REMEMBERED, Point, RiskScore, score_signals
from tutoring.safety.risk.signals import RiskSignal, find_signals, masked, toward

__all__ = [
    "CASE",
    "KINDS",
    "LEVELS",
    "NOTICE",
    "REMEMBERED",
    "Point",
    "RiskScore",
    "RiskSignal",
    "find_signals",
    "masked",
    "score_signals",
    "toward",
]
