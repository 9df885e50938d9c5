"""The set-up of a fresh site, its logos, and the public key of its backups.

Revision ID: 0084
Revises: 0083
"""

import sqlalchemy as sa
from alembic import op

from tutoring.kernel.db import UtcDateTime

revision = "0084"
down_revision = "0083"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "site_setup",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("begun_at", UtcDateTime(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("link_digest", sa.Text(), nullable=True),
        sa.Column("link_until", UtcDateTime(), nullable=True),
        sa.Column("opened_digest", sa.Text(), nullable=True),
        sa.Column("browser_digest", sa.Text(), nullable=True),
        sa.Column("browser_until", UtcDateTime(), nullable=True),
        sa.Column("named_at", UtcDateTime(), nullable=True),
        sa.Column("admin_code_digest", sa.Text(), nullable=True),
        sa.Column("admin_code_until", UtcDateTime(), nullable=True),
        sa.Column("mail_works_at", UtcDateTime(), nullable=True),
        sa.Column("no_mail_at", UtcDateTime(), nullable=True),
        sa.Column("finished_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("id = 1", name=op.f("ck_site_setup_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_site_setup")),
    )
    op.create_table(
        "backup_key",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("part_digest", sa.Text(), nullable=True),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("confirmed_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("id = 1", name=op.f("ck_backup_key_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_backup_key")),
    )
    op.create_table(
        "site_logo",
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.Column("side", sa.Integer(), nullable=False),
        sa.Column("added_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_site_logo")),
    )


def downgrade() -> None:
    for table in ("site_logo", "backup_key", "site_setup"):
        op.drop_table(table)
