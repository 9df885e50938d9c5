"""What is drawn over pictures in rooms.

Revision ID: 0023
Revises: 0022
"""

import sqlalchemy as sa
from alembic import op

from tutoring.kernel.db import UtcDateTime

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "picture_marks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("picture_id", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("client_id", sa.Text(), nullable=False),
        sa.Column("shapes", sa.JSON(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("hidden_at", UtcDateTime(), nullable=True),
        sa.Column("hidden_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("(hidden_at IS NULL) = (hidden_by_id IS NULL)", name="ck_picture_marks_hidden"),
        sa.ForeignKeyConstraint(["picture_id"], ["picture.id"], name="fk_picture_marks_picture_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["author_id"], ["user.id"], name="fk_picture_marks_author_id"),
        sa.ForeignKeyConstraint(["hidden_by_id"], ["user.id"], name="fk_picture_marks_hidden_by_id"),
        sa.PrimaryKeyConstraint("id", name="pk_picture_marks"),
        sa.UniqueConstraint(
            "picture_id", "author_id", "client_id", name="uq_picture_marks_picture_id_author_id_client_id"
        ),
    )
    op.create_index("ix_picture_marks_author_id", "picture_marks", ["author_id"])


def downgrade() -> None:
    op.drop_table("picture_marks")
