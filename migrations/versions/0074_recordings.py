"""Recorded sentences of lessons, and the steps joined from them.

Revision ID: 0074
Revises: 0073
"""

import sqlalchemy as sa
from alembic import op

from tutoring.kernel.db import UtcDateTime

revision = "0074"
down_revision = "0073"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sentence_recording",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("lesson_slug", sa.Text(), nullable=False),
        sa.Column("step_id", sa.Text(), nullable=False),
        sa.Column("lang", sa.Text(), nullable=False),
        sa.Column("sentence", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("milliseconds", sa.Integer(), nullable=False),
        sa.Column("opus", sa.LargeBinary(), nullable=False),
        sa.Column("aac", sa.LargeBinary(), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.CheckConstraint("state IN ('waiting', 'released', 'returned')", name=op.f("ck_sentence_recording_state")),
        sa.ForeignKeyConstraint(
            ["lesson_slug"], ["lesson.slug"], name=op.f("fk_sentence_recording_lesson_slug_lesson"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"], ["user.id"], name=op.f("fk_sentence_recording_recorded_by_id_user")
        ),
        sa.ForeignKeyConstraint(["decided_by_id"], ["user.id"], name=op.f("fk_sentence_recording_decided_by_id_user")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sentence_recording")),
        sa.UniqueConstraint(
            "lesson_slug",
            "step_id",
            "lang",
            "sentence",
            "state",
            name=op.f("uq_sentence_recording_lesson_slug_step_id_lang_sentence_state"),
        ),
    )
    with op.batch_alter_table("sentence_recording", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sentence_recording_recorded_by_id"), ["recorded_by_id"], unique=False)
    op.create_table(
        "step_recording",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("lesson_slug", sa.Text(), nullable=False),
        sa.Column("step_id", sa.Text(), nullable=False),
        sa.Column("lang", sa.Text(), nullable=False),
        sa.Column("text_digest", sa.Text(), nullable=False),
        sa.Column("parts", sa.Text(), nullable=False),
        sa.Column("milliseconds", sa.Integer(), nullable=False),
        sa.Column("opus", sa.LargeBinary(), nullable=False),
        sa.Column("aac", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["lesson_slug"], ["lesson.slug"], name=op.f("fk_step_recording_lesson_slug_lesson"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_step_recording")),
        sa.UniqueConstraint("lesson_slug", "step_id", "lang", name=op.f("uq_step_recording_lesson_slug_step_id_lang")),
    )
    op.add_column("lesson", sa.Column("recordings", sa.JSON(), server_default="{}", nullable=False))


def downgrade() -> None:
    op.drop_column("lesson", "recordings")
    op.drop_table("step_recording")
    with op.batch_alter_table("sentence_recording", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sentence_recording_recorded_by_id"))
    op.drop_table("sentence_recording")
