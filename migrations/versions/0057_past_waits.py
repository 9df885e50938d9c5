"""How long others waited for a skill is read from an index that holds nothing else, newest first.

On PostgreSQL it is built CONCURRENTLY: nobody waits.

Revision ID: 0057
Revises: 0056
"""

from alembic import op

revision = "0057"
down_revision = "0056"
branch_labels = None
depends_on = None

NAME = "ix_help_request_waits"
ON = "help_request (topic, created_at) WHERE state = 'ended' AND helped_seconds > 0"


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute(f"CREATE INDEX {NAME} ON {ON}")
        return
    with op.get_context().autocommit_block():
        op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {NAME}")  # half built by a run that broke off
        op.execute(f"CREATE INDEX CONCURRENTLY {NAME} ON {ON}")


def downgrade() -> None:
    op.execute(f"DROP INDEX {NAME}")
