"""Checks of claims: when an editor held a claim of the lessons against its source.

Revision ID: 0071
Revises: 0070
"""

import sqlalchemy as sa
from alembic import op

from tutoring.kernel.db import UtcDateTime

revision = "0071"
down_revision = "0070"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "claim_check",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("claim", sa.Text(), nullable=False),
        sa.Column("wording", sa.Text(), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("checked_on", sa.Date(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("verdict IN ('same', 'changed')", name=op.f("ck_claim_check_verdict")),
        sa.CheckConstraint("role IN ('coordinator', 'teacher')", name=op.f("ck_claim_check_role")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claim_check")),
    )
    with op.batch_alter_table("claim_check", schema=None) as batch_op:
        batch_op.create_index("ix_claim_check_of", ["claim", "id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("claim_check", schema=None) as batch_op:
        batch_op.drop_index("ix_claim_check_of")

    op.drop_table("claim_check")
