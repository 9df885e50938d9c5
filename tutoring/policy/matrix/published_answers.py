"""Rows of the permission matrix: published answers."""

from tutoring.policy import published_answers
from tutoring.policy.access import ANYONE, SIGNED_IN
from tutoring.policy.matrix.rows import MatrixRow, allow_anyone, allow_own, roles_held, routes

_AREA = "Published answers"

PUBLISHED_ANSWERS: tuple[MatrixRow, ...] = (
    MatrixRow(_AREA, "read the answers of a step", allow_anyone, ANYONE, ("published_answers.of_step",)),
    MatrixRow(_AREA, "report an answer", allow_anyone, ANYONE, ("moderation.report_published",)),
    MatrixRow(
        _AREA,
        "write an answer (helper of a solved request), see and withdraw one's own, say yes or no (both sides)",
        allow_own,
        SIGNED_IN,
        routes("published_answers", "own write show agree withdraw"),
    ),
    MatrixRow(_AREA, "say that one had the same problem", allow_own, SIGNED_IN, ("published_answers.mark",)),
    MatrixRow(
        _AREA,
        "endorse an answer (who teaches anywhere; not who took part)",
        lambda role, inside: published_answers.may_endorse(roles_held(role, inside), False),
        published_answers.RELEASERS,
        ("published_answers.endorse",),
    ),
    MatrixRow(
        _AREA,
        "read, release, return, refuse, confirm, take down (who teaches at the learner's unit; not who took part)",
        lambda role, inside: published_answers.may_release(roles_held(role, inside), False),
        published_answers.RELEASERS,
        routes("published_answers", "review read decide"),
        second=True,
        reason=True,
    ),
)
