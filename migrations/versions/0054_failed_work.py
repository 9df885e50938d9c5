"""Work that was given up is counted without looking through all that was ever done.

Revision ID: 0054
Revises: 0053
"""

import sqlalchemy as sa
from alembic import op

revision = "0054"
down_revision = "0053"
branch_labels = None
depends_on = None

WHERE = sa.text("failed_at IS NOT NULL AND done_at IS NULL")


def upgrade() -> None:
    op.create_index("ix_due_work_failed", "due_work", ["failed_at"], sqlite_where=WHERE, postgresql_where=WHERE)


def downgrade() -> None:
    op.drop_index("ix_due_work_failed", table_name="due_work")
