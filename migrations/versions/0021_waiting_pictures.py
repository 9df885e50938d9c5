"""Pictures that are added to a request while it waits.

Revision ID: 0021
Revises: 0020
"""

import sqlalchemy as sa
from alembic import op

from tutoring.kernel.db import UtcDateTime

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "waiting_picture",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("bytes", sa.Integer(), nullable=False),
        sa.Column("client_id", sa.Text(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["request_id"], ["help_request.id"], name="fk_waiting_picture_request_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["by_id"], ["user.id"], name="fk_waiting_picture_by_id"),
        sa.PrimaryKeyConstraint("id", name="pk_waiting_picture"),
        sa.UniqueConstraint("name", name="uq_waiting_picture_name"),
    )
    op.create_index("ix_waiting_picture_request_id", "waiting_picture", ["request_id"])


def downgrade() -> None:
    op.drop_table("waiting_picture")
