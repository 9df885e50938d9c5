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
        sa.CheckConstraint("(agreed_at IS NULL) = (until IS NULL)", name="ck_opened_reading_agreed"),
        sa.CheckConstraint("agreed_by_id <> asked_by_id", name="ck_opened_reading_two"),
        sa.CheckConstraint("agreed_at IS NULL OR declined_at IS NULL", name="ck_opened_reading_one_answer"),
        sa.ForeignKeyConstraint(["room_id"], ["room.id"], name="fk_opened_reading_room_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["asked_by_id"], ["user.id"], name="fk_opened_reading_asked_by_id"),
        sa.ForeignKeyConstraint(["agreed_by_id"], ["user.id"], name="fk_opened_reading_agreed_by_id"),
        sa.ForeignKeyConstraint(["declined_by_id"], ["user.id"], name="fk_opened_reading_declined_by_id"),
        sa.PrimaryKeyConstraint("id", name="pk_opened_reading"),
    )
    op.create_index("ix_opened_reading_asked_by_id", "opened_reading", ["asked_by_id"])
    op.create_index("uq_opened_reading_waiting", "opened_reading", ["room_id", "asked_by_id"], unique=True,
                    sqlite_where=sa.text(WAITING), postgresql_where=sa.text(WAITING))
    op.create_index("ix_opened_reading_untold", "opened_reading", ["agreed_at"],
                    sqlite_where=sa.text(UNTOLD), postgresql_where=sa.text(UNTOLD))


def downgrade() -> None:
    op.drop_table("opened_reading")
    op.drop_column("picture", "locked_at")
