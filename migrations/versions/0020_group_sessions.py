"""Group sessions: what is announced, who has a place or waits for one.

Revision ID: 0020
Revises: 0019
"""

import sqlalchemy as sa
from alembic import op

from tutoring.kernel.db import UtcDateTime

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "group_session",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("helper_id", sa.Integer(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("places", sa.Integer(), nullable=False),
        sa.Column("taken", sa.Integer(), nullable=False),
        sa.Column("pupils", sa.Boolean(), nullable=False),
        sa.Column("lowest", sa.Integer(), nullable=True),
        sa.Column("highest", sa.Integer(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("because", sa.Text(), nullable=False),
        sa.Column("ended_by_id", sa.Integer(), nullable=True),
        sa.Column("room_id", sa.Integer(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("state IN ('open', 'begun', 'over', 'cancelled', 'missed')", name="ck_group_session_state"),
        sa.CheckConstraint("because IN ('', 'few', 'shut', 'helper')", name="ck_group_session_because"),
        sa.CheckConstraint("(state = 'missed') = (because <> '')", name="ck_group_session_missed"),
        sa.CheckConstraint("places BETWEEN 2 AND 8", name="ck_group_session_places"),
        sa.CheckConstraint("taken BETWEEN 0 AND places", name="ck_group_session_taken"),
        sa.CheckConstraint(
            "(lowest IS NULL) = (highest IS NULL) AND (lowest IS NULL OR (pupils AND lowest <= highest))",
            name="ck_group_session_grades",
        ),
        sa.ForeignKeyConstraint(["ended_by_id"], ["user.id"], name="fk_group_session_ended_by_id"),
        sa.ForeignKeyConstraint(["helper_id"], ["user.id"], name="fk_group_session_helper_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name="fk_group_session_unit_id"),
        sa.PrimaryKeyConstraint("id", name="pk_group_session"),
    )
    op.create_index("ix_group_session_helper_id", "group_session", ["helper_id"])
    op.create_index("ix_group_session_room_id", "group_session", ["room_id"])
    op.create_index("ix_group_session_of_unit", "group_session", ["unit_id", "at"])
    op.create_table(
        "sign_up",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("learner_id", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("state IN ('in', 'waiting', 'gone')", name="ck_sign_up_state"),
        sa.ForeignKeyConstraint(["by_id"], ["user.id"], name="fk_sign_up_by_id"),
        sa.ForeignKeyConstraint(["learner_id"], ["user.id"], name="fk_sign_up_learner_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["session_id"], ["group_session.id"], name="fk_sign_up_session_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_sign_up"),
        sa.UniqueConstraint("session_id", "learner_id", name="uq_sign_up_session_id_learner_id"),
    )
    op.create_index("ix_sign_up_learner_id", "sign_up", ["learner_id"])


def downgrade() -> None:
    for table in ("sign_up", "group_session"):
        op.drop_table(table)
