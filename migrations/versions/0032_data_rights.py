"""Data rights: what people ask for, who was erased, breaches.

Revision ID: 0032
Revises: 0029
"""

import sqlalchemy as sa
from alembic import op

from tutoring.kernel.db import UtcDateTime

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

OPEN = sa.text("state IN ('asked', 'working', 'held')")


def upgrade() -> None:
    op.add_column("user", sa.Column("erased_at", UtcDateTime(), nullable=True))
    op.create_table(
        "data_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("acknowledge_by", UtcDateTime(), nullable=False),
        sa.Column("due_by", UtcDateTime(), nullable=False),
        sa.Column("begins_at", UtcDateTime(), nullable=True),
        sa.Column("done_at", UtcDateTime(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("file", sa.Text(), nullable=True),
        sa.Column("bytes", sa.Integer(), nullable=False),
        sa.Column("gone_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("kind IN ('export', 'correct', 'delete', 'restrict')", name="ck_data_request_kind"),
        sa.CheckConstraint(
            "state IN ('asked', 'working', 'held', 'ready', 'done', 'taken_back', 'refused')",
            name="ck_data_request_state",
        ),
        sa.ForeignKeyConstraint(["by_id"], ["user.id"], name="fk_data_request_by_id"),
        sa.ForeignKeyConstraint(["subject_id"], ["user.id"], name="fk_data_request_subject_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_data_request"),
    )
    op.create_index("ix_data_request_subject", "data_request", ["subject_id", "kind"])
    op.create_index("ix_data_request_by", "data_request", ["by_id"])
    op.create_index(
        "uq_data_request_open",
        "data_request",
        ["subject_id", "kind"],
        unique=True,
        sqlite_where=OPEN,
        postgresql_where=OPEN,
    )
    op.create_table(
        "tombstone",
        sa.Column("user_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("mark", sa.Text(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("user_id", name="pk_tombstone"),
        sa.UniqueConstraint("mark", name="uq_tombstone_mark"),
    )
    op.create_table(
        "breach",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("noted_at", UtcDateTime(), nullable=False),
        sa.Column("discovered_at", UtcDateTime(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("categories", sa.Text(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("measures", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("reported_at", UtcDateTime(), nullable=True),
        sa.Column("told_at", UtcDateTime(), nullable=True),
        sa.Column("closed_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("people >= 0", name="ck_breach_people"),
        sa.CheckConstraint("closed_at IS NULL OR reported_at IS NOT NULL OR reason <> ''", name="ck_breach_closing"),
        sa.ForeignKeyConstraint(["by_id"], ["user.id"], name="fk_breach_by_id"),
        sa.PrimaryKeyConstraint("id", name="pk_breach"),
    )


def downgrade() -> None:
    op.drop_table("breach")
    op.drop_table("tombstone")
    op.drop_table("data_request")
    op.drop_column(
        "user", "erased_at"
    )  # in place: a new table of people would take everything that hangs on them along
