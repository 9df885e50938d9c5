"""Visits at the desk and at home, and what is proposed in a room.

Revision ID: 0041
Revises: 0040
"""

import sqlalchemy as sa
from alembic import op

from tutoring.kernel.db import UtcDateTime

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None

OPEN = sa.text("state IN ('asked', 'planned')")
STILL = sa.text("ended_at IS NULL")
HELD = sa.text("address_sealed IS NOT NULL")


def _check(text: str, name: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(text, name=op.f(f"ck_visit_{name}"))


def upgrade() -> None:
    people = ("planner_id", "visitor_one_id", "visitor_two_id", "outcome_by_id")
    op.create_table(
        "visit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("asker_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("ward_id", sa.Integer(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("lesson_slug", sa.Text(), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("times", sa.JSON(), nullable=False),
        sa.Column("children", sa.Boolean(), nullable=False),
        sa.Column("guardian_there", sa.Boolean(), nullable=False),
        sa.Column("address_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("state_since", UtcDateTime(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=True),
        sa.Column("number_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("done_words", sa.Text(), nullable=False),
        sa.Column("helped", sa.Boolean(), nullable=True),
        sa.Column("from_room_id", sa.Integer(), nullable=True),
        sa.Column("back_request_id", sa.Integer(), nullable=True),
        *(sa.Column(name, sa.Integer(), nullable=True) for name in people),
        _check("kind IN ('desk', 'home')", "kind"),
        _check("state IN ('asked', 'planned', 'done', 'missed', 'cancelled', 'refused')", "state"),
        _check(
            "why IN ('', 'nobody_home', 'no_guardian', 'visitors', 'unsaid', 'asker', 'unplanned', 'left', 'staff')",
            "why",
        ),
        _check("outcome IS NULL OR outcome IN ('solved', 'partly', 'again')", "outcome"),
        _check("NOT children OR (kind = 'home' AND guardian_there)", "guardian"),
        _check("kind = 'home' OR address_sealed IS NULL", "address"),
        _check("visitor_one_id <> visitor_two_id", "two"),
        _check("visitor_one_id <> asker_id AND visitor_two_id <> asker_id", "others"),
        _check(
            "state <> 'planned' OR (at IS NOT NULL AND planner_id IS NOT NULL AND visitor_one_id IS NOT NULL AND "
            "(kind = 'desk' OR (visitor_two_id IS NOT NULL AND number_sealed IS NOT NULL)))",
            "plan",
        ),
        _check("(state IN ('asked', 'planned')) = (ended_at IS NULL)", "ended"),
        sa.ForeignKeyConstraint(["asker_id"], ["user.id"], name=op.f("fk_visit_asker_id"), ondelete="CASCADE"),
        *(sa.ForeignKeyConstraint([name], ["user.id"], name=op.f(f"fk_visit_{name}")) for name in people),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_visit_unit_id")),
        sa.ForeignKeyConstraint(["ward_id"], ["unit.id"], name=op.f("fk_visit_ward_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit")),
    )  # fmt: skip
    for name in ("asker_id", "visitor_one_id", "visitor_two_id", "ended_at"):
        op.create_index(op.f(f"ix_visit_{name}"), "visit", [name])
    op.create_index(
        "uq_visit_open", "visit", ["asker_id", "kind"], unique=True, sqlite_where=OPEN, postgresql_where=OPEN
    )
    op.create_index("ix_visit_of_unit", "visit", ["unit_id", "state", "id"])
    op.create_index("ix_visit_open_at", "visit", ["state", "at"], sqlite_where=STILL, postgresql_where=STILL)
    op.create_index("ix_visit_address", "visit", ["ended_at"], sqlite_where=HELD, postgresql_where=HELD)
    op.create_table(
        "visit_offer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("room_id", sa.Integer(), nullable=False),
        sa.Column("learner_id", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("lesson_slug", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("state IN ('open', 'accepted', 'declined')", name=op.f("ck_visit_offer_state")),
        sa.ForeignKeyConstraint(["room_id"], ["room.id"], name=op.f("fk_visit_offer_room_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["learner_id"], ["user.id"], name=op.f("fk_visit_offer_learner_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["by_id"], ["user.id"], name=op.f("fk_visit_offer_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit_offer")),
    )
    op.create_index(op.f("ix_visit_offer_learner_id"), "visit_offer", ["learner_id"])
    one = sa.text("state = 'open'")
    op.create_index(
        "uq_visit_offer_open", "visit_offer", ["room_id", "learner_id"], unique=True, sqlite_where=one,
        postgresql_where=one,
    )  # fmt: skip


def downgrade() -> None:
    op.drop_table("visit_offer")
    op.drop_table("visit")
