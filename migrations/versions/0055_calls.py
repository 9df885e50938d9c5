"""Calls between two grown-ups of a room.

Revision ID: 0055
Revises: 0054
"""

import sqlalchemy as sa
from alembic import op

from tutoring.kernel.db import UtcDateTime

revision = "0055"
down_revision = "0054"
branch_labels = None
depends_on = None

STATES = "'asked', 'on', 'ended'"
WHYS = (
    "'', 'hung_up', 'declined', 'no_answer', 'minor', 'removed', 'left', 'muted', 'locked', 'closed', 'lost', "
    "'signed_out'"
)
OPEN = sa.text("ended_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "room_call",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("room_id", sa.Integer(), nullable=False),
        sa.Column("asker_id", sa.Integer(), nullable=False),
        sa.Column("answerer_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=True) for name in ("asker_line", "answerer_line")),
        *(sa.Column(name, UtcDateTime(), nullable=True) for name in ("asker_lost_at", "answerer_lost_at")),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        *(sa.Column(name, UtcDateTime(), nullable=True) for name in ("began_at", "ended_at")),
        sa.CheckConstraint(f"state IN ({STATES})", name=op.f("ck_room_call_state")),
        sa.CheckConstraint(f"why IN ({WHYS})", name=op.f("ck_room_call_why")),
        sa.CheckConstraint("(ended_at IS NULL) = (state <> 'ended')", name=op.f("ck_room_call_ended")),
        sa.CheckConstraint("(ended_at IS NULL) = (why = '')", name=op.f("ck_room_call_reason")),
        sa.CheckConstraint("asker_id <> answerer_id", name=op.f("ck_room_call_two")),
        sa.ForeignKeyConstraint(["room_id"], ["room.id"], name=op.f("fk_room_call_room_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["asker_id"], ["user.id"], name=op.f("fk_room_call_asker_id")),
        sa.ForeignKeyConstraint(["answerer_id"], ["user.id"], name=op.f("fk_room_call_answerer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_room_call")),
    )
    for column in ("room_id", "asker_id", "answerer_id"):
        op.create_index(op.f(f"ix_room_call_{column}"), "room_call", [column])
    op.create_index(
        "uq_room_call_open", "room_call", ["room_id"], unique=True, sqlite_where=OPEN, postgresql_where=OPEN
    )


def downgrade() -> None:
    op.drop_table("room_call")
