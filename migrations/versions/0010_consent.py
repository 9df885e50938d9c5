"""Consent that is renewed each school year; a second guardian.

Revision ID: 0010
Revises: 0009
"""

import sqlalchemy as sa
from alembic import op

from tutoring.kernel.db import UtcDateTime

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "withdrawal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("clean_at", UtcDateTime(), nullable=False),
        sa.Column("lifted_at", UtcDateTime(), nullable=True),
        sa.Column("cleaned_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("why IN ('withdrawn', 'ended')", name="ck_withdrawal_why"),
        sa.CheckConstraint("(by_id IS NULL) = (why = 'ended')", name="ck_withdrawal_by"),
        sa.ForeignKeyConstraint(["subject_id"], ["user.id"], name="fk_withdrawal_subject_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["by_id"], ["user.id"], name="fk_withdrawal_by_id"),
        sa.PrimaryKeyConstraint("id", name="pk_withdrawal"),
    )
    op.create_index("ix_withdrawal_of", "withdrawal", ["subject_id", "purpose"])
    # Written out: both databases know it, and SQLite would lose the table's other checks in a copy.
    op.execute(
        "ALTER TABLE consent ADD COLUMN withdrawal_id INTEGER "
        "CONSTRAINT fk_consent_withdrawal_id REFERENCES withdrawal (id)"
    )
    op.create_index("ix_consent_withdrawal_id", "consent", ["withdrawal_id"])


def downgrade() -> None:
    op.drop_index("ix_consent_withdrawal_id", "consent")
    with op.batch_alter_table("consent") as batch:  # SQLite drops no column that a key stands on
        batch.drop_column("withdrawal_id")
    op.drop_table("withdrawal")
