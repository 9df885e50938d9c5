"""A learner may have one open request for a helper, one for an hour and one for a device; others are deferred.

Revision ID: 0065
Revises: 0064
"""

import sqlalchemy as sa
from alembic import op

revision = "0065"
down_revision = "0064"
branch_labels = None
depends_on = None

SLOTS = {
    "uq_help_request_open_learner": (
        "(state IN ('offered', 'helping') OR (state = 'waiting' AND wish = 'now' AND times_until IS NULL"
        " AND meet_at IS NULL AND parked_at IS NULL AND deferred_at IS NULL AND paused_at IS NULL"
        " AND answered_at IS NULL))"
    ),
    "uq_help_request_hour_learner": (
        "(state = 'waiting' AND (wish = 'weekly' OR times_until IS NOT NULL OR meet_at IS NOT NULL)"
        " AND parked_at IS NULL AND deferred_at IS NULL)"
    ),
    "uq_help_request_parked_learner": "parked_at IS NOT NULL",
}
OPEN = "state IN ('waiting', 'offered', 'helping')"


def upgrade() -> None:
    moment = "DATETIME" if op.get_bind().dialect.name == "sqlite" else "TIMESTAMP WITH TIME ZONE"
    op.execute(
        f"ALTER TABLE help_request ADD COLUMN deferred_at {moment} CONSTRAINT ck_help_request_deferred_at "
        "CHECK (deferred_at IS NULL OR (state = 'waiting' AND parked_at IS NULL AND meet_at IS NULL))"
    )
    op.drop_index("uq_help_request_open_learner", "help_request")
    for name, condition in SLOTS.items():
        _unique(name, condition)


def downgrade() -> None:
    """Goes back to one open request: of several, the one with a helper stays, else the oldest; others are cancelled."""
    for name in SLOTS:
        op.drop_index(name, "help_request")
    op.execute("ALTER TABLE help_request DROP COLUMN deferred_at")
    op.execute(
        "UPDATE help_request SET state = 'cancelled', outcome = 'cancelled', ended_at = CURRENT_TIMESTAMP,"
        " parked_at = NULL, paused_at = NULL, answered_at = NULL, agreed_at = NULL, meet_at = NULL, group_id = NULL,"
        " times = '[]', times_until = NULL WHERE state = 'waiting' AND EXISTS (SELECT 1 FROM help_request AS other"
        " WHERE other.learner_id = help_request.learner_id AND other.state IN ('waiting', 'offered', 'helping')"
        " AND (other.state <> 'waiting' OR other.id < help_request.id))"
    )
    _unique("uq_help_request_open_learner", OPEN)


def _unique(name: str, condition: str) -> None:
    where = sa.text(condition)
    op.create_index(name, "help_request", ["learner_id"], unique=True, sqlite_where=where, postgresql_where=where)
