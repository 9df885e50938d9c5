"""Acts of the desk with what undoes them; who has claimed a case; people whom the desk keeps apart.

Columns are added one by one: to make the table anew would, on SQLite, take reports and evidence with it.

Revision ID: 0030
Revises: 0029
"""

import sqlalchemy as sa
from alembic import op

from tutoring.kernel.db import UtcDateTime

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

KINDS = "'release', 'mask', 'hide', 'warn', 'mute', 'remove', 'lock', 'unpair', 'quarantine', 'suspend', 'legal_hold'"
REASONS = "'contact', 'secrecy', 'insult', 'danger', 'scam', 'off_topic', 'looking', 'mistake', 'other'"


def upgrade() -> None:
    moment = "TIMESTAMP WITH TIME ZONE" if op.get_bind().dialect.name == "postgresql" else "DATETIME"
    op.execute(
        "ALTER TABLE report_case ADD COLUMN claimed_by_id INTEGER CONSTRAINT fk_report_case_claimed_by_id"
        ' REFERENCES "user" (id)'
    )
    op.execute(f"ALTER TABLE report_case ADD COLUMN claimed_until {moment}")
    op.execute("ALTER TABLE avoid ADD COLUMN own BOOLEAN DEFAULT true NOT NULL")
    op.execute("ALTER TABLE avoid ADD COLUMN by_desk BOOLEAN DEFAULT false NOT NULL")
    op.create_table(
        "desk_act",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=True),
        sa.Column("room_id", sa.Integer(), nullable=True),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("seq", sa.Integer(), nullable=True),
        sa.Column("about_id", sa.Integer(), nullable=True),
        sa.Column("toward_id", sa.Integer(), nullable=True),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("until", UtcDateTime(), nullable=True),
        sa.Column("was", sa.JSON(), nullable=False),
        sa.Column("seen_at", UtcDateTime(), nullable=True),
        sa.Column("undone_at", UtcDateTime(), nullable=True),
        sa.Column("undone_by_id", sa.Integer(), nullable=True),
        sa.Column("undone_for", sa.Text(), nullable=False),
        sa.Column("undone_words", sa.Text(), nullable=False),
        sa.CheckConstraint(f"kind IN ({KINDS})", name="ck_desk_act_kind"),
        sa.CheckConstraint(f"reason IN ({REASONS})", name="ck_desk_act_reason"),
        sa.CheckConstraint("undone_for IN ('', 'reversed', 'overturned', 'expired')", name="ck_desk_act_undone_for"),
        sa.CheckConstraint("(undone_at IS NULL) = (undone_for = '')", name="ck_desk_act_undone"),
        sa.ForeignKeyConstraint(["case_id"], ["report_case.id"], name="fk_desk_act_case_id", ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["room_id"], ["room.id"], name="fk_desk_act_room_id", ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name="fk_desk_act_unit_id"),
        sa.ForeignKeyConstraint(["about_id"], ["user.id"], name="fk_desk_act_about_id", ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["toward_id"], ["user.id"], name="fk_desk_act_toward_id", ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["by_id"], ["user.id"], name="fk_desk_act_by_id"),
        sa.ForeignKeyConstraint(["undone_by_id"], ["user.id"], name="fk_desk_act_undone_by_id"),
        sa.PrimaryKeyConstraint("id", name="pk_desk_act"),
    )
    op.create_index("ix_desk_act_case_id", "desk_act", ["case_id"])
    op.create_index("ix_desk_act_about_id", "desk_act", ["about_id"])
    op.create_index("ix_desk_act_message", "desk_act", ["room_id", "seq"])


def downgrade() -> None:
    op.drop_table("desk_act")
    # Who was kept apart by the desk alone never wished it.
    op.execute("DELETE FROM avoid WHERE NOT own")
    op.execute("ALTER TABLE avoid DROP COLUMN by_desk")
    op.execute("ALTER TABLE avoid DROP COLUMN own")
    op.execute("ALTER TABLE report_case DROP COLUMN claimed_until")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE report_case DROP COLUMN claimed_by_id")
        return
    with op.batch_alter_table("report_case") as table:  # SQLite drops no column that a key stands on
        table.drop_column("claimed_by_id")
