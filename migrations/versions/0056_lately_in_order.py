"""What somebody wrote lately lies in the index in the order in which it is asked for, so only the newest few are read.

On PostgreSQL the new index is built CONCURRENTLY before the old one goes: nobody waits, and nobody is without one.

Revision ID: 0056
Revises: 0055
"""

from alembic import op

revision = "0056"
down_revision = "0055"
branch_labels = None
depends_on = None

NEW, OLD = "ix_message_newest ON message (author_id, at, seq)", "ix_message_lately ON message (author_id, at)"


def _replace(made: str, gone: str) -> None:
    name, old = made.split()[0], gone.split()[0]
    if op.get_bind().dialect.name == "sqlite":
        op.execute(f"CREATE INDEX {made}")
        op.execute(f"DROP INDEX {old}")
        return
    with op.get_context().autocommit_block():
        op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")  # half built by a run that broke off
        op.execute(f"CREATE INDEX CONCURRENTLY {made}")
        op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {old}")


def upgrade() -> None:
    _replace(NEW, OLD)


def downgrade() -> None:
    _replace(OLD, NEW)
