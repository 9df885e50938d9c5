"""Test alarms of units, the heartbeat of due work, and ways out that reach nobody.

Revision ID: 0061
Revises: 0060
"""

import sqlalchemy as sa
from alembic import op

from tutoring.kernel.db import UtcDateTime

revision = "0061"
down_revision = "0060"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "alarm_test",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_alarm_test_unit_id")),
        sa.ForeignKeyConstraint(["by_id"], ["user.id"], name=op.f("fk_alarm_test_by_id"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alarm_test")),
    )
    op.create_index("ix_alarm_test_unit", "alarm_test", ["unit_id", "id"])
    op.create_table(
        "alarm_call",
        sa.Column("test_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("on_duty", sa.Boolean(), nullable=False),
        sa.Column("called_at", UtcDateTime(), nullable=False),
        sa.Column("answered_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["test_id"], ["alarm_test.id"], name=op.f("fk_alarm_call_test_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_alarm_call_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("test_id", "user_id", name=op.f("pk_alarm_call")),
    )
    op.create_index("ix_alarm_call_user", "alarm_call", ["user_id", "answered_at"])
    op.create_table(
        "heartbeat",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("beat_at", UtcDateTime(), nullable=False),
        sa.Column("gap_since", UtcDateTime(), nullable=True),
        sa.Column("gap_until", UtcDateTime(), nullable=True),
        sa.CheckConstraint("id = 1", name=op.f("ck_heartbeat_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_heartbeat")),
    )
    op.create_table(
        "outage",
        sa.Column("way", sa.Text(), nullable=False),
        sa.Column("since", UtcDateTime(), nullable=False),
        sa.Column("last_at", UtcDateTime(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("first_id", sa.Integer(), nullable=False),
        sa.Column("wide", sa.Boolean(), nullable=False),
        sa.Column("told_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["first_id"], ["user.id"], name=op.f("fk_outage_first_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("way", name=op.f("pk_outage")),
    )
    op.create_index(op.f("ix_outage_first_id"), "outage", ["first_id"])


def downgrade() -> None:
    op.drop_table("outage")
    op.drop_table("heartbeat")
    op.drop_table("alarm_call")
    op.drop_table("alarm_test")
