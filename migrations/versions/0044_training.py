"""Training of staff: who is on a track by hand, sessions, seats in them, who came.

Revision ID: 0044
Revises: 0043
"""

import sqlalchemy as sa
from alembic import op

from tutoring.kernel.db import UtcDateTime

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None


def _user(table: str, name: str = "user_id", goes_with: bool = True) -> sa.ForeignKeyConstraint:
    more = {"ondelete": "CASCADE"} if goes_with else {}
    return sa.ForeignKeyConstraint([name], ["user.id"], name=op.f(f"fk_{table}_{name}"), **more)


def _session(table: str) -> sa.ForeignKeyConstraint:
    key = op.f(f"fk_{table}_session_id")
    return sa.ForeignKeyConstraint(["session_id"], ["training_session.id"], name=key, ondelete="CASCADE")


def _unit(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f(f"fk_{table}_unit_id"))


def upgrade() -> None:
    op.create_table(
        "training_assignment",
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("id", "user_id", "unit_id")),
        sa.Column("track", sa.Text(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        _user("training_assignment"),
        _user("training_assignment", "by_id", False),
        _unit("training_assignment"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training_assignment")),
        sa.UniqueConstraint("user_id", "unit_id", "track", name=op.f("uq_training_assignment_user_id_unit_id_track")),
    )
    op.create_index(op.f("ix_training_assignment_unit_id"), "training_assignment", ["unit_id"])
    op.create_table(
        "training_session",
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("id", "unit_id")),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("track", "title", "words", "place")),
        sa.Column("at", UtcDateTime(), nullable=False),
        *(
            sa.Column(name, sa.Integer(), nullable=False)
            for name in ("minutes", "seats", "taken", "leader_id", "by_id")
        ),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("ended_by_id", sa.Integer(), nullable=True),
        sa.Column("marked_at", UtcDateTime(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("state IN ('open', 'over', 'cancelled')", name=op.f("ck_training_session_state")),
        sa.CheckConstraint("seats BETWEEN 2 AND 200", name=op.f("ck_training_session_seats")),
        sa.CheckConstraint("taken BETWEEN 0 AND seats", name=op.f("ck_training_session_taken")),
        sa.CheckConstraint(
            "(state = 'cancelled') = (ended_by_id IS NOT NULL)", name=op.f("ck_training_session_cancelled")
        ),
        *(_user("training_session", name, False) for name in ("leader_id", "by_id", "ended_by_id")),
        _unit("training_session"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training_session")),
    )
    op.create_index(op.f("ix_training_session_leader_id"), "training_session", ["leader_id"])
    op.create_index("ix_training_session_of_unit", "training_session", ["unit_id", "at"])
    op.create_table(
        "training_seat",
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("id", "session_id", "user_id")),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("state IN ('in', 'waiting', 'gone')", name=op.f("ck_training_seat_state")),
        _user("training_seat"),
        _session("training_seat"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training_seat")),
        sa.UniqueConstraint("session_id", "user_id", name=op.f("uq_training_seat_session_id_user_id")),
    )
    op.create_index(op.f("ix_training_seat_user_id"), "training_seat", ["user_id"])
    op.create_table(
        "training_attendance",
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("id", "session_id", "user_id")),
        sa.Column("track", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        _user("training_attendance"),
        _user("training_attendance", "by_id", False),
        _session("training_attendance"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training_attendance")),
        sa.UniqueConstraint("session_id", "user_id", name=op.f("uq_training_attendance_session_id_user_id")),
    )
    op.create_index("ix_training_attendance_of", "training_attendance", ["user_id", "track", "day"])


def downgrade() -> None:
    for table in ("training_attendance", "training_seat", "training_session", "training_assignment"):
        op.drop_table(table)
