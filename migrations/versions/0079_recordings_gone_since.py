"""Since when the sentence of a recording is missing from its lesson.

Revision ID: 0079
Revises: 0078
"""

import sqlalchemy as sa
from alembic import op

from tutoring.kernel.db import UtcDateTime

revision = "0079"
down_revision = "0078"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("sentence_recording", sa.Column("gone_since", UtcDateTime(), nullable=True))


def downgrade() -> None:
    op.drop_column("sentence_recording", "gone_since")
