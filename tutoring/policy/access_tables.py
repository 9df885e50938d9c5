"""The access tables, derived from the permission matrix: every endpoint and socket event of the site."""

from tutoring.policy.access import Access
from tutoring.policy.matrix.table import MATRIX_ROWS

ROUTES: dict[str, Access] = {endpoint: row.access for row in MATRIX_ROWS for endpoint in row.all_endpoints}
SOCKET_EVENTS: dict[str, Access] = {event: row.access for row in MATRIX_ROWS for event in row.socket_events}
STEP_UP = frozenset(endpoint for row in MATRIX_ROWS for endpoint in row.step_up)
# Routes without a rate limit: a person in danger is served, however many requests came before.
# Reports have a rate limit of their own, which reports of danger bypass. Users who wait reload the status page often;
# it is rendered once in some seconds.
UNLIMITED = frozenset({
    "static", "web.health", "ready.look", "home.help", "help.status", "welfare.card", "welfare.hide",
    *(endpoint for endpoint in ROUTES if endpoint.startswith("moderation.report")),
})  # fmt: skip
