"""Children answer how they felt in a session, and are not asked what was solved.

Two tables are built anew on SQLite, for their rules; no other table hangs on either, and neither has a trigger.

Revision ID: 0064
Revises: 0063
"""

import sqlalchemy as sa
from alembic import op

from tutoring.kernel.db import UtcDateTime

revision = "0064"
down_revision = "0063"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "comfort_answer",
        sa.Column("room_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("felt", sa.Text(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("felt IN ('well', 'fine', 'uneasy')", name=op.f("ck_comfort_answer_felt")),
        sa.ForeignKeyConstraint(["room_id"], ["room.id"], name=op.f("fk_comfort_answer_room_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_comfort_answer_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("room_id", "user_id", name=op.f("pk_comfort_answer")),
    )
    op.create_index(op.f("ix_comfort_answer_user_id"), "comfort_answer", ["user_id"])
    _allow("feedback", "solved", "'yes', 'partly', 'no', ''")
    _allow("welfare", "level", "'explicit', 'ambiguous', 'uneasy'")


def _allow(table: str, column: str, values: str) -> None:
    name = f"ck_{table}_{column}"
    with op.batch_alter_table(table) as batch:
        batch.drop_constraint(op.f(name), type_="check")
        batch.create_check_constraint(op.f(name), f"{column} IN ({values})")


def downgrade() -> None:
    op.execute("DELETE FROM feedback WHERE solved = ''")
    op.execute("UPDATE welfare SET level = 'ambiguous' WHERE level = 'uneasy'")
    _allow("welfare", "level", "'explicit', 'ambiguous'")
    _allow("feedback", "solved", "'yes', 'partly', 'no'")
    op.drop_table("comfort_answer")
