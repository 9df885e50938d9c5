"""Rows of the permission matrix: walk-in queues."""

from tutoring.policy import queues
from tutoring.policy.access import ANYONE
from tutoring.policy.matrix.rows import MatrixRow, allow_anyone, roles_held, routes

QUEUES: tuple[MatrixRow, ...] = (
    MatrixRow(
        "Walk-in queue",
        "draw a number at the door of a ward, follow it, give it back; read the wall display (by their addresses)",
        allow_anyone,
        ANYONE,
        routes("queues", "door ticket leave come_back display screen screen_ticket"),
    ),
    MatrixRow(
        "Walk-in queue",
        "issue numbers, open and close a desk, call, pass on, hand over to a lesson or a helper",
        lambda role, inside: queues.may_call(roles_held(role, inside), "ward"),
        queues.CLERKS,
        routes("queues", "work issue paper act open_desk close_desk call"),
    ),
    MatrixRow(
        "Walk-in queue",
        "set hours, services, desks and addresses, print the poster, read the figures of past days",
        lambda role, inside: queues.may_set_queue(roles_held(role, inside), "ward"),
        queues.SETTERS,
        routes(
            "queues",
            "switch_on switch_off drop_waiting renew_codes settings add_service remove_service add_desk limit_desk "
            "remove_desk poster days",
        ),
    ),
)
