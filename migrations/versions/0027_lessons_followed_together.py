"""A lesson followed together: what a learner shows of it, lessons put into the talk, what solved it, what comes next.

Columns are added one by one: to make a table anew would, on SQLite, take the rows that hang on it along.

Revision ID: 0027
Revises: 0026
"""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

SOLVED_BY = (
    "solved_by TEXT DEFAULT '' NOT NULL CONSTRAINT ck_feedback_solved_by"
    " CHECK (solved_by IN ('', 'lesson', 'helper', 'learner'))"
)


def upgrade() -> None:
    op.create_table(
        "lesson_sign",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("room_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("lesson_slug", sa.Text(), nullable=False),
        sa.Column("step_id", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("correct", sa.Boolean(), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('done', 'answer', 'stuck')", name=op.f("ck_lesson_sign_kind")),
        sa.CheckConstraint("(kind = 'answer') = (correct IS NOT NULL)", name=op.f("ck_lesson_sign_correct")),
        sa.CheckConstraint("(kind = 'done') = (place = '')", name=op.f("ck_lesson_sign_place")),
        sa.CheckConstraint("tries > 0", name=op.f("ck_lesson_sign_tries")),
        sa.ForeignKeyConstraint(["room_id"], ["room.id"], name=op.f("fk_lesson_sign_room_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_lesson_sign_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lesson_sign")),
        sa.UniqueConstraint(
            "room_id",
            "user_id",
            "kind",
            "lesson_slug",
            "step_id",
            "place",
            name=op.f("uq_lesson_sign_room_id_user_id_kind_lesson_slug_step_id_place"),
        ),
    )
    op.create_index(op.f("ix_lesson_sign_user_id"), "lesson_sign", ["user_id"])
    one_stuck = sa.text("kind = 'stuck'")
    op.create_index(
        "uq_lesson_sign_stuck", "lesson_sign", ["room_id", "user_id"], unique=True,
        sqlite_where=one_stuck, postgresql_where=one_stuck,
    )  # fmt: skip
    op.execute("ALTER TABLE message ADD COLUMN lesson_slug TEXT")
    op.execute("ALTER TABLE message ADD COLUMN step_number INTEGER")
    op.execute("ALTER TABLE room ADD COLUMN next_lesson TEXT")
    op.execute("ALTER TABLE help_request ADD COLUMN follows_room_id INTEGER")
    op.execute(f"ALTER TABLE feedback ADD COLUMN {SOLVED_BY}")


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE feedback DROP COLUMN solved_by")
    else:
        with op.batch_alter_table("feedback") as table:  # SQLite drops no column that a CHECK stands on
            table.drop_constraint(op.f("ck_feedback_solved_by"), type_="check")
            table.drop_column("solved_by")
    op.execute("ALTER TABLE help_request DROP COLUMN follows_room_id")
    op.execute("ALTER TABLE room DROP COLUMN next_lesson")
    op.execute("ALTER TABLE message DROP COLUMN step_number")
    op.execute("ALTER TABLE message DROP COLUMN lesson_slug")
    op.drop_table("lesson_sign")
