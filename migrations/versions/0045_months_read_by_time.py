"""What happened in a month is found by when it happened.

Revision ID: 0045
Revises: 0039
"""

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


def downgrade() -> None:
    for table, column in TIMES:
        op.drop_index(op.f(f"ix_{table}_{column}"), table_name=table)
