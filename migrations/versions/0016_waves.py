"""Help at once: pause, offers in waves, who did not come, presence by what pages tell.

Revision ID: 0016
Revises: 0015
"""

import sqlalchemy as sa
from alembic import op

from tutoring.kernel.db import UtcDateTime

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

_NUMBERS = ("waited_seconds", "helped_seconds", "wave", "ring")
_MOMENTS = ("paused_at", "state_since", "alarmed_at", "alarm_seen_at")


def upgrade() -> None:
    # Written out: both databases know it, and SQLite would lose the tables' other checks in a copy.
    moment = "TIMESTAMP WITH TIME ZONE" if op.get_bind().dialect.name == "postgresql" else "DATETIME"
    for name in _NUMBERS:
        op.execute(f"ALTER TABLE help_request ADD COLUMN {name} INTEGER DEFAULT 0 NOT NULL")
    for name in _MOMENTS:
        op.execute(f"ALTER TABLE help_request ADD COLUMN {name} {moment}")
    op.execute("UPDATE help_request SET state_since = COALESCE(ended_at, claimed_at, queued_at)")
    op.execute("ALTER TABLE help_request ADD COLUMN in_front BOOLEAN DEFAULT FALSE NOT NULL")
    op.execute(
        "ALTER TABLE help_request ADD COLUMN alarm_seen_by_id INTEGER "
        'CONSTRAINT fk_help_request_alarm_seen_by_id REFERENCES "user" (id)'
    )
    op.execute("ALTER TABLE live_socket ADD COLUMN visible BOOLEAN DEFAULT TRUE NOT NULL")
    op.create_table(
        "added_words",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        _request("added_words"),
        sa.ForeignKeyConstraint(["by_id"], ["user.id"], name="fk_added_words_by_id"),
        sa.PrimaryKeyConstraint("id", name="pk_added_words"),
    )
    op.create_index("ix_added_words_request_id", "added_words", ["request_id"])
    op.create_table(
        "offer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("helper_id", sa.Integer(), nullable=False),
        sa.Column("wave", sa.Integer(), nullable=False),
        sa.Column("ring", sa.Integer(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("offered_at", UtcDateTime(), nullable=False),
        sa.Column("reserved_until", UtcDateTime(), nullable=False),
        sa.Column("answered_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("state IN ('open', 'accepted', 'declined', 'expired', 'withdrawn')", name="ck_offer_state"),
        sa.CheckConstraint("(state = 'open') = (answered_at IS NULL)", name="ck_offer_answered"),
        _request("offer"),
        _user("offer", "helper_id"),
        sa.PrimaryKeyConstraint("id", name="pk_offer"),
        sa.UniqueConstraint("request_id", "helper_id", name="uq_offer_request_id_helper_id"),
    )
    op.create_index("ix_offer_of_helper", "offer", ["helper_id", "offered_at"])
    still = sa.text("state = 'open'")
    op.create_index(
        "uq_offer_reserved", "offer", ["helper_id"], unique=True, sqlite_where=still, postgresql_where=still
    )
    op.create_table(
        "helper_state",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("away_since", UtcDateTime(), nullable=True),
        sa.Column("unanswered", sa.Integer(), nullable=False),
        sa.CheckConstraint("unanswered >= 0", name="ck_helper_state_unanswered"),
        _user("helper_state", "user_id"),
        sa.PrimaryKeyConstraint("user_id", name="pk_helper_state"),
    )
    op.create_table(
        "muted_topic",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        _user("muted_topic", "user_id"),
        sa.PrimaryKeyConstraint("user_id", "topic", name="pk_muted_topic"),
    )
    op.create_table(
        "no_show",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("room_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("side", sa.Text(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("side IN ('helper', 'learner')", name="ck_no_show_side"),
        _request("no_show"),
        _user("no_show", "user_id"),
        sa.PrimaryKeyConstraint("id", name="pk_no_show"),
    )
    for column in ("request_id", "user_id"):
        op.create_index(f"ix_no_show_{column}", "no_show", [column])


def _request(table: str) -> sa.ForeignKeyConstraint:
    name = f"fk_{table}_request_id"
    return sa.ForeignKeyConstraint(["request_id"], ["help_request.id"], name=name, ondelete="CASCADE")


def _user(table: str, column: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], ["user.id"], name=f"fk_{table}_{column}", ondelete="CASCADE")


def downgrade() -> None:
    for table in ("no_show", "muted_topic", "helper_state", "offer", "added_words"):
        op.drop_table(table)
    op.execute("ALTER TABLE live_socket DROP COLUMN visible")
    with op.batch_alter_table("help_request") as batch:  # SQLite drops no column that a key stands on
        batch.drop_column("alarm_seen_by_id")
    for name in ("in_front", *_MOMENTS, *_NUMBERS):
        op.execute(f"ALTER TABLE help_request DROP COLUMN {name}")
