"""Rooms have a kind: of a pair, a group, a class, parents, questions, a desk; lasting ones, and side rooms of these.

Columns are added one by one: to make the table anew would, on SQLite, take seats and messages with it.

Revision ID: 0026
Revises: 0025
"""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

COLUMNS = (
    "kind TEXT DEFAULT 'pair' NOT NULL"
    " CONSTRAINT ck_room_kind CHECK (kind IN ('pair', 'group', 'class', 'circle', 'questions', 'desk'))",
    "side_of_id INTEGER CONSTRAINT fk_room_side_of_id REFERENCES room (id)"
    " CONSTRAINT ck_room_side CHECK (side_of_id IS NULL OR kind IN ('class', 'circle'))",
    "title TEXT DEFAULT '' NOT NULL",
    "announcing BOOLEAN DEFAULT false NOT NULL",
)
NAMES = ("announcing", "title", "side_of_id", "kind")
GROUPS = "UPDATE room SET kind = 'group' WHERE id IN (SELECT room_id FROM group_session WHERE room_id IS NOT NULL)"
ONE_OPEN = "closed_at IS NULL AND side_of_id IS NULL AND kind IN ('class', 'circle', 'questions')"


def upgrade() -> None:
    for column in COLUMNS:
        op.execute(f"ALTER TABLE room ADD COLUMN {column}")
    op.execute(GROUPS)
    op.create_index(op.f("ix_room_side_of_id"), "room", ["side_of_id"])
    only = sa.text(ONE_OPEN)
    op.create_index(
        "uq_room_lasting", "room", ["unit_id", "kind"], unique=True, sqlite_where=only, postgresql_where=only
    )


def downgrade() -> None:
    op.drop_index("uq_room_lasting", table_name="room")
    op.drop_index(op.f("ix_room_side_of_id"), table_name="room")
    if op.get_bind().dialect.name == "postgresql":
        for column in NAMES:
            op.execute(f"ALTER TABLE room DROP COLUMN {column}")
        return
    with op.batch_alter_table("room") as table:  # SQLite drops no column that a key or a rule stands on
        table.drop_constraint(op.f("ck_room_side"), type_="check")
        table.drop_constraint(op.f("ck_room_kind"), type_="check")
        for column in NAMES:
            table.drop_column(column)
