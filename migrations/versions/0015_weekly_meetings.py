"""Weekly meetings: when people are free and away.

Revision ID: 0015
Revises: 0013
"""

import sqlalchemy as sa
from alembic import op

from tutoring.kernel.db import UtcDateTime

revision = "0015"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "weekly_hours",
        sa.Column("user_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("free", sa.LargeBinary(), nullable=False),
        sa.Column("pairs", sa.Integer(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("pairs BETWEEN 0 AND 4", name="ck_weekly_hours_pairs"),
        sa.CheckConstraint("length(free) = 56", name="ck_weekly_hours_free"),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name="fk_weekly_hours_user_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user_id", name="pk_weekly_hours"),
    )
    op.create_table(
        "away",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.CheckConstraint("first <= last", name="ck_away_order"),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name="fk_away_user_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_away"),
    )
    op.create_index("ix_away_user_id", "away", ["user_id"])


def downgrade() -> None:
    op.drop_table("away")
    op.drop_table("weekly_hours")
