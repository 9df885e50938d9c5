"""Messages answer one another, are changed and withdrawn by their authors, and get a word from others.

Revision ID: 0025
Revises: 0024
"""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

WORDS = "word IN ('got_it', 'thanks', 'done', 'unsure')"


def upgrade() -> None:
    op.execute("ALTER TABLE room ADD COLUMN rev INTEGER DEFAULT 0 NOT NULL")
    op.execute("ALTER TABLE message ADD COLUMN rev INTEGER DEFAULT 0 NOT NULL")
    op.add_column("message", sa.Column("reply_to", sa.Integer(), nullable=True))
    op.add_column("message", sa.Column("edited_at", sa.DateTime(timezone=True), nullable=True))
    changed = sa.text("rev > 0")
    op.create_index("ix_message_rev", "message", ["room_id", "rev"], sqlite_where=changed, postgresql_where=changed)
    op.create_table(
        "message_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("until_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["message_id"], ["message.id"], name=op.f("fk_message_version_message_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message_version")),
    )
    op.create_index(op.f("ix_message_version_message_id"), "message_version", ["message_id"])
    op.create_table(
        "reaction",
        sa.Column("message_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("word", sa.Text(), nullable=False),
        sa.CheckConstraint(WORDS, name=op.f("ck_reaction_word")),
        sa.ForeignKeyConstraint(
            ["message_id"], ["message.id"], name=op.f("fk_reaction_message_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_reaction_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("message_id", "user_id", name=op.f("pk_reaction")),
    )
    op.create_index(op.f("ix_reaction_user_id"), "reaction", ["user_id"])


def downgrade() -> None:
    op.drop_table("reaction")
    op.drop_table("message_version")
    op.drop_index("ix_message_rev", table_name="message")
    for column in ("edited_at", "reply_to", "rev"):
        op.execute(f"ALTER TABLE message DROP COLUMN {column}")
    op.execute("ALTER TABLE room DROP COLUMN rev")
