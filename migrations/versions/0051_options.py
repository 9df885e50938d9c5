"""Settings, holidays and facts edited in the browser, with their history.

Revision ID: 0051
Revises: 0050
"""

import sqlalchemy as sa
from alembic import op

from tutoring.kernel.db import UtcDateTime

revision = "0051"
down_revision = "0050"
branch_labels = None
depends_on = None

_AREAS = "area IN ('option', 'fact', 'holiday')"


def upgrade() -> None:
    op.create_table(
        "kept_value",
        sa.Column("area", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.JSON(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(_AREAS, name=op.f("ck_kept_value_area")),
        sa.PrimaryKeyConstraint("area", "name", name=op.f("pk_kept_value")),
    )
    op.create_table(
        "kept_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("area", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("before", sa.JSON(), nullable=True),
        sa.Column("after", sa.JSON(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint(_AREAS, name=op.f("ck_kept_change_area")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kept_change")),
        sa.UniqueConstraint("area", "name", "version", name=op.f("uq_kept_change_area_name_version")),
    )
    op.create_index(op.f("ix_kept_change_by_id"), "kept_change", ["by_id"])


def downgrade() -> None:
    op.drop_table("kept_change")
    op.drop_table("kept_value")
