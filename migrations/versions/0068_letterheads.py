"""Letterheads: what a unit's official papers say of the office that issues them.

Revision ID: 0068
Revises: 0065
"""

import sqlalchemy as sa
from alembic import op

revision = "0068"
down_revision = "0065"
branch_labels = None
depends_on = None


def upgrade() -> None:
    texts = ("above", "office", "symbol", "place", "addressee", "signer", "recipients")
    op.create_table(
        "letterhead",
        sa.Column("unit_id", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in texts),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_letterhead_unit_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("unit_id", name=op.f("pk_letterhead")),
    )


def downgrade() -> None:
    op.drop_table("letterhead")
