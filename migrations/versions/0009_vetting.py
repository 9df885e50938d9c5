"""The states of vetting, hours of a unit, yearly renewal.

Revision ID: 0009
Revises: 0008
"""

import sqlalchemy as sa
from alembic import op

from tutoring.kernel.db import UtcDateTime

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Written out: both databases know it, and SQLite would lose the tables' other checks in a copy.
    op.execute("ALTER TABLE unit ADD COLUMN opens INTEGER")
    op.execute(
        "ALTER TABLE unit ADD COLUMN closes INTEGER CONSTRAINT ck_unit_hours CHECK "
        "((opens IS NULL) = (closes IS NULL) AND (opens IS NULL OR (opens >= 0 AND opens < closes AND closes <= 1440)))"
    )
    moment = "TIMESTAMP WITH TIME ZONE" if op.get_bind().dialect.name == "postgresql" else "DATETIME"
    op.execute(f"ALTER TABLE nomination ADD COLUMN barred_at {moment}")
    op.execute("UPDATE nomination SET barred_at = changed_at WHERE state = 'barred'")
    op.create_table(
        "conduct_yes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("text_version", sa.Text(), nullable=False),
        sa.Column("text_hash", sa.Text(), nullable=False),
        sa.Column("accepted_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("kind IN ('adult', 'pupil')", name="ck_conduct_yes_kind"),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name="fk_conduct_yes_user_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_conduct_yes"),
    )
    op.create_index("ix_conduct_yes_user_id", "conduct_yes", ["user_id"])


def downgrade() -> None:
    op.drop_table("conduct_yes")
    op.execute("ALTER TABLE nomination DROP COLUMN barred_at")
    op.execute("ALTER TABLE unit DROP COLUMN closes")  # and its check with it
    op.execute("ALTER TABLE unit DROP COLUMN opens")
