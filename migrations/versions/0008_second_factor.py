"""The second factor, recovery codes, stepping up.

Revision ID: 0008
Revises: 0007
"""

import sqlalchemy as sa
from alembic import op

from tutoring.kernel.db import UtcDateTime

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Written out: both databases know it, and SQLite would lose the table's other checks in a copy.
    op.execute("ALTER TABLE sign_in ADD COLUMN half BOOLEAN DEFAULT FALSE NOT NULL")
    for name in ("second_factor_at", "stepped_up_at"):
        op.add_column("sign_in", sa.Column(name, UtcDateTime(), nullable=True))
    op.create_table(
        "second_factor",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("confirmed_at", UtcDateTime(), nullable=True),
        sa.Column("last_step", sa.Integer(), nullable=False),
        sa.Column("pending", sa.LargeBinary(), nullable=True),
        sa.Column("pending_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("(sealed IS NULL) = (confirmed_at IS NULL)", name="ck_second_factor_confirmed"),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name="fk_second_factor_user_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user_id", name="pk_second_factor"),
    )
    op.create_table(
        "recovery_code",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("code_hash", sa.Text(), nullable=False),
        sa.Column("used_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name="fk_recovery_code_user_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_recovery_code"),
    )
    op.create_index("ix_recovery_code_user_id", "recovery_code", ["user_id"])
    op.create_table(
        "factor_reset",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("closed_by_id", sa.Integer(), nullable=True),
        sa.Column("closed_at", UtcDateTime(), nullable=True),
        sa.Column("done", sa.Boolean(), nullable=False),
        sa.CheckConstraint("done = FALSE OR closed_by_id <> asked_by_id", name="ck_factor_reset_two"),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name="fk_factor_reset_user_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["asked_by_id"], ["user.id"], name="fk_factor_reset_asked_by_id"),
        sa.ForeignKeyConstraint(["closed_by_id"], ["user.id"], name="fk_factor_reset_closed_by_id"),
        sa.PrimaryKeyConstraint("id", name="pk_factor_reset"),
    )
    op.create_index("ix_factor_reset_user_id", "factor_reset", ["user_id"])
    op.create_index(
        "uq_factor_reset_open", "factor_reset", ["user_id"], unique=True,
        sqlite_where=sa.text("closed_at IS NULL"), postgresql_where=sa.text("closed_at IS NULL"),
    )  # fmt: skip


def downgrade() -> None:
    op.drop_table("factor_reset")
    op.drop_table("recovery_code")
    op.drop_table("second_factor")
    for name in ("stepped_up_at", "second_factor_at", "half"):
        op.execute(f"ALTER TABLE sign_in DROP COLUMN {name}")
