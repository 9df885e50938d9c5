"""Published answers, what both sides said, marks of readers, endorsements; how many a step shows.

Revision ID: 0087
Revises: 0086
"""

import sqlalchemy as sa
from alembic import op

from tutoring.kernel.db import UtcDateTime

revision = "0087"
down_revision = "0086"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("lesson", sa.Column("answers", sa.JSON(), server_default="{}", nullable=False))
    op.create_table(
        "published_answer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("lesson_slug", sa.Text(), nullable=False),
        sa.Column("step_id", sa.Text(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("learner_id", sa.Integer(), nullable=False),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("folded_title", sa.Text(), nullable=False),
        sa.Column("folded", sa.Text(), nullable=False),
        sa.Column("writer", sa.Text(), nullable=False),
        sa.Column("writer_grade", sa.Integer(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("state_since", UtcDateTime(), nullable=False),
        sa.Column("written_at", UtcDateTime(), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("step_digest", sa.Text(), nullable=False),
        sa.Column("check_by", UtcDateTime(), nullable=True),
        sa.Column("held_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint(
            "state IN ('asking', 'waiting', 'released', 'returned', 'refused', 'withdrawn', 'lapsed')",
            name=op.f("ck_published_answer_state"),
        ),
        sa.CheckConstraint("writer IN ('pupil', 'adult', 'staff')", name=op.f("ck_published_answer_writer")),
        sa.CheckConstraint(
            "state NOT IN ('refused', 'withdrawn', 'lapsed') OR (problem = '' AND answer = '' AND folded = '')",
            name=op.f("ck_published_answer_emptied"),
        ),
        sa.CheckConstraint("state <> 'released' OR check_by IS NOT NULL", name=op.f("ck_published_answer_check_by")),
        sa.ForeignKeyConstraint(
            ["request_id"], ["help_request.id"], name=op.f("fk_published_answer_request_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["lesson_slug"], ["lesson.slug"], name=op.f("fk_published_answer_lesson_slug"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["author_id"], ["user.id"], name=op.f("fk_published_answer_author_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["learner_id"], ["user.id"], name=op.f("fk_published_answer_learner_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["decided_by_id"], ["user.id"], name=op.f("fk_published_answer_decided_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_published_answer")),
        sa.UniqueConstraint("request_id", name=op.f("uq_published_answer_request_id")),
    )
    op.create_index("ix_published_answer_of_step", "published_answer", ["lesson_slug", "step_id", "state"])
    op.create_index("ix_published_answer_state", "published_answer", ["state", "state_since"])
    op.create_index(op.f("ix_published_answer_author_id"), "published_answer", ["author_id"])
    op.create_index(op.f("ix_published_answer_learner_id"), "published_answer", ["learner_id"])
    op.create_table(
        "published_answer_consent",
        sa.Column("answer_id", sa.Integer(), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("yes", sa.Boolean(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["answer_id"], ["published_answer.id"], name=op.f("fk_published_answer_consent_answer_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["subject_id"], ["user.id"], name=op.f("fk_published_answer_consent_subject_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["by_id"], ["user.id"], name=op.f("fk_published_answer_consent_by_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("answer_id", "subject_id", "by_id", name=op.f("pk_published_answer_consent")),
    )  # fmt: skip
    for column in ("subject_id", "by_id"):
        op.create_index(op.f(f"ix_published_answer_consent_{column}"), "published_answer_consent", [column])
    for table, further in (
        ("published_answer_mark", []),
        (
            "published_answer_endorsement",
            [
                sa.Column("role", sa.Text(), nullable=False),
                sa.CheckConstraint(
                    "role IN ('teacher', 'coordinator')", name=op.f("ck_published_answer_endorsement_role")
                ),
            ],
        ),
    ):
        op.create_table(
            table,
            sa.Column("answer_id", sa.Integer(), nullable=False),
            sa.Column("user_id", sa.Integer(), nullable=False),
            sa.Column("at", UtcDateTime(), nullable=False),
            *further,
            sa.ForeignKeyConstraint(
                ["answer_id"], ["published_answer.id"], name=op.f(f"fk_{table}_answer_id"), ondelete="CASCADE"
            ),
            sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f(f"fk_{table}_user_id"), ondelete="CASCADE"),
            sa.PrimaryKeyConstraint("answer_id", "user_id", name=op.f(f"pk_{table}")),
        )
        op.create_index(op.f(f"ix_{table}_user_id"), table, ["user_id"])


def downgrade() -> None:
    for table in (
        "published_answer_endorsement", "published_answer_mark", "published_answer_consent", "published_answer",
    ):  # fmt: skip
        op.drop_table(table)
    op.drop_column("lesson", "answers")
