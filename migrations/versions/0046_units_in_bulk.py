"""Files of units, mergers of units, and the order of their names.

Revision ID: 0046
Revises: 0045
"""

import sqlalchemy as sa
from alembic import op

from tutoring.kernel.db import UtcDateTime
from tutoring.kernel.text import sort_text

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("unit", sa.Column("sort", sa.Text(), nullable=False, server_default=""))
    unit = sa.table("unit", *(sa.column(name) for name in ("id", "name", "grade", "sort")))
    for id, name, grade in op.get_bind().execute(sa.select(unit.c.id, unit.c.name, unit.c.grade)).all():
        op.execute(unit.update().where(unit.c.id == id).values(sort=f"{grade or 0:02d}{sort_text(name)}"))
    op.drop_index("ix_unit_parent_id", "unit")
    op.create_index("ix_unit_below", "unit", ["parent_id", "sort", "id"])
    op.create_table(
        "unit_import",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("kind", "file_name", "text", "state")),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("total", "done", "round")),
        sa.Column("faults", sa.JSON(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("finished_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("kind IN ('units', 'mergers')", name=op.f("ck_unit_import_kind")),
        sa.CheckConstraint(
            "state IN ('checking', 'faulty', 'ready', 'writing', 'done', 'discarded')",
            name=op.f("ck_unit_import_state"),
        ),
        sa.ForeignKeyConstraint(["by_id"], ["user.id"], name=op.f("fk_unit_import_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit_import")),
    )
    op.create_index(op.f("ix_unit_import_by_id"), "unit_import", ["by_id"])
    op.create_table(
        "unit_merger",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("from_id", sa.Integer(), nullable=False),
        sa.Column("into_id", sa.Integer(), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("planned_at", UtcDateTime(), nullable=False),
        sa.Column("done_at", UtcDateTime(), nullable=True),
        sa.Column("cancelled_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("from_id <> into_id", name=op.f("ck_unit_merger_two")),
        sa.CheckConstraint("done_at IS NULL OR cancelled_at IS NULL", name=op.f("ck_unit_merger_end")),
        sa.ForeignKeyConstraint(["from_id"], ["unit.id"], name=op.f("fk_unit_merger_from_id")),
        sa.ForeignKeyConstraint(["into_id"], ["unit.id"], name=op.f("fk_unit_merger_into_id")),
        sa.ForeignKeyConstraint(["by_id"], ["user.id"], name=op.f("fk_unit_merger_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit_merger")),
    )
    op.create_index(op.f("ix_unit_merger_into_id"), "unit_merger", ["into_id"])
    open_one = sa.text("cancelled_at IS NULL")
    op.create_index(
        "uq_unit_merger_planned", "unit_merger", ["from_id"], unique=True,
        sqlite_where=open_one, postgresql_where=open_one,
    )  # fmt: skip


def downgrade() -> None:
    op.drop_index("ix_unit_below", "unit")
    op.create_index("ix_unit_parent_id", "unit", ["parent_id"])
    op.drop_column("unit", "sort")  # not in a batch: SQLite would have to make the table anew, and others refer to it
    op.drop_table("unit_merger")
    op.drop_table("unit_import")
