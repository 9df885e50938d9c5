"""What everybody may read of a half-year: counts that are made once, when it is over.

Revision ID: 0033
Revises: 0029
"""

import sqlalchemy as sa
from alembic import op

from tutoring.kernel.db import UtcDateTime

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "half_year",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_half_year")),
    )


def downgrade() -> None:
    op.drop_table("half_year")
