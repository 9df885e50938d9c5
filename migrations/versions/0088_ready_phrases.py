"""Ready phrases of helpers, and their private notes on learners.

Revision ID: 0088
Revises: 0087
"""

import sqlalchemy as sa
from alembic import op

from tutoring.kernel.db import UtcDateTime

revision = "0088"
down_revision = "0087"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "ready_phrase",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("owner_id", sa.Integer(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("archived_at", UtcDateTime(), nullable=True),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("(unit_id IS NULL) <> (owner_id IS NULL)", name=op.f("ck_ready_phrase_belongs")),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["user.id"], name=op.f("fk_ready_phrase_owner_id_user"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["unit.id"], name=op.f("fk_ready_phrase_unit_id_unit"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ready_phrase")),
    )
    op.create_index(op.f("ix_ready_phrase_owner_id"), "ready_phrase", ["owner_id"])
    op.create_index(op.f("ix_ready_phrase_unit_id"), "ready_phrase", ["unit_id"])
    op.create_table(
        "phrase_use",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("phrase_id", sa.Integer(), nullable=False),
        sa.Column("uses", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_phrase_use_user_id_user"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["phrase_id"], ["ready_phrase.id"], name=op.f("fk_phrase_use_phrase_id_ready_phrase"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", "phrase_id", name=op.f("pk_phrase_use")),
    )
    op.create_index(op.f("ix_phrase_use_phrase_id"), "phrase_use", ["phrase_id"])
    op.create_table(
        "helper_note",
        sa.Column("learner_id", sa.Integer(), nullable=False),
        sa.Column("helper_id", sa.Integer(), nullable=False),
        sa.Column("worked", sa.Text(), nullable=False),
        sa.Column("next_time", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["learner_id"], ["user.id"], name=op.f("fk_helper_note_learner_id_user"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["helper_id"], ["user.id"], name=op.f("fk_helper_note_helper_id_user"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("learner_id", "helper_id", name=op.f("pk_helper_note")),
    )
    op.create_index(op.f("ix_helper_note_helper_id"), "helper_note", ["helper_id"])


def downgrade() -> None:
    for table in ("helper_note", "phrase_use", "ready_phrase"):
        op.drop_table(table)
