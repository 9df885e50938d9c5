"""Requests that are over keep no wished times.

Revision ID: 0062
Revises: 0061
"""

from alembic import op

revision = "0062"
down_revision = "0061"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("UPDATE help_request SET times = '[]', times_until = NULL WHERE state IN ('ended', 'cancelled')")


def downgrade() -> None:
    """The times were personal data that had to go: there is nothing to put back."""
