"""Runs of rehearsals in the practice portal.

Revision ID: 0034
Revises: 0033
"""

import sqlalchemy as sa
from alembic import op

from tutoring.kernel.db import UtcDateTime

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

OPEN = sa.text("ended_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "practice_run",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("room_id", sa.Integer(), nullable=True),
        sa.Column("scenario", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("mode", sa.Text(), nullable=False),
        sa.Column("events", sa.JSON(), nullable=False),
        sa.Column("screen", sa.Text(), nullable=False),
        sa.Column("screen_at", UtcDateTime(), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("result", sa.JSON(), nullable=True),
        sa.Column("passed", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.CheckConstraint("mode IN ('together', 'alone', 'exam')", name=op.f("ck_practice_run_mode")),
        sa.ForeignKeyConstraint(["room_id"], ["room.id"], name=op.f("fk_practice_run_room_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_practice_run_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_practice_run")),
    )
    with op.batch_alter_table("practice_run") as batch:
        batch.create_index("ix_practice_run_of", ["user_id", "scenario", "updated_at"])
        batch.create_index(batch.f("ix_practice_run_room_id"), ["room_id"])
        batch.create_index(
            "uq_practice_run_open", ["user_id", "scenario", "mode"], unique=True,
            sqlite_where=OPEN, postgresql_where=OPEN,
        )  # fmt: skip


def downgrade() -> None:
    op.drop_table("practice_run")
