"""Paths and lessons have a picture, paths a hue.

Revision ID: 0063
Revises: 0062
"""

import sqlalchemy as sa
from alembic import op

revision = "0063"
down_revision = "0062"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # No batch: it would build the tables anew on SQLite, without their triggers. Loading the content fills the columns.
    op.add_column("lesson_path", sa.Column("picture", sa.Text(), server_default="", nullable=False))
    op.add_column("lesson_path", sa.Column("hue", sa.Text(), server_default="", nullable=False))
    op.add_column("lesson", sa.Column("picture", sa.Text(), server_default="", nullable=False))


def downgrade() -> None:
    op.drop_column("lesson", "picture")
    op.drop_column("lesson_path", "hue")
    op.drop_column("lesson_path", "picture")
