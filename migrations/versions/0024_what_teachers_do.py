"""What teachers do in a room: it can be locked, handed over to another helper, and closed with a summary.

Columns are added one by one: to make the table anew would, on SQLite, take seats and messages with it.

Revision ID: 0024
Revises: 0023
"""

from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

COLUMNS = (
    "handed_over BOOLEAN DEFAULT false NOT NULL",
    "locked_at {moment}",
    'locked_by_id INTEGER CONSTRAINT fk_room_locked_by_id REFERENCES "user" (id)'
    " CONSTRAINT ck_room_locking CHECK ((locked_at IS NULL) = (locked_by_id IS NULL))",
    "lock_reason TEXT DEFAULT '' NOT NULL",
    "summary TEXT DEFAULT '' NOT NULL",
)


def upgrade() -> None:
    moment = "TIMESTAMP WITH TIME ZONE" if op.get_bind().dialect.name == "postgresql" else "DATETIME"
    for column in COLUMNS:
        op.execute(f"ALTER TABLE room ADD COLUMN {column.format(moment=moment)}")


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        for column in ("summary", "lock_reason", "locked_by_id", "locked_at", "handed_over"):
            op.execute(f"ALTER TABLE room DROP COLUMN {column}")
        return
    with op.batch_alter_table("room") as table:  # SQLite drops no column that a key stands on
        table.drop_constraint(op.f("ck_room_locking"), type_="check")
        for column in ("summary", "lock_reason", "locked_by_id", "locked_at", "handed_over"):
            table.drop_column(column)
