"""Class lists: the legal basis of a school, checked files, staged pupils; names are sealed.

Revision ID: 0069
Revises: 0068
"""

import sqlalchemy as sa
from alembic import op

from tutoring.kernel.db import UtcDateTime

revision = "0069"
down_revision = "0068"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "class_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("called", sa.Text(), nullable=False),
        sa.Column("birth_year", sa.Integer(), nullable=False),
        sa.Column("full_name_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("mark", sa.Text(), nullable=False),
        sa.Column("added_by_id", sa.Integer(), nullable=True),
        sa.Column("added_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["added_by_id"], ["user.id"], name=op.f("fk_class_line_added_by_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_class_line_unit_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_class_line")),
        sa.UniqueConstraint("unit_id", "mark", name=op.f("uq_class_line_unit_id_mark")),
    )
    with op.batch_alter_table("class_line", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_class_line_added_at"), ["added_at"], unique=False)

    op.create_table(
        "class_list_basis",
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("agreement", sa.Text(), nullable=False),
        sa.Column("recorded_by_id", sa.Integer(), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.Column("ended_by_id", sa.Integer(), nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("(ended_at IS NULL) = (ended_by_id IS NULL)", name=op.f("ck_class_list_basis_end")),
        sa.ForeignKeyConstraint(["ended_by_id"], ["user.id"], name=op.f("fk_class_list_basis_ended_by_id")),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["user.id"], name=op.f("fk_class_list_basis_recorded_by_id")),
        sa.ForeignKeyConstraint(
            ["school_id"], ["unit.id"], name=op.f("fk_class_list_basis_school_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("school_id", name=op.f("pk_class_list_basis")),
    )
    op.create_table(
        "class_list_draft",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("rows_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("good", sa.Integer(), nullable=False),
        sa.Column("faulty", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("accepted_at", UtcDateTime(), nullable=True),
        sa.Column("added", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["user.id"], name=op.f("fk_class_list_draft_by_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_class_list_draft_unit_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_class_list_draft")),
    )
    with op.batch_alter_table("class_list_draft", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_class_list_draft_by_id"), ["by_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_class_list_draft_created_at"), ["created_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_class_list_draft_unit_id"), ["unit_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("class_list_draft", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_class_list_draft_unit_id"))
        batch_op.drop_index(batch_op.f("ix_class_list_draft_created_at"))
        batch_op.drop_index(batch_op.f("ix_class_list_draft_by_id"))

    op.drop_table("class_list_draft")
    op.drop_table("class_list_basis")
    with op.batch_alter_table("class_line", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_class_line_added_at"))

    op.drop_table("class_line")
