"""When nobody came at once: wished and agreed times, answers in writing, and how long a unit lets people wait.

Revision ID: 0018
Revises: 0017
"""

import sqlalchemy as sa
from alembic import op

from tutoring.kernel.db import UtcDateTime

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

_MOMENTS = ("later_at", "times_until", "meet_at", "agreed_at", "answered_at")


def upgrade() -> None:
    # Written out: both databases know it, and SQLite would lose the tables' other checks in a copy.
    postgres = op.get_bind().dialect.name == "postgresql"
    for name in _MOMENTS:
        op.execute(
            f"ALTER TABLE help_request ADD COLUMN {name} {'TIMESTAMP WITH TIME ZONE' if postgres else 'DATETIME'}"
        )
    op.execute("ALTER TABLE help_request ADD COLUMN answer_calls INTEGER DEFAULT 0 NOT NULL")
    op.execute("ALTER TABLE help_request ADD COLUMN times JSON DEFAULT '[]' NOT NULL")
    op.execute("ALTER TABLE unit ADD COLUMN patience INTEGER")
    op.create_table(
        "written_answer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("helped", sa.Boolean(), nullable=True),
        sa.ForeignKeyConstraint(
            ["request_id"], ["help_request.id"], name="fk_written_answer_request_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["author_id"], ["user.id"], name="fk_written_answer_author_id"),
        sa.PrimaryKeyConstraint("id", name="pk_written_answer"),
    )
    for column in ("request_id", "author_id"):
        op.create_index(f"ix_written_answer_{column}", "written_answer", [column])


def downgrade() -> None:
    op.drop_table("written_answer")
    op.execute("ALTER TABLE unit DROP COLUMN patience")
    for name in ("times", "answer_calls", *_MOMENTS):
        op.execute(f"ALTER TABLE help_request DROP COLUMN {name}")
