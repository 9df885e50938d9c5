"""How far what a person did with a lesson is confirmed: by its quiz, by practice, by somebody who saw it.

Revision ID: 0004
Revises: 0003
"""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Written out: both databases know it, and SQLite would lose the table's other checks in a copy.
    op.execute(
        "ALTER TABLE lesson_progress ADD COLUMN confirmed TEXT DEFAULT '' NOT NULL "
        "CONSTRAINT ck_lesson_progress_confirmed CHECK (confirmed IN ('', 'quiz', 'practised', 'witnessed'))"
    )


def downgrade() -> None:
    op.execute("ALTER TABLE lesson_progress DROP COLUMN confirmed")
