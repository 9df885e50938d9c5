"""Messages are found by words, with or without marks and capitals.

Revision ID: 0028
Revises: 0027
"""

import re
import unicodedata

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

AT_ONCE = 1_000


def upgrade() -> None:
    op.execute("ALTER TABLE message ADD COLUMN folded TEXT DEFAULT '' NOT NULL")
    connection, last = op.get_bind(), 0
    some = sa.text("SELECT id, text FROM message WHERE id > :last AND text <> '' ORDER BY id LIMIT :most")
    while rows := connection.execute(some, {"last": last, "most": AT_ONCE}).all():
        changes = [{"id": row.id, "folded": folded(row.text)} for row in rows]
        connection.execute(sa.text("UPDATE message SET folded = :folded WHERE id = :id"), changes)
        last = rows[-1].id


def folded(text: str) -> str:
    """The words of a text as the application keeps them (kernel/text.py)."""
    apart = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D")).lower()
    words = re.findall(r"[^\W_]+", "".join(c for c in apart if not unicodedata.combining(c)))
    return f" {' '.join(words)} " if words else ""


def downgrade() -> None:
    op.execute("ALTER TABLE message DROP COLUMN folded")
