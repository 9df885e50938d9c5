"""Whether a school has switched school subjects on, for its primary grades and for those above.

Revision ID: 0086
Revises: 0085
"""

import sqlalchemy as sa
from alembic import op

revision = "0086"
down_revision = "0085"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("subjects_primary", "subjects_secondary"):
        op.add_column("unit", sa.Column(name, sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade() -> None:
    for name in ("subjects_secondary", "subjects_primary"):
        op.drop_column("unit", name)
