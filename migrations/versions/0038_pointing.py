"""The control of a rehearsal at which who helps in the room points.

Revision ID: 0038
Revises: 0036
"""

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0036"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("practice_run") as batch:
        batch.add_column(sa.Column("pointed", sa.Text(), server_default="", nullable=False))
        batch.add_column(sa.Column("pointed_at", sa.Integer(), server_default="0", nullable=False))
        batch.add_column(sa.Column("pointed_by_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(
            batch.f("fk_practice_run_pointed_by_id"), "user", ["pointed_by_id"], ["id"], ondelete="SET NULL"
        )


def downgrade() -> None:
    with op.batch_alter_table("practice_run") as batch:
        batch.drop_constraint(batch.f("fk_practice_run_pointed_by_id"), type_="foreignkey")
        batch.drop_column("pointed_by_id")
        batch.drop_column("pointed_at")
        batch.drop_column("pointed")
