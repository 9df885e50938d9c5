"""Cards of helpers and of staff: the kind of a line and of a checked file, the role of an adult.

Revision ID: 0076
Revises: 0075
"""

import sqlalchemy as sa
from alembic import op

revision = "0076"
down_revision = "0075"
branch_labels = None
depends_on = None

OLD_CODE = "It writes pupils only: their kind and role are the defaults, and each has a year of birth."


def upgrade() -> None:
    with op.batch_alter_table("class_list_draft", schema=None) as batch_op:
        batch_op.add_column(sa.Column("kind", sa.Text(), nullable=False, server_default="pupil"))
    with op.batch_alter_table("class_line", schema=None) as batch_op:
        batch_op.add_column(sa.Column("kind", sa.Text(), nullable=False, server_default="pupil"))
        batch_op.add_column(sa.Column("role", sa.Text(), nullable=False, server_default=""))
        batch_op.alter_column("birth_year", existing_type=sa.Integer(), nullable=True)
        batch_op.create_check_constraint(op.f("ck_class_line_kind"), "kind IN ('pupil', 'helper', 'staff')")
        batch_op.create_check_constraint(op.f("ck_class_line_role"), "(kind = 'staff') = (role <> '')")
        batch_op.create_check_constraint(op.f("ck_class_line_birth_year"), "(kind = 'staff') = (birth_year IS NULL)")


def downgrade() -> None:
    op.execute("DELETE FROM class_line WHERE kind = 'staff'")
    with op.batch_alter_table("class_line", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_class_line_birth_year"), type_="check")
        batch_op.drop_constraint(op.f("ck_class_line_role"), type_="check")
        batch_op.drop_constraint(op.f("ck_class_line_kind"), type_="check")
        batch_op.alter_column("birth_year", existing_type=sa.Integer(), nullable=False)
        batch_op.drop_column("role")
        batch_op.drop_column("kind")
    with op.batch_alter_table("class_list_draft", schema=None) as batch_op:
        batch_op.drop_column("kind")
