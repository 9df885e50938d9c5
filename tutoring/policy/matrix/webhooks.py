"""Rows of the permission matrix: webhooks of a unit."""

from tutoring.policy import webhooks
from tutoring.policy.access import STAFF_OR_ADMIN
from tutoring.policy.matrix.rows import MatrixRow, roles_held, routes


def _manages(role: str, inside: bool) -> bool:
    return webhooks.may_manage(roles_held(role, inside), "school", archived=False)


WEBHOOKS: tuple[MatrixRow, ...] = (
    MatrixRow(
        "API",
        "see the webhooks of a unit with their log; end one (its staff)",
        lambda role, inside: webhooks.may_see(roles_held(role, inside), "school"),
        STAFF_OR_ADMIN,
        routes("webhooks", "unit_webhooks webhook end_webhook"),
    ),
    MatrixRow(
        "API",
        "send an event of a webhook for a try, or once more (the staff of its unit)",
        _manages,
        STAFF_OR_ADMIN,
        routes("webhooks", "send_test send_again"),
    ),
    MatrixRow(
        "API",
        "connect events of a unit to an address, change its secret, read it once (the staff of the unit)",
        _manages,
        STAFF_OR_ADMIN,
        step_up=routes("webhooks", "make_webhook change_secret show_secret"),
    ),
)
