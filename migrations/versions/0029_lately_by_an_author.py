"""What somebody wrote within the last minute is found by author and time.

Revision ID: 0029
Revises: 0028
"""

from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_message_lately", "message", ["author_id", "at"])
    op.drop_index("ix_message_author_id", "message")


def downgrade() -> None:
    op.create_index("ix_message_author_id", "message", ["author_id"])
    op.drop_index("ix_message_lately", "message")
