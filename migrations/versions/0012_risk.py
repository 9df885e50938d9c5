"""Risk over time between two people.

Revision ID: 0012
Revises: 0011
"""

import sqlalchemy as sa
from alembic import op

from tutoring.kernel.db import UtcDateTime

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "risk_point",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("room_id", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=True),
        sa.Column("from_id", sa.Integer(), nullable=False),
        sa.Column("towards_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("points >= 0", name="ck_risk_point_points"),
        sa.CheckConstraint("from_id <> towards_id", name="ck_risk_point_pair"),
        sa.ForeignKeyConstraint(["room_id"], ["room.id"], name="fk_risk_point_room_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["from_id"], ["user.id"], name="fk_risk_point_from_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["towards_id"], ["user.id"], name="fk_risk_point_towards_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_risk_point"),
    )
    op.create_index("ix_risk_point_pair", "risk_point", ["from_id", "towards_id", "at"])
    op.create_index("ix_risk_point_at", "risk_point", ["at"])


def downgrade() -> None:
    op.drop_table("risk_point")
