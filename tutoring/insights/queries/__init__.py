"""Reads of what the lessons did: each costs a fixed number of queries, whatever the size of the bank."""

from tutoring.insights.queries.answers import quiz_options, wrong_options
from tutoring.insights.queries.care import care
from tutoring.insights.queries.people import endings, rescues
from tutoring.insights.queries.said import Said, not_useful, searched_in_vain
from tutoring.insights.queries.scope import DAYS, Line, Place, Scope, scope

__all__ = [
    "DAYS",
    "Line",
    "Place",
    "Said",
    "Scope",
    "care",
    "endings",
    "not_useful",
    "quiz_options",
    "rescues",
    "scope",
    "searched_in_vain",
    "wrong_options",
]
