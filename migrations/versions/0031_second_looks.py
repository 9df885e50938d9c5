"""Pictures that nobody may see, readings of rooms in an emergency, appeals against acts.

Revision ID: 0031
Revises: 0030
"""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

KINDS = "'release', 'mask', 'hide', 'warn', 'mute', 'remove', 'lock', 'unpair', 'quarantine', 'suspend', 'legal_hold'"
WAITING = "agreed_at IS NULL AND declined_at IS NULL"
UNTOLD = "agreed_at IS NOT NULL AND told_at IS NULL"


def upgrade() -> None:
    op.add_column("picture", sa.Column("locked_at", sa.DateTime(timezone=True), nullable=True))
    when = sa.DateTime(timezone=True)
    op.create_table(
        "opened_reading",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("room_id", sa.Integer(), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", when, nullable=False),
        sa.Column("agreed_by_id", sa.Integer(), nullable=True),
        sa.Column("agreed_at", when, nullable=True),
        sa.Column("until", when, nullable=True),
        sa.Column("declined_by_id", sa.Integer(), nullable=True),
        sa.Column("declined_at", when, nullable=True),
        sa.Column("told_at", when, nullable=True),
        sa.CheckConstraint("(agreed_at IS NULL) = (until IS NULL)", name=op.f("ck_opened_reading_agreed")),
        sa.CheckConstraint("agreed_by_id <> asked_by_id", name=op.f("ck_opened_reading_two")),
        sa.CheckConstraint("agreed_at IS NULL OR declined_at IS NULL", name=op.f("ck_opened_reading_one_answer")),
        sa.ForeignKeyConstraint(["room_id"], ["room.id"], name="fk_opened_reading_room_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["asked_by_id"], ["user.id"], name="fk_opened_reading_asked_by_id"),
        sa.ForeignKeyConstraint(["agreed_by_id"], ["user.id"], name="fk_opened_reading_agreed_by_id"),
        sa.ForeignKeyConstraint(["declined_by_id"], ["user.id"], name="fk_opened_reading_declined_by_id"),
        sa.PrimaryKeyConstraint("id", name="pk_opened_reading"),
    )
    op.create_index("ix_opened_reading_asked_by_id", "opened_reading", ["asked_by_id"])
    op.create_index(
        "uq_opened_reading_waiting",
        "opened_reading",
        ["room_id", "asked_by_id"],
        unique=True,
        sqlite_where=sa.text(WAITING),
        postgresql_where=sa.text(WAITING),
    )
    op.create_index(
        "ix_opened_reading_untold",
        "opened_reading",
        ["agreed_at"],
        sqlite_where=sa.text(UNTOLD),
        postgresql_where=sa.text(UNTOLD),
    )
    allow_kinds(f"{KINDS}, 'decision'")
    op.create_table(
        "act_appeal",
        sa.Column("act_id", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("at", when, nullable=False),
        sa.Column("due_at", when, nullable=False),
        sa.Column("alarm", sa.Integer(), nullable=False),
        sa.Column("decided_at", when, nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.CheckConstraint("outcome IN ('', 'upheld', 'overturned')", name=op.f("ck_act_appeal_outcome")),
        sa.CheckConstraint("(decided_at IS NULL) = (outcome = '')", name=op.f("ck_act_appeal_decided")),
        sa.CheckConstraint("alarm BETWEEN 0 AND 2", name=op.f("ck_act_appeal_alarm")),
        sa.ForeignKeyConstraint(["act_id"], ["desk_act.id"], name="fk_act_appeal_act_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["by_id"], ["user.id"], name="fk_act_appeal_by_id", ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["decided_by_id"], ["user.id"], name="fk_act_appeal_decided_by_id"),
        sa.PrimaryKeyConstraint("act_id", name="pk_act_appeal"),
    )
    op.create_index("ix_act_appeal_by_id", "act_appeal", ["by_id"])
    op.create_index("ix_act_appeal_decided_at", "act_appeal", ["decided_at"])


def allow_kinds(kinds: str) -> None:
    """Say anew which kinds of acts there are; the rule before has the name that it got when the table was made."""
    rules = [one["name"] for one in sa.inspect(op.get_bind()).get_check_constraints("desk_act")]
    [before] = [name for name in rules if name and name.endswith("desk_act_kind")]
    with op.batch_alter_table("desk_act") as table:
        table.drop_constraint(op.f(before), type_="check")
        table.create_check_constraint(op.f("ck_desk_act_kind"), f"kind IN ({kinds})")


def downgrade() -> None:
    op.drop_table("act_appeal")
    op.execute("DELETE FROM desk_act WHERE kind = 'decision'")
    allow_kinds(KINDS)
    op.drop_table("opened_reading")
    op.drop_column("picture", "locked_at")
