"""Voice notes in rooms and requests, and the reason for which they are held.

Revision ID: 0080
Revises: 0079
"""

import sqlalchemy as sa
from alembic import op

from tutoring.kernel.db import UtcDateTime

revision = "0080"
down_revision = "0079"
branch_labels = None
depends_on = None

OLD_CODE = "It never writes the new reason, and knows no voice notes."

_BEFORE = "'', 'everything', 'found', 'picture', 'risk', 'fault'"
_AFTER = "'', 'everything', 'found', 'picture', 'voice', 'risk', 'fault'"


def upgrade() -> None:
    op.create_table(
        "voice_note",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.Integer(), nullable=False),
        sa.Column("milliseconds", sa.Integer(), nullable=False),
        sa.Column("peaks", sa.LargeBinary(), nullable=False),
        sa.Column("opus", sa.LargeBinary(), nullable=False),
        sa.Column("aac", sa.LargeBinary(), nullable=False),
        sa.Column("heard_by_id", sa.Integer(), nullable=True),
        sa.Column("removed_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["heard_by_id"], ["user.id"], name=op.f("fk_voice_note_heard_by_id_user")),
        sa.ForeignKeyConstraint(
            ["message_id"], ["message.id"], name=op.f("fk_voice_note_message_id_message"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_voice_note")),
        sa.UniqueConstraint("message_id", name=op.f("uq_voice_note_message_id")),
    )
    op.create_index(op.f("ix_voice_note_removed_at"), "voice_note", ["removed_at"])
    op.create_table(
        "waiting_voice_note",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("milliseconds", sa.Integer(), nullable=False),
        sa.Column("peaks", sa.LargeBinary(), nullable=False),
        sa.Column("opus", sa.LargeBinary(), nullable=False),
        sa.Column("aac", sa.LargeBinary(), nullable=False),
        sa.Column("client_id", sa.Text(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["user.id"], name=op.f("fk_waiting_voice_note_by_id_user")),
        sa.ForeignKeyConstraint(
            ["request_id"], ["help_request.id"], name=op.f("fk_waiting_voice_note_request_id_help_request"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waiting_voice_note")),
        sa.UniqueConstraint("request_id", name=op.f("uq_waiting_voice_note_request_id")),
    )  # fmt: skip
    op.create_index(op.f("ix_waiting_voice_note_by_id"), "waiting_voice_note", ["by_id"])
    _allow(_AFTER)


def _allow(values: str) -> None:
    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_message_held_for"), type_="check")
        batch_op.create_check_constraint(op.f("ck_message_held_for"), f"held_for IN ({values})")


def downgrade() -> None:
    op.drop_index(op.f("ix_waiting_voice_note_by_id"), table_name="waiting_voice_note")
    op.drop_table("waiting_voice_note")
    op.drop_index(op.f("ix_voice_note_removed_at"), table_name="voice_note")
    op.drop_table("voice_note")
    op.execute("UPDATE message SET held_for = 'everything' WHERE held_for = 'voice'")
    _allow(_BEFORE)
