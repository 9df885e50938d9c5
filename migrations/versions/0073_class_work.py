"""Class work, the pupils picked out for it, and letters to a class.

Revision ID: 0073
Revises: 0072
"""

import sqlalchemy as sa
from alembic import op

from tutoring.kernel.db import UtcDateTime

revision = "0073"
down_revision = "0072"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "class_letter",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("week", sa.Date(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("written_at", UtcDateTime(), nullable=False),
        sa.Column("published_at", UtcDateTime(), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["user.id"], name=op.f("fk_class_letter_author_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_class_letter_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_class_letter")),
        sa.UniqueConstraint("unit_id", "week", name=op.f("uq_class_letter_unit_id_week")),
    )
    with op.batch_alter_table("class_letter", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_class_letter_author_id"), ["author_id"], unique=False)

    op.create_table(
        "class_work",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("audience", sa.Text(), nullable=False),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("set_by_id", sa.Integer(), nullable=True),
        sa.Column("set_at", UtcDateTime(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=True),
        sa.Column("changed_by_id", sa.Integer(), nullable=True),
        sa.Column("withdrawn_at", UtcDateTime(), nullable=True),
        sa.Column("reminded_at", UtcDateTime(), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint("(kind = 'help') = (target = '')", name=op.f("ck_class_work_target")),
        sa.CheckConstraint("audience IN ('class', 'pupils', 'guardians')", name=op.f("ck_class_work_audience")),
        sa.CheckConstraint("kind IN ('lesson', 'path', 'quiz', 'rehearsal', 'help')", name=op.f("ck_class_work_kind")),
        sa.ForeignKeyConstraint(
            ["changed_by_id"], ["user.id"], name=op.f("fk_class_work_changed_by_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["set_by_id"], ["user.id"], name=op.f("fk_class_work_set_by_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_class_work_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_class_work")),
    )
    with op.batch_alter_table("class_work", schema=None) as batch_op:
        batch_op.create_index("ix_class_work_due", ["due"], unique=False)
        batch_op.create_index("ix_class_work_of_unit", ["unit_id", "due"], unique=False)
        batch_op.create_index(batch_op.f("ix_class_work_set_by_id"), ["set_by_id"], unique=False)

    op.create_table(
        "class_work_pupil",
        sa.Column("work_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_class_work_pupil_user_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["work_id"], ["class_work.id"], name=op.f("fk_class_work_pupil_work_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("work_id", "user_id", name=op.f("pk_class_work_pupil")),
    )
    with op.batch_alter_table("class_work_pupil", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_class_work_pupil_user_id"), ["user_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("class_work_pupil", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_class_work_pupil_user_id"))

    op.drop_table("class_work_pupil")
    with op.batch_alter_table("class_work", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_class_work_set_by_id"))
        batch_op.drop_index("ix_class_work_of_unit")
        batch_op.drop_index("ix_class_work_due")

    op.drop_table("class_work")
    with op.batch_alter_table("class_letter", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_class_letter_author_id"))

    op.drop_table("class_letter")
