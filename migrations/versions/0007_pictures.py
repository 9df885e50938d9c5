"""Pictures in rooms.

Revision ID: 0007
Revises: 0006
"""

import sqlalchemy as sa
from alembic import op

from tutoring.kernel.db import UtcDateTime

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "picture",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("bytes", sa.Integer(), nullable=False),
        sa.Column("removed_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"], name="fk_picture_message_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_picture"),
        sa.UniqueConstraint("message_id", name="uq_picture_message_id"),
        sa.UniqueConstraint("name", name="uq_picture_name"),
    )
    op.create_index("ix_picture_removed_at", "picture", ["removed_at"])


def downgrade() -> None:
    op.drop_table("picture")
