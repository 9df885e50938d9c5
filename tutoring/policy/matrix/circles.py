"""Rows of the permission matrix: circles of parents."""

from tutoring.policy import circles, lessons
from tutoring.policy.access import SIGNED_IN
from tutoring.policy.matrix.rows import MatrixRow, roles_held, routes


def _facts(role: str, inside: bool, *, own: bool = False) -> circles.CircleFacts:
    """Returns the facts about a user of this role and a circle, inside or outside their scope."""
    return circles.CircleFacts(guards=role == "parent" and inside, held=roles_held(role, inside), own=own)


CIRCLES: tuple[MatrixRow, ...] = (
    MatrixRow(
        "Circles of parents",
        "read a circle, ask, answer, say what helped (guardians of pupils, who teaches there)",
        lambda role, inside: circles.may_enter(_facts(role, inside)),
        SIGNED_IN,
        routes("circles", "index circle ask topic helped"),
    ),
    MatrixRow(
        "Circles of parents",
        "report words of others there",
        lambda role, inside: circles.may_read(_facts(role, inside)),
        SIGNED_IN,
        routes("moderation", "report_topic report_answer"),
    ),
    MatrixRow(
        "Circles of parents",
        "change one's own words within half an hour, withdraw them",
        lambda role, inside: circles.may_withdraw(_facts(role, inside, own=True)),
        SIGNED_IN,
        routes("circles", "edit_topic edit_answer withdraw_topic withdraw_answer"),
    ),
    MatrixRow(
        "Circles of parents",
        "wish for a live session (guardians)",
        lambda role, inside: circles.may_wish(_facts(role, inside)),
        SIGNED_IN,
        ("circles.wish",),
    ),
    MatrixRow(
        "Circles of parents",
        "close a topic and open it again (who asked, who teaches there)",
        lambda role, inside: circles.may_close(_facts(role, inside, own=True)),
        SIGNED_IN,
        ("circles.close_topic",),
    ),
    MatrixRow(
        "Circles of parents",
        "pin an answer",
        lambda role, inside: circles.may_pin(_facts(role, inside)),
        lessons.EDITORS,
        ("circles.pin",),
    ),
    MatrixRow(
        "Circles of parents",
        "hide words of others",
        lambda role, inside: circles.may_hide(_facts(role, inside)),
        lessons.EDITORS,
        routes("circles", "hide_topic hide_answer"),
        reason=True,
    ),
    MatrixRow(
        "Circles of parents",
        "suggest an answer as a lesson (who teaches there; all once three were helped)",
        lambda role, inside: circles.may_suggest(_facts(role, inside), circles.ENOUGH_HELPED),
        SIGNED_IN,
        ("circles.suggest",),
    ),
    MatrixRow(
        "Circles of parents",
        "let one's own answer become a lesson",
        lambda role, inside: circles.may_agree(_facts(role, inside, own=True)),
        SIGNED_IN,
        ("circles.agree",),
    ),
    MatrixRow(
        "Circles of parents",
        "send an answer to the editors of lessons once its author has said yes",
        lambda role, inside: circles.may_send(_facts(role, inside), roles_held(role, inside)),
        lessons.EDITORS,
        ("circles.to_lesson",),
        second=True,
    ),
)
