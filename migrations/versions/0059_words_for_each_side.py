"""The decision of a case says apart what the reporters read, and what the family of a child reads.

Columns are added one by one: to make the table anew would, on SQLite, take reports and evidence with it.

Revision ID: 0059
Revises: 0058
"""

from alembic import op

revision = "0059"
down_revision = "0058"
branch_labels = None
depends_on = None

NAMES = ("reply", "family_words")


def upgrade() -> None:
    for name in NAMES:
        op.execute(f"ALTER TABLE report_case ADD COLUMN {name} TEXT DEFAULT '' NOT NULL")


def downgrade() -> None:
    for name in reversed(NAMES):
        op.execute(f"ALTER TABLE report_case DROP COLUMN {name}")
