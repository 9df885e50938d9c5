"""The end of a school year: the plan of a school, its classes, exceptions, and what was moved.

Revision ID: 0075
Revises: 0074
"""

import sqlalchemy as sa
from alembic import op

from tutoring.kernel.db import UtcDateTime

revision = "0075"
down_revision = "0074"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "year_end",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("school_year", sa.Text(), nullable=False),
        sa.Column("teachers_stay", sa.Boolean(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("planned_by_id", sa.Integer(), nullable=True),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.Column("done_by_id", sa.Integer(), nullable=True),
        sa.Column("done_at", UtcDateTime(), nullable=True),
        sa.Column("undone_by_id", sa.Integer(), nullable=True),
        sa.Column("undone_at", UtcDateTime(), nullable=True),
        sa.Column("closed_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("state IN ('planned', 'done', 'undone')", name=op.f("ck_year_end_state")),
        sa.ForeignKeyConstraint(["done_by_id"], ["user.id"], name=op.f("fk_year_end_done_by_id")),
        sa.ForeignKeyConstraint(["planned_by_id"], ["user.id"], name=op.f("fk_year_end_planned_by_id")),
        sa.ForeignKeyConstraint(["school_id"], ["unit.id"], name=op.f("fk_year_end_school_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["undone_by_id"], ["user.id"], name=op.f("fk_year_end_undone_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_year_end")),
    )
    with op.batch_alter_table("year_end", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_year_end_changed_at"), ["changed_at"], unique=False)
        batch_op.create_index(
            "uq_year_end_done",
            ["school_id", "school_year"],
            unique=True,
            sqlite_where=sa.text("state = 'done'"),
            postgresql_where=sa.text("state = 'done'"),
        )
        batch_op.create_index(
            "uq_year_end_planned",
            ["school_id"],
            unique=True,
            sqlite_where=sa.text("state = 'planned'"),
            postgresql_where=sa.text("state = 'planned'"),
        )

    op.create_table(
        "year_end_class",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("year_end_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("grade", sa.Integer(), nullable=True),
        sa.Column("leaves", sa.Boolean(), nullable=False),
        sa.Column("into_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["into_id"], ["unit.id"], name=op.f("fk_year_end_class_into_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_year_end_class_unit_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["year_end_id"], ["year_end.id"], name=op.f("fk_year_end_class_year_end_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_year_end_class")),
        sa.UniqueConstraint("year_end_id", "unit_id", name=op.f("uq_year_end_class_year_end_id_unit_id")),
    )
    with op.batch_alter_table("year_end_class", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_year_end_class_into_id"), ["into_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_year_end_class_unit_id"), ["unit_id"], unique=False)

    op.create_table(
        "year_end_move",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("year_end_id", sa.Integer(), nullable=False),
        sa.Column("old_id", sa.Integer(), nullable=False),
        sa.Column("new_id", sa.Integer(), nullable=True),
        sa.Column("state_was", sa.Text(), nullable=False),
        sa.Column("grade_was", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["new_id"], ["membership.id"], name=op.f("fk_year_end_move_new_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["old_id"], ["membership.id"], name=op.f("fk_year_end_move_old_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["year_end_id"], ["year_end.id"], name=op.f("fk_year_end_move_year_end_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_year_end_move")),
        sa.UniqueConstraint("year_end_id", "old_id", "new_id", name=op.f("uq_year_end_move_year_end_id_old_id_new_id")),
    )
    with op.batch_alter_table("year_end_move", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_year_end_move_new_id"), ["new_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_year_end_move_old_id"), ["old_id"], unique=False)

    op.create_table(
        "year_end_choice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("year_end_id", sa.Integer(), nullable=False),
        sa.Column("membership_id", sa.Integer(), nullable=False),
        sa.Column("class_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["class_id"], ["year_end_class.id"], name=op.f("fk_year_end_choice_class_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["membership_id"], ["membership.id"], name=op.f("fk_year_end_choice_membership_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["year_end_id"], ["year_end.id"], name=op.f("fk_year_end_choice_year_end_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_year_end_choice")),
        sa.UniqueConstraint("year_end_id", "membership_id", name=op.f("uq_year_end_choice_year_end_id_membership_id")),
    )
    with op.batch_alter_table("year_end_choice", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_year_end_choice_class_id"), ["class_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_year_end_choice_membership_id"), ["membership_id"], unique=False)


def downgrade() -> None:
    op.drop_table("year_end_choice")
    op.drop_table("year_end_move")
    op.drop_table("year_end_class")
    op.drop_table("year_end")
