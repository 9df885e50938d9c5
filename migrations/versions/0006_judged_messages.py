"""What the detector found in messages, sealed originals, appeals.

Revision ID: 0006
Revises: 0005
"""

import sqlalchemy as sa
from alembic import op

from tutoring.kernel.db import UtcDateTime

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Written out: both databases know it, and SQLite would lose the table's other checks in a copy.
    op.execute(
        "ALTER TABLE message ADD COLUMN held_for TEXT DEFAULT '' NOT NULL CONSTRAINT ck_message_held_for "
        "CHECK (held_for IN ('', 'everything', 'found', 'picture', 'risk', 'fault'))"
    )
    op.execute("ALTER TABLE message ADD COLUMN found JSON DEFAULT '[]' NOT NULL")
    op.execute(
        "ALTER TABLE message ADD COLUMN decided_by_id INTEGER "
        'CONSTRAINT fk_message_decided_by_id REFERENCES "user" (id)'
    )
    op.execute("CREATE INDEX ix_message_held ON message (room_id) WHERE status = 'held'")
    op.execute("ALTER TABLE room ADD COLUMN trusted BOOLEAN DEFAULT FALSE NOT NULL")
    moment = "TIMESTAMP WITH TIME ZONE" if op.get_bind().dialect.name == "postgresql" else "DATETIME"
    op.execute(f'ALTER TABLE "user" ADD COLUMN suspended_until {moment}')
    op.execute("ALTER TABLE unit ADD COLUMN link_hosts TEXT DEFAULT '' NOT NULL")
    op.create_table(
        "message_original",
        sa.Column("message_id", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("until", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["message_id"], ["message.id"], name="fk_message_original_message_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("message_id", name="pk_message_original"),
    )
    op.create_index("ix_message_original_until", "message_original", ["until"])
    op.create_table(
        "appeal",
        sa.Column("message_id", sa.Integer(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.CheckConstraint("outcome IN ('', 'upheld', 'overturned')", name="ck_appeal_outcome"),
        sa.CheckConstraint("(decided_at IS NULL) = (outcome = '')", name="ck_appeal_decided"),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"], name="fk_appeal_message_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["decided_by_id"], ["user.id"], name="fk_appeal_decided_by_id"),
        sa.PrimaryKeyConstraint("message_id", name="pk_appeal"),
    )


def downgrade() -> None:
    op.drop_table("appeal")
    op.drop_table("message_original")
    op.execute("ALTER TABLE unit DROP COLUMN link_hosts")
    op.execute('ALTER TABLE "user" DROP COLUMN suspended_until')
    op.execute("ALTER TABLE room DROP COLUMN trusted")
    op.drop_index("ix_message_held", "message")
    op.execute("ALTER TABLE message DROP COLUMN found")
    # SQLite drops no column that a key or a check of the table stands on.
    with op.batch_alter_table("message") as batch:
        batch.drop_constraint(op.f("ck_message_held_for"), type_="check")
        batch.drop_column("held_for")
        batch.drop_column("decided_by_id")
