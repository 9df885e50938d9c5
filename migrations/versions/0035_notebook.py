"""The private notebook: dossiers that somebody has handed in, with a day to look again.

Revision ID: 0035
Revises: 0034
"""

import sqlalchemy as sa
from alembic import op

from tutoring.kernel.db import UtcDateTime

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "notebook_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("code_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("about_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("handed_in", sa.Date(), nullable=True),
        sa.Column("look_again", sa.Date(), nullable=True),
        sa.Column("done_at", UtcDateTime(), nullable=True),
        sa.Column("once", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["owner_id"], ["user.id"], name="fk_notebook_entry_owner_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_notebook_entry"),
        sa.UniqueConstraint("owner_id", "once", name="uq_notebook_entry_owner_id_once"),
    )


def downgrade() -> None:
    op.drop_table("notebook_entry")
