"""Minutes of help that can be trusted, and the papers about them.

Revision ID: 0019
Revises: 0018
"""

import sqlalchemy as sa
from alembic import op

from tutoring.kernel.db import UtcDateTime

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "room_act",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("room_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["room_id"], ["room.id"], name="fk_room_act_room_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name="fk_room_act_user_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_room_act"),
    )
    op.create_index("ix_room_act_of", "room_act", ["room_id", "user_id"])
    op.create_table(
        "helped_session",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("room_id", sa.Integer(), nullable=False),
        sa.Column("helper_id", sa.Integer(), nullable=False),
        sa.Column("learner_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("word", sa.Text(), nullable=False),
        sa.Column("said_at", UtcDateTime(), nullable=True),
        sa.Column("said_by_id", sa.Integer(), nullable=True),
        sa.Column("struck_at", UtcDateTime(), nullable=True),
        sa.Column("struck_by_id", sa.Integer(), nullable=True),
        sa.Column("struck_reason", sa.Text(), nullable=False),
        sa.CheckConstraint("(struck_at IS NULL) = (struck_reason = '')", name="ck_helped_session_struck"),
        sa.CheckConstraint("(word = '') = (said_at IS NULL)", name="ck_helped_session_said"),
        sa.CheckConstraint("helper_id <> learner_id", name="ck_helped_session_pair"),
        sa.CheckConstraint("minutes >= 0", name="ck_helped_session_minutes"),
        sa.CheckConstraint("word IN ('', 'helped', 'nobody')", name="ck_helped_session_word"),
        sa.ForeignKeyConstraint(["helper_id"], ["user.id"], name="fk_helped_session_helper_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["learner_id"], ["user.id"], name="fk_helped_session_learner_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["room_id"], ["room.id"], name="fk_helped_session_room_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["said_by_id"], ["user.id"], name="fk_helped_session_said_by_id"),
        sa.ForeignKeyConstraint(["struck_by_id"], ["user.id"], name="fk_helped_session_struck_by_id"),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name="fk_helped_session_unit_id"),
        sa.PrimaryKeyConstraint("id", name="pk_helped_session"),
        sa.UniqueConstraint(
            "room_id", "helper_id", "learner_id", name="uq_helped_session_room_id_helper_id_learner_id"
        ),
    )
    op.create_index("ix_helped_session_helper", "helped_session", ["helper_id", "ended_at"])
    op.create_index("ix_helped_session_learner_id", "helped_session", ["learner_id"])
    op.create_index("ix_helped_session_unit", "helped_session", ["unit_id", "ended_at"])
    op.create_table(
        "hours_paper",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("helper_id", sa.Integer(), nullable=False),
        sa.Column("token_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("token_mark", sa.Text(), nullable=False),
        sa.Column("called_name", sa.Text(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("from_day", sa.Date(), nullable=False),
        sa.Column("until_day", sa.Date(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("sessions", sa.Integer(), nullable=False),
        sa.Column("topics", sa.JSON(), nullable=False),
        sa.Column("issued_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("revoked_at", UtcDateTime(), nullable=True),
        sa.Column("revoked_by_id", sa.Integer(), nullable=True),
        sa.Column("revoked_why", sa.Text(), nullable=False),
        sa.Column("revoked_reason", sa.Text(), nullable=False),
        sa.CheckConstraint("(revoked_at IS NULL) = (revoked_why = '')", name="ck_hours_paper_revoked"),
        sa.CheckConstraint("from_day <= until_day", name="ck_hours_paper_period"),
        sa.CheckConstraint("minutes > 0 AND sessions > 0", name="ck_hours_paper_minutes"),
        sa.CheckConstraint(
            "revoked_why IN ('', 'own', 'guardian', 'coordinator', 'consent', 'changed')",
            name="ck_hours_paper_revoked_why",
        ),
        sa.ForeignKeyConstraint(["helper_id"], ["user.id"], name="fk_hours_paper_helper_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["revoked_by_id"], ["user.id"], name="fk_hours_paper_revoked_by_id"),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name="fk_hours_paper_unit_id"),
        sa.PrimaryKeyConstraint("id", name="pk_hours_paper"),
        sa.UniqueConstraint("token_mark", name="uq_hours_paper_token_mark"),
    )
    op.create_index("ix_hours_paper_helper_id", "hours_paper", ["helper_id"])
    op.create_index("ix_hours_paper_unit_id", "hours_paper", ["unit_id"])


def downgrade() -> None:
    for table in ("hours_paper", "helped_session", "room_act"):
        op.drop_table(table)
