"""What people were called before; nobody but staff is called "thầy" or "cô" any more. A unit can be paused.

Revision ID: 0060
Revises: 0059
"""

import sqlalchemy as sa
from alembic import op

from tutoring.kernel.db import UtcDateTime

revision = "0060"
down_revision = "0059"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "former_name",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("full_name", sa.Text(), nullable=False),
        sa.Column("called_name", sa.Text(), nullable=False),
        sa.Column("address_form", sa.Text(), nullable=False),
        sa.Column("until_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_former_name_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_former_name")),
    )
    op.create_index("ix_former_name_of", "former_name", ["user_id", "until_at"])
    # No batch: it would build the table anew on SQLite, without its triggers.
    op.add_column("unit", sa.Column("paused_at", UtcDateTime(), nullable=True))
    op.add_column("unit", sa.Column("paused_why", sa.Text(), server_default="", nullable=False))
    user = sa.table("user", sa.column("id"), sa.column("address_form"), sa.column("site_admin", sa.Boolean()))
    member = sa.table("membership", sa.column("user_id"), sa.column("role"), sa.column("state"))
    staff = sa.select(member.c.user_id).where(
        member.c.role.in_(("teacher", "coordinator", "lead", "officer")), member.c.state == "active"
    )
    op.execute(
        sa.update(user)
        .where(user.c.address_form.in_(("thầy", "cô")), sa.not_(user.c.site_admin), user.c.id.not_in(staff))
        .values(address_form="bạn")
    )


def downgrade() -> None:
    op.drop_column("unit", "paused_why")
    op.drop_column("unit", "paused_at")
    op.drop_index("ix_former_name_of", "former_name")
    op.drop_table("former_name")
