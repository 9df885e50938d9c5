"""What happened in a month is found by when it happened; the wholes of a unit without their parts.

Revision ID: 0045
Revises: 0039
"""

import sqlalchemy as sa
from alembic import op

revision = "0045"
down_revision = "0039"
branch_labels = None
depends_on = None

TIMES = (
    ("help_request", "created_at"),
    ("helped_session", "ended_at"),
    ("lesson_progress", "finished_at"),
    ("lesson_step_done", "at"),
    ("practice_run", "ended_at"),
)


def upgrade() -> None:
    for table, column in TIMES:
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column])
    whole = sa.text("key = ''")
    op.create_index("ix_figure_wholes", "figure", ["unit_id", "month"], sqlite_where=whole, postgresql_where=whole)


def downgrade() -> None:
    op.drop_index("ix_figure_wholes", table_name="figure")
    for table, column in TIMES:
        op.drop_index(op.f(f"ix_{table}_{column}"), table_name=table)
