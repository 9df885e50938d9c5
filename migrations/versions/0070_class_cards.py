"""Cards of staged pupils, of which only digests are stored, and the claims made with them.

Revision ID: 0070
Revises: 0069
"""

import sqlalchemy as sa
from alembic import op

from tutoring.kernel.db import UtcDateTime

revision = "0070"
down_revision = "0069"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "class_card",
        sa.Column("line_id", sa.Integer(), nullable=False),
        sa.Column("code_mark", sa.Text(), nullable=False),
        sa.Column("issued_by_id", sa.Integer(), nullable=True),
        sa.Column("issued_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["issued_by_id"], ["user.id"], name=op.f("fk_class_card_issued_by_id")),
        sa.ForeignKeyConstraint(["line_id"], ["class_line.id"], name=op.f("fk_class_card_line_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("line_id", name=op.f("pk_class_card")),
        sa.UniqueConstraint("code_mark", name=op.f("uq_class_card_code_mark")),
    )
    op.create_table(
        "class_claim",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("line_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("relation", sa.Text(), nullable=False),
        sa.Column("consents", sa.JSON(), nullable=False),
        sa.Column("assents", sa.JSON(), nullable=False),
        sa.Column("made_account", sa.Boolean(), nullable=False),
        sa.Column("made_parent", sa.Boolean(), nullable=False),
        sa.Column("once", sa.Text(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.Column("child_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "state IN ('waiting', 'frozen', 'refused', 'withdrawn', 'confirmed')", name=op.f("ck_class_claim_state")
        ),
        sa.ForeignKeyConstraint(["child_id"], ["user.id"], name=op.f("fk_class_claim_child_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["decided_by_id"], ["user.id"], name=op.f("fk_class_claim_decided_by_id")),
        sa.ForeignKeyConstraint(
            ["line_id"], ["class_line.id"], name=op.f("fk_class_claim_line_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_class_claim_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_class_claim")),
        sa.UniqueConstraint("line_id", "once", name=op.f("uq_class_claim_line_id_once")),
    )
    with op.batch_alter_table("class_claim", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_class_claim_child_id"), ["child_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_class_claim_line_id"), ["line_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_class_claim_user_id"), ["user_id"], unique=False)
    op.create_index(
        "uq_class_claim_confirmed", "class_claim", ["line_id"], unique=True,
        sqlite_where=sa.text("state = 'confirmed'"), postgresql_where=sa.text("state = 'confirmed'"),
    )  # fmt: skip


def downgrade() -> None:
    op.drop_table("class_claim")
    op.drop_table("class_card")
