"""Figures of months, milestones of people, first dossiers.

Revision ID: 0039
Revises: 0038
"""

import sqlalchemy as sa
from alembic import op

from tutoring.kernel.db import UtcDateTime

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "figure",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("measure", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=True) for name in (
            "middle", "high", "shown", "shown_people", "shown_middle", "shown_high")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_figure_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_figure")),
    )  # fmt: skip
    op.create_index("ix_figure_of", "figure", ["unit_id", "month"])
    op.create_index(op.f("ix_figure_month"), "figure", ["month"])
    op.create_table(
        "figure_month",
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("counted_at", UtcDateTime(), nullable=False),
        sa.Column("closed", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("month", name=op.f("pk_figure_month")),
    )
    op.create_table(
        "milestone",
        sa.Column("user_id", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.Date(), nullable=True) for name in (
            "reached_on", "learned_on", "studied_on", "practised_on", "filed_on")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_milestone_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_milestone")),
    )  # fmt: skip
    op.create_table(
        "first_dossier",
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("said_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["owner_id"], ["user.id"], name=op.f("fk_first_dossier_owner_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("owner_id", name=op.f("pk_first_dossier")),
    )


def downgrade() -> None:
    for table in ("first_dossier", "milestone", "figure_month", "figure"):
        op.drop_table(table)
