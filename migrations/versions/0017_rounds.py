"""Weekly meetings: requests that wish for one, rounds, proposed pairs, bookings.

Revision ID: 0017
Revises: 0016
"""

import sqlalchemy as sa
from alembic import op

from tutoring.kernel.db import UtcDateTime

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Written out: both databases know it, and SQLite would lose the table's other checks in a copy.
    op.execute(
        "ALTER TABLE help_request ADD COLUMN wish TEXT DEFAULT 'now' NOT NULL "
        "CONSTRAINT ck_help_request_wish CHECK (wish IN ('now', 'weekly'))"
    )
    op.create_table(
        "weekly_round",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("stale", sa.Boolean(), nullable=False),
        sa.Column("weights", sa.JSON(), nullable=False),
        sa.Column("pins", sa.JSON(), nullable=False),
        sa.Column("excluded", sa.JSON(), nullable=False),
        sa.Column("dropped", sa.JSON(), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("ready_at", UtcDateTime(), nullable=True),
        sa.Column("published_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("state IN ('reading', 'solving', 'ready', 'published')", name="ck_weekly_round_state"),
        sa.ForeignKeyConstraint(["by_id"], ["user.id"], name="fk_weekly_round_by_id"),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name="fk_weekly_round_unit_id"),
        sa.PrimaryKeyConstraint("id", name="pk_weekly_round"),
    )
    op.create_index("ix_weekly_round_unit_id", "weekly_round", ["unit_id"])
    op.create_index(
        "uq_weekly_round_open",
        "weekly_round",
        ["unit_id"],
        unique=True,
        sqlite_where=sa.text("state <> 'published'"),
        postgresql_where=sa.text("state <> 'published'"),
    )
    op.create_table(
        "round_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("helper_id", sa.Integer(), nullable=True),
        sa.Column("suit", sa.Integer(), nullable=False),
        sa.Column("why", sa.JSON(), nullable=False),
        sa.Column("starts", sa.JSON(), nullable=False),
        sa.Column("because", sa.Text(), nullable=False),
        sa.CheckConstraint("(helper_id IS NULL) = (because <> '')", name="ck_round_line_because"),
        sa.ForeignKeyConstraint(["helper_id"], ["user.id"], name="fk_round_line_helper_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["request_id"], ["help_request.id"], name="fk_round_line_request_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["round_id"], ["weekly_round.id"], name="fk_round_line_round_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_round_line"),
        sa.UniqueConstraint("round_id", "request_id", name="uq_round_line_round_id_request_id"),
    )
    op.create_index("ix_round_line_helper_id", "round_line", ["helper_id"])
    op.create_index("ix_round_line_request_id", "round_line", ["request_id"])
    op.create_table(
        "proposal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("learner_id", sa.Integer(), nullable=False),
        sa.Column("helper_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("quarter", sa.Integer(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("learner_yes_at", UtcDateTime(), nullable=True),
        sa.Column("helper_yes_at", UtcDateTime(), nullable=True),
        sa.Column("guardian_yes_at", UtcDateTime(), nullable=True),
        sa.Column("guardian_id", sa.Integer(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("day BETWEEN 0 AND 6 AND quarter BETWEEN 0 AND 63", name="ck_proposal_start"),
        sa.CheckConstraint("state IN ('open', 'agreed', 'declined', 'expired', 'withdrawn')", name="ck_proposal_state"),
        sa.ForeignKeyConstraint(["guardian_id"], ["user.id"], name="fk_proposal_guardian_id"),
        sa.ForeignKeyConstraint(["helper_id"], ["user.id"], name="fk_proposal_helper_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["learner_id"], ["user.id"], name="fk_proposal_learner_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["request_id"], ["help_request.id"], name="fk_proposal_request_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["round_id"], ["weekly_round.id"], name="fk_proposal_round_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_proposal"),
        sa.UniqueConstraint("round_id", "request_id", name="uq_proposal_round_id_request_id"),
    )
    op.create_index("ix_proposal_helper_id", "proposal", ["helper_id"])
    op.create_index("ix_proposal_learner_id", "proposal", ["learner_id"])
    op.create_index(
        "uq_proposal_open",
        "proposal",
        ["request_id"],
        unique=True,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_table(
        "booking",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column("learner_id", sa.Integer(), nullable=False),
        sa.Column("helper_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("quarter", sa.Integer(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("to_day", sa.Integer(), nullable=True),
        sa.Column("to_quarter", sa.Integer(), nullable=True),
        sa.Column("moved_by_id", sa.Integer(), nullable=True),
        sa.Column("room_id", sa.Integer(), nullable=True),
        sa.Column("met_learner", sa.Boolean(), nullable=True),
        sa.Column("met_helper", sa.Boolean(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("ended_by_id", sa.Integer(), nullable=True),
        sa.Column("why", sa.Text(), nullable=False),
        sa.CheckConstraint("day BETWEEN 0 AND 6 AND quarter BETWEEN 0 AND 63", name="ck_booking_start"),
        sa.CheckConstraint("state IN ('on', 'ended')", name="ck_booking_state"),
        sa.ForeignKeyConstraint(["ended_by_id"], ["user.id"], name="fk_booking_ended_by_id"),
        sa.ForeignKeyConstraint(["helper_id"], ["user.id"], name="fk_booking_helper_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["learner_id"], ["user.id"], name="fk_booking_learner_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["moved_by_id"], ["user.id"], name="fk_booking_moved_by_id"),
        sa.ForeignKeyConstraint(["proposal_id"], ["proposal.id"], name="fk_booking_proposal_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name="fk_booking_unit_id"),
        sa.PrimaryKeyConstraint("id", name="pk_booking"),
        sa.UniqueConstraint("proposal_id", name="uq_booking_proposal_id"),
    )
    op.create_index("ix_booking_helper_id", "booking", ["helper_id"])
    op.create_index("ix_booking_learner_id", "booking", ["learner_id"])


def downgrade() -> None:
    for table in ("booking", "proposal", "round_line", "weekly_round"):
        op.drop_table(table)
    op.execute("ALTER TABLE help_request DROP COLUMN wish")
