"""Walk-in queues of wards: services, desks, tickets of a day, sums of past days.

Revision ID: 0081
Revises: 0080
"""

import sqlalchemy as sa
from alembic import op

from tutoring.kernel.db import UtcDateTime

revision = "0081"
down_revision = "0080"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("unit", sa.Column("has_queue", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_table(
        "walk_in_queue",
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("opens", sa.Integer(), nullable=False),
        sa.Column("closes", sa.Integer(), nullable=False),
        sa.Column("weekdays", sa.Integer(), nullable=False),
        sa.Column("asks_code", sa.Boolean(), nullable=False),
        sa.Column("door_code", sa.Text(), nullable=False),
        sa.Column("display_code", sa.Text(), nullable=False),
        sa.Column("screen_code", sa.Text(), nullable=False),
        sa.CheckConstraint("opens >= 0 AND opens < closes AND closes <= 1440", name=op.f("ck_walk_in_queue_hours")),
        sa.CheckConstraint("weekdays BETWEEN 1 AND 127", name=op.f("ck_walk_in_queue_weekdays")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_walk_in_queue_unit_id")),
        sa.PrimaryKeyConstraint("unit_id", name=op.f("pk_walk_in_queue")),
        sa.UniqueConstraint("display_code", name=op.f("uq_walk_in_queue_display_code")),
        sa.UniqueConstraint("door_code", name=op.f("uq_walk_in_queue_door_code")),
        sa.UniqueConstraint("screen_code", name=op.f("uq_walk_in_queue_screen_code")),
    )
    op.create_table(
        "queue_day",
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("drawn", sa.Integer(), nullable=False),
        sa.Column("served", sa.Integer(), nullable=False),
        sa.Column("missed", sa.Integer(), nullable=False),
        sa.Column("left", sa.Integer(), nullable=False),
        sa.Column("wait_median", sa.Integer(), nullable=True),
        sa.Column("wait_longest", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["unit_id"], ["walk_in_queue.unit_id"], name=op.f("fk_queue_day_unit_id")),
        sa.PrimaryKeyConstraint("unit_id", "day", name=op.f("pk_queue_day")),
    )
    op.create_table(
        "queue_desk",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("clerk_id", sa.Integer(), nullable=True),
        sa.Column("opened_at", UtcDateTime(), nullable=True),
        sa.Column("retired_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["clerk_id"], ["user.id"], name=op.f("fk_queue_desk_clerk_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["unit_id"], ["walk_in_queue.unit_id"], name=op.f("fk_queue_desk_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_queue_desk")),
    )
    with op.batch_alter_table("queue_desk", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_queue_desk_clerk_id"), ["clerk_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_queue_desk_unit_id"), ["unit_id"], unique=False)

    op.create_table(
        "queue_service",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("picture", sa.Text(), nullable=False),
        sa.Column("lesson_slug", sa.Text(), nullable=True),
        sa.Column("retired_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["lesson_slug"], ["lesson.slug"], name=op.f("fk_queue_service_lesson_slug")),
        sa.ForeignKeyConstraint(["unit_id"], ["walk_in_queue.unit_id"], name=op.f("fk_queue_service_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_queue_service")),
    )
    with op.batch_alter_table("queue_service", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_queue_service_unit_id"), ["unit_id"], unique=False)

    op.create_table(
        "queue_desk_service",
        sa.Column("desk_id", sa.Integer(), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["desk_id"], ["queue_desk.id"], name=op.f("fk_queue_desk_service_desk_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["service_id"], ["queue_service.id"], name=op.f("fk_queue_desk_service_service_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("desk_id", "service_id", name=op.f("pk_queue_desk_service")),
    )
    with op.batch_alter_table("queue_desk_service", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_queue_desk_service_service_id"), ["service_id"], unique=False)

    op.create_table(
        "queue_ticket",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("service_id", sa.Integer(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("for_other", sa.Boolean(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("aside", sa.Text(), nullable=False),
        sa.Column("desk_id", sa.Integer(), nullable=True),
        sa.Column("wanted_desk_id", sa.Integer(), nullable=True),
        sa.Column("drawn_at", UtcDateTime(), nullable=False),
        sa.Column("first_called_at", UtcDateTime(), nullable=True),
        sa.Column("called_at", UtcDateTime(), nullable=True),
        sa.Column("calls", sa.Integer(), nullable=False),
        sa.Column("misses", sa.Integer(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("(state = 'aside') = (aside <> '')", name=op.f("ck_queue_ticket_aside_for")),
        sa.CheckConstraint("(state = 'called') = (desk_id IS NOT NULL)", name=op.f("ck_queue_ticket_at_a_desk")),
        sa.CheckConstraint("aside IN ('', 'lesson', 'helper')", name=op.f("ck_queue_ticket_aside")),
        sa.CheckConstraint("source IN ('phone', 'door', 'clerk')", name=op.f("ck_queue_ticket_source")),
        sa.CheckConstraint(
            "state IN ('waiting', 'called', 'aside', 'done', 'missed', 'left')", name=op.f("ck_queue_ticket_state")
        ),
        sa.CheckConstraint("minutes IN (0, 10, 20, 30)", name=op.f("ck_queue_ticket_minutes")),
        sa.ForeignKeyConstraint(["desk_id"], ["queue_desk.id"], name=op.f("fk_queue_ticket_desk_id")),
        sa.ForeignKeyConstraint(["service_id"], ["queue_service.id"], name=op.f("fk_queue_ticket_service_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["walk_in_queue.unit_id"], name=op.f("fk_queue_ticket_unit_id")),
        sa.ForeignKeyConstraint(["wanted_desk_id"], ["queue_desk.id"], name=op.f("fk_queue_ticket_wanted_desk_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_queue_ticket")),
        sa.UniqueConstraint("token", name=op.f("uq_queue_ticket_token")),
        sa.UniqueConstraint("unit_id", "day", "number", name=op.f("uq_queue_ticket_unit_id_day_number")),
    )
    with op.batch_alter_table("queue_ticket", schema=None) as batch_op:
        batch_op.create_index("ix_queue_ticket_line", ["unit_id", "day", "state", "place"], unique=False)
        batch_op.create_index(batch_op.f("ix_queue_ticket_service_id"), ["service_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_queue_ticket_wanted_desk_id"), ["wanted_desk_id"], unique=False)
        batch_op.create_index("uq_queue_ticket_desk_id", ["desk_id"], unique=True)


def downgrade() -> None:
    with op.batch_alter_table("queue_ticket", schema=None) as batch_op:
        batch_op.drop_index("uq_queue_ticket_desk_id")
        batch_op.drop_index(batch_op.f("ix_queue_ticket_wanted_desk_id"))
        batch_op.drop_index(batch_op.f("ix_queue_ticket_service_id"))
        batch_op.drop_index("ix_queue_ticket_line")

    op.drop_table("queue_ticket")
    with op.batch_alter_table("queue_desk_service", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_queue_desk_service_service_id"))

    op.drop_table("queue_desk_service")
    with op.batch_alter_table("queue_service", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_queue_service_unit_id"))

    op.drop_table("queue_service")
    with op.batch_alter_table("queue_desk", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_queue_desk_unit_id"))
        batch_op.drop_index(batch_op.f("ix_queue_desk_clerk_id"))

    op.drop_table("queue_desk")
    op.drop_table("queue_day")
    op.drop_table("walk_in_queue")
    op.drop_column("unit", "has_queue")
