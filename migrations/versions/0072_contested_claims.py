"""Claims that were contested, and the state of a membership that a confirmation took up.

Revision ID: 0072
Revises: 0071
"""

import sqlalchemy as sa
from alembic import op

revision = "0072"
down_revision = "0071"
branch_labels = None
depends_on = None

OLD_CODE = "It never writes the new columns, and their defaults fit the check."


def upgrade() -> None:
    with op.batch_alter_table("class_claim", schema=None) as batch_op:
        batch_op.add_column(sa.Column("parent_was", sa.Text(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("contested", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.create_check_constraint(op.f("ck_class_claim_parent_was"), "parent_was IN ('', 'waiting', 'ended')")
    op.execute("UPDATE class_claim SET contested = true WHERE state = 'frozen'")


def downgrade() -> None:
    with op.batch_alter_table("class_claim", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_class_claim_parent_was"), type_="check")
        batch_op.drop_column("contested")
        batch_op.drop_column("parent_was")
