"""Where browsers take pushes, and numbers for short messages.

Revision ID: 0049
Revises: 0048
"""

import sqlalchemy as sa
from alembic import op

from tutoring.kernel.db import UtcDateTime

revision = "0049"
down_revision = "0048"
branch_labels = None
depends_on = None


def _of_user(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f(f"fk_{table}_user_id"), ondelete="CASCADE")


def upgrade() -> None:
    op.create_table(
        "push_place",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("sign_in_id", sa.Integer(), nullable=False),
        sa.Column("browser_mark", sa.Text(), nullable=False),
        sa.Column("endpoint_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("endpoint_mark", sa.Text(), nullable=False),
        sa.Column("keys_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("took_at", UtcDateTime(), nullable=True),
        _of_user("push_place"),
        sa.ForeignKeyConstraint(
            ["sign_in_id"], ["sign_in.id"], name=op.f("fk_push_place_sign_in_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_push_place")),
        sa.UniqueConstraint("sign_in_id", name=op.f("uq_push_place_sign_in_id")),
        sa.UniqueConstraint("endpoint_mark", name=op.f("uq_push_place_endpoint_mark")),
    )
    op.create_index("ix_push_place_user_id", "push_place", ["user_id"])
    op.create_index("ix_push_place_browser_mark", "push_place", ["browser_mark"])
    op.create_table(
        "text_number",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("number_mark", sa.Text(), nullable=False),
        sa.Column("nonce", sa.Text(), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("confirmed_at", UtcDateTime(), nullable=True),
        _of_user("text_number"),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_text_number")),
    )
    op.create_table(
        "text_sent",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        _of_user("text_sent"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_text_sent")),
        sa.UniqueConstraint("user_id", "key", name=op.f("uq_text_sent_user_id_key")),
    )
    op.create_index("ix_text_sent_day", "text_sent", ["day"])


def downgrade() -> None:
    for table in ("text_sent", "text_number", "push_place"):
        op.drop_table(table)
