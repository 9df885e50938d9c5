"""Questions of teachers to pupils who are stuck at a step.

Revision ID: 0077
Revises: 0076
"""

import sqlalchemy as sa
from alembic import op

from tutoring.kernel.db import UtcDateTime

revision = "0077"
down_revision = "0076"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "class_nudge",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("pupil_id", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("lesson_slug", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["user.id"], name=op.f("fk_class_nudge_by_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["lesson_slug"], ["lesson.slug"], name=op.f("fk_class_nudge_lesson_slug")),
        sa.ForeignKeyConstraint(["pupil_id"], ["user.id"], name=op.f("fk_class_nudge_pupil_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_class_nudge_unit_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_class_nudge")),
        sa.UniqueConstraint("pupil_id", "day", name=op.f("uq_class_nudge_pupil_id_day")),
    )
    for column in ("by_id", "unit_id", "lesson_slug", "at"):
        op.create_index(op.f(f"ix_class_nudge_{column}"), "class_nudge", [column])


def downgrade() -> None:
    op.drop_table("class_nudge")
