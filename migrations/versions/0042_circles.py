"""Circles of parents: topics, answers, whom they helped, wishes for a live session, answers on their way to lessons.

Revision ID: 0042
Revises: 0041
"""

import sqlalchemy as sa
from alembic import op

from tutoring.kernel.db import UtcDateTime

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None


def _words() -> list[sa.Column]:
    """What stands with every text: when it was changed, withdrawn, hidden."""
    return [
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("edited_at", UtcDateTime(), nullable=True),
        sa.Column("withdrawn_at", UtcDateTime(), nullable=True),
        sa.Column("hidden_at", UtcDateTime(), nullable=True),
        sa.Column("hidden_by_id", sa.Integer(), nullable=True),
        sa.Column("hidden_why", sa.Text(), nullable=False),
    ]


def _of(table: str, column: str, to: str, ondelete: str | None = None) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}"), ondelete=ondelete)


def upgrade() -> None:
    _topics()
    _answers()
    for table, of, to in (("circle_helped", "answer_id", "circle_answer"), ("circle_wish", "topic_id", "circle_topic")):
        wish = table == "circle_wish"
        op.create_table(
            table,
            sa.Column(of, sa.Integer(), nullable=False),
            sa.Column("user_id", sa.Integer(), nullable=False),
            *([sa.Column("session_id", sa.Integer(), nullable=True)] if wish else []),
            sa.Column("at", UtcDateTime(), nullable=False),
            _of(table, of, to, "CASCADE"),
            _of(table, "user_id", "user", "CASCADE"),
            *([_of(table, "session_id", "group_session", "SET NULL")] if wish else []),
            sa.PrimaryKeyConstraint(of, "user_id", name=op.f(f"pk_{table}")),
        )
        op.create_index(op.f(f"ix_{table}_user_id"), table, ["user_id"])
    op.create_index(op.f("ix_circle_wish_session_id"), "circle_wish", ["session_id"])
    _to_lessons()


def _topics() -> None:
    op.create_table(
        "circle_topic",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("lesson_slug", sa.Text(), nullable=True),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("title", "text", "folded_title", "folded")),
        *_words(),
        sa.Column("active_at", UtcDateTime(), nullable=False),
        sa.Column("closed_at", UtcDateTime(), nullable=True),
        sa.Column("session_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("(hidden_at IS NULL) = (hidden_by_id IS NULL)", name=op.f("ck_circle_topic_hidden")),
        _of("circle_topic", "unit_id", "unit"),
        _of("circle_topic", "author_id", "user"),
        _of("circle_topic", "hidden_by_id", "user"),
        _of("circle_topic", "session_id", "group_session", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_circle_topic")),
    )
    op.create_index("ix_circle_topic_of_unit", "circle_topic", ["unit_id", "active_at", "id"])
    for column in ("author_id", "active_at", "session_id"):
        op.create_index(op.f(f"ix_circle_topic_{column}"), "circle_topic", [column])


def _answers() -> None:
    op.create_table(
        "circle_answer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("topic_id", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("text", "folded")),
        *_words(),
        sa.Column("pinned_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("(hidden_at IS NULL) = (hidden_by_id IS NULL)", name=op.f("ck_circle_answer_hidden")),
        _of("circle_answer", "topic_id", "circle_topic", "CASCADE"),
        _of("circle_answer", "author_id", "user"),
        _of("circle_answer", "hidden_by_id", "user"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_circle_answer")),
    )
    pinned = sa.text("pinned_at IS NOT NULL")
    op.create_index(
        "uq_circle_answer_pinned", "circle_answer", ["topic_id"], unique=True,
        sqlite_where=pinned, postgresql_where=pinned,
    )  # fmt: skip
    for column in ("topic_id", "author_id", "withdrawn_at"):
        op.create_index(op.f(f"ix_circle_answer_{column}"), "circle_answer", [column])


def _to_lessons() -> None:
    op.create_table(
        "circle_to_lesson",
        sa.Column("answer_id", sa.Integer(), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("said_at", UtcDateTime(), nullable=True),
        sa.Column("signed", sa.Boolean(), nullable=False),
        sa.Column("proposal_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("said IN ('asked', 'agreed', 'declined')", name=op.f("ck_circle_to_lesson_said")),
        sa.CheckConstraint("proposal_id IS NULL OR said = 'agreed'", name=op.f("ck_circle_to_lesson_agreed")),
        _of("circle_to_lesson", "answer_id", "circle_answer", "CASCADE"),
        _of("circle_to_lesson", "asked_by_id", "user"),
        _of("circle_to_lesson", "proposal_id", "lesson_proposal", "SET NULL"),
        sa.PrimaryKeyConstraint("answer_id", name=op.f("pk_circle_to_lesson")),
    )
    for column in ("asked_by_id", "proposal_id"):
        op.create_index(op.f(f"ix_circle_to_lesson_{column}"), "circle_to_lesson", [column])


def downgrade() -> None:
    for table in ("circle_to_lesson", "circle_wish", "circle_helped", "circle_answer", "circle_topic"):
        op.drop_table(table)
