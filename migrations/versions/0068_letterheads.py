"""Letterheads: what a unit's official papers say of the office that issues them; the official name of a form of unit.

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
    op.execute("UPDATE unit SET form = 'tổ công nghệ số cộng đồng' WHERE form = 'tổ công nghệ số'")


def downgrade() -> None:
    op.execute("UPDATE unit SET form = 'tổ công nghệ số' WHERE form = 'tổ công nghệ số cộng đồng'")
    op.drop_table("letterhead")
