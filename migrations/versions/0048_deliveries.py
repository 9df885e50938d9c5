"""Choices of notices, quiet hours, what goes out and what became of it.

Revision ID: 0048
Revises: 0047
"""

import sqlalchemy as sa
from alembic import op

from tutoring.kernel.db import UtcDateTime

revision = "0048"
down_revision = "0047"
branch_labels = None
depends_on = None


def _person(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f(f"fk_{table}_user_id"), ondelete="CASCADE")


def upgrade() -> None:
    op.add_column("notice", sa.Column("until", UtcDateTime(), nullable=True))
    op.create_table(
        "notice_delivery",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("notice_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("letter", sa.Text(), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("(state = 'waiting') = (ended_at IS NULL)", name=op.f("ck_notice_delivery_ended")),
        sa.CheckConstraint("state IN ('waiting', 'sent', 'failed', 'dropped')", name=op.f("ck_notice_delivery_state")),
        sa.ForeignKeyConstraint(
            ["notice_id"], ["notice.id"], name=op.f("fk_notice_delivery_notice_id"), ondelete="CASCADE"
        ),
        _person("notice_delivery"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice_delivery")),
        sa.UniqueConstraint("notice_id", "channel", name=op.f("uq_notice_delivery_notice_id_channel")),
    )
    op.create_index("ix_notice_delivery_user_id", "notice_delivery", ["user_id"])
    op.create_index("ix_notice_delivery_ended_at", "notice_delivery", ["ended_at"])
    op.create_index("ix_notice_delivery_letter", "notice_delivery", ["letter"])
    waiting = sa.text("state = 'waiting'")
    op.create_index(
        "ix_notice_delivery_waiting",
        "notice_delivery",
        ["user_id", "channel"],
        sqlite_where=waiting,
        postgresql_where=waiting,
    )
    op.create_table(
        "notice_choices",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("picked", sa.JSON(), nullable=False),
        sa.Column("quiet_from", sa.Integer(), nullable=True),
        sa.Column("quiet_to", sa.Integer(), nullable=True),
        sa.Column("mail_how", sa.Text(), nullable=False),
        sa.Column("mail_hour", sa.Integer(), nullable=False),
        sa.Column("woken", sa.Boolean(), nullable=False),
        sa.CheckConstraint("(quiet_from IS NULL) = (quiet_to IS NULL)", name=op.f("ck_notice_choices_quiet_both")),
        sa.CheckConstraint("mail_hour BETWEEN 0 AND 23", name=op.f("ck_notice_choices_mail_hour")),
        sa.CheckConstraint("mail_how IN ('once', 'daily', 'weekly')", name=op.f("ck_notice_choices_mail_how")),
        sa.CheckConstraint(
            "quiet_from BETWEEN 0 AND 1439 AND quiet_to BETWEEN 0 AND 1439", name=op.f("ck_notice_choices_quiet")
        ),
        _person("notice_choices"),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_notice_choices")),
    )
    op.create_table(
        "notice_trouble",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("since", UtcDateTime(), nullable=False),
        sa.Column("mark", sa.Text(), nullable=False),
        sa.CheckConstraint("why IN ('unreachable', 'tries')", name=op.f("ck_notice_trouble_why")),
        _person("notice_trouble"),
        sa.PrimaryKeyConstraint("user_id", "channel", name=op.f("pk_notice_trouble")),
    )


def downgrade() -> None:
    for table in ("notice_trouble", "notice_choices", "notice_delivery"):
        op.drop_table(table)
    op.drop_column("notice", "until")
