"""Answers to requests that are spoken.

Revision ID: 0085
Revises: 0084
"""

import sqlalchemy as sa
from alembic import op

revision = "0085"
down_revision = "0084"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "spoken_answer",
        sa.Column("answer_id", sa.Integer(), nullable=False),
        sa.Column("milliseconds", sa.Integer(), nullable=False),
        sa.Column("peaks", sa.LargeBinary(), nullable=False),
        sa.Column("opus", sa.LargeBinary(), nullable=False),
        sa.Column("aac", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["answer_id"], ["written_answer.id"], name=op.f("fk_spoken_answer_answer_id_written_answer"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("answer_id", name=op.f("pk_spoken_answer")),
    )  # fmt: skip


def downgrade() -> None:
    op.drop_table("spoken_answer")
