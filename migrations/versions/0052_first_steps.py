"""First steps put away; people and places are found by the words of their names.

Revision ID: 0052
Revises: 0051
"""

import sqlalchemy as sa
from alembic import op

from tutoring.community.units.search_names import place_words
from tutoring.kernel.db import UtcDateTime
from tutoring.kernel.text import search_text

revision = "0052"
down_revision = "0051"
branch_labels = None
depends_on = None

AT_ONCE = 1000


def upgrade() -> None:
    op.create_table(
        "first_steps",
        sa.Column("user_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("put_away_at", UtcDateTime(), nullable=True),
        sa.Column("calls_saved_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name="fk_first_steps_user_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("user_id", name="pk_first_steps"),
    )
    # Not in batches: these tables stay as they are, with what refers to them, and each gets a column.
    for table in ("user", "unit"):
        op.add_column(table, sa.Column("name_words", sa.Text(), nullable=False, server_default=""))
    _fold("user", ("called_name", "full_name"), lambda called, full: search_text(f"{called} {full}"))
    _fold("unit", ("name",), place_words)
    for table in ("user", "unit"):
        op.create_index(f"ix_{table}_name_words", table, ["name_words"])


def _fold(name, columns, fold) -> None:
    connection = op.get_bind()
    table = sa.table(name, sa.column("id"), sa.column("name_words"), *map(sa.column, columns))
    last = 0
    while rows := connection.execute(
        sa.select(table.c.id, *(table.c[one] for one in columns))
        .where(table.c.id > last)
        .order_by(table.c.id)
        .limit(AT_ONCE)
    ).all():
        connection.execute(
            sa.update(table).where(table.c.id == sa.bindparam("row")).values(name_words=sa.bindparam("words")),
            [{"row": row[0], "words": fold(*row[1:])} for row in rows],
        )
        last = rows[-1][0]


def downgrade() -> None:
    for table in ("user", "unit"):
        op.drop_index(f"ix_{table}_name_words", table_name=table)
        op.drop_column(table, "name_words")
    op.drop_table("first_steps")
