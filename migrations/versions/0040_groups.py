"""Pages of neighbourhoods and wards: announcements, lessons of a month, tasks; duty at the service centre.

Revision ID: 0040
Revises: 0039
"""

import sqlalchemy as sa
from alembic import op

from tutoring.kernel.db import UtcDateTime

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None


def _only_one(name: str, columns: list[str], where: str) -> None:
    word = sa.text(where)
    op.create_index(name, "group_post", columns, unique=True, sqlite_where=word, postgresql_where=word)


def upgrade() -> None:
    with op.batch_alter_table("duty_slot") as batch:
        batch.add_column(sa.Column("place", sa.Text(), server_default="online", nullable=False))
        batch.create_check_constraint(batch.f("ck_duty_slot_place"), "place IN ('online', 'centre')")
    _posts()
    op.create_table(
        "group_lesson",
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("lesson_slug", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.CheckConstraint("position BETWEEN 1 AND 5", name=op.f("ck_group_lesson_position")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_group_lesson_unit_id")),
        sa.ForeignKeyConstraint(["lesson_slug"], ["lesson.slug"], name=op.f("fk_group_lesson_lesson_slug")),
        sa.PrimaryKeyConstraint("unit_id", "month", "lesson_slug", name=op.f("pk_group_lesson")),
        sa.UniqueConstraint("unit_id", "month", "position", name=op.f("uq_group_lesson_unit_id_month_position")),
    )
    _tasks()


def _posts() -> None:
    op.create_table(
        "group_post",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("pinned", sa.Boolean(), nullable=False),
        sa.Column("told_on", sa.Date(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=True),
        sa.Column("taken_back_at", UtcDateTime(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_group_post_unit_id")),
        sa.ForeignKeyConstraint(["author_id"], ["user.id"], name=op.f("fk_group_post_author_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_group_post")),
    )
    op.create_index("ix_group_post_unit_id", "group_post", ["unit_id", "id"])
    op.create_index(op.f("ix_group_post_author_id"), "group_post", ["author_id"])
    _only_one("uq_group_post_pinned", ["unit_id"], "pinned")
    _only_one("uq_group_post_told", ["unit_id", "told_on"], "told_on IS NOT NULL")


def _tasks() -> None:
    op.create_table(
        "group_task",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("details", sa.Text(), nullable=False),
        sa.Column("due", sa.Date(), nullable=True),
        sa.Column("assignee_id", sa.Integer(), nullable=True),
        sa.Column("agreed", sa.Boolean(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("state IN ('open', 'doing', 'done', 'dropped')", name=op.f("ck_group_task_state")),
        sa.CheckConstraint("assignee_id IS NOT NULL OR NOT agreed", name=op.f("ck_group_task_agreed")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_group_task_unit_id")),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["user.id"], name=op.f("fk_group_task_created_by_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["assignee_id"], ["user.id"], name=op.f("fk_group_task_assignee_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_group_task")),
    )
    op.create_index("ix_group_task_unit_id", "group_task", ["unit_id", "id"])
    op.create_index(op.f("ix_group_task_created_by_id"), "group_task", ["created_by_id"])
    op.create_index(op.f("ix_group_task_assignee_id"), "group_task", ["assignee_id"])


def downgrade() -> None:
    for table in ("group_task", "group_lesson", "group_post"):
        op.drop_table(table)
    with op.batch_alter_table("duty_slot") as batch:
        batch.drop_constraint(batch.f("ck_duty_slot_place"), type_="check")
        batch.drop_column("place")
