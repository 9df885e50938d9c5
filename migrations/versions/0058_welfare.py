"""Words of danger are sealed in a welfare case, and what grown-ups do about it is written down.

Nothing is rebuilt: SQLite would delete the rows that hang on a table while it is made anew.

Revision ID: 0058
Revises: 0057
"""

import sqlalchemy as sa
from alembic import op

from tutoring.kernel.db import UtcDateTime

revision = "0058"
down_revision = "0057"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE message ADD COLUMN disclosed BOOLEAN DEFAULT false NOT NULL")
    op.create_table(
        "welfare",
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("protects", sa.Text(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("home", sa.Text(), nullable=False),
        sa.Column("accuses_staff", sa.Boolean(), nullable=False),
        sa.Column("kept_from", sa.JSON(), nullable=False),
        sa.Column("rounds", sa.Integer(), nullable=False),
        sa.Column("ending", sa.Text(), nullable=False),
        sa.Column("hold", sa.Boolean(), nullable=False),
        sa.CheckConstraint("protects IN ('author', 'child', 'grown_up', 'unknown')", name=op.f("ck_welfare_protects")),
        sa.CheckConstraint("level IN ('explicit', 'ambiguous')", name=op.f("ck_welfare_level")),
        sa.CheckConstraint("home IN ('unknown', 'safe', 'danger')", name=op.f("ck_welfare_home")),
        sa.CheckConstraint("ending IN ('', 'cared', 'outside', 'no_danger')", name=op.f("ck_welfare_ending")),
        sa.ForeignKeyConstraint(["case_id"], ["report_case.id"], name=op.f("fk_welfare_case_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["author_id"], ["user.id"], name=op.f("fk_welfare_author_id"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_welfare")),
    )
    op.create_index(op.f("ix_welfare_author_id"), "welfare", ["author_id"])
    op.create_table(
        "disclosure",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("case_id", sa.Integer(), nullable=True),
        sa.Column("door", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("opened_at", UtcDateTime(), nullable=True),
        sa.Column("opened_by_id", sa.Integer(), nullable=True),
        sa.Column("hidden_at", UtcDateTime(), nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("door IN ('room', 'ask', 'feedback', 'circle', 'report')", name=op.f("ck_disclosure_door")),
        sa.CheckConstraint("level IN ('explicit', 'ambiguous')", name=op.f("ck_disclosure_level")),
        sa.ForeignKeyConstraint(["author_id"], ["user.id"], name=op.f("fk_disclosure_author_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(
            ["case_id"], ["report_case.id"], name=op.f("fk_disclosure_case_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_disclosure_unit_id")),
        sa.ForeignKeyConstraint(["opened_by_id"], ["user.id"], name=op.f("fk_disclosure_opened_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disclosure")),
    )
    op.create_index(op.f("ix_disclosure_author_id"), "disclosure", ["author_id", "place"])
    op.create_index(op.f("ix_disclosure_case_id"), "disclosure", ["case_id"])
    op.create_table(
        "welfare_act",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("done_at", UtcDateTime(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('talked', 'called_111', 'called_police', 'no_danger', 'told_guardian', 'asked_helper')",
            name=op.f("ck_welfare_act_kind"),
        ),
        sa.ForeignKeyConstraint(
            ["case_id"], ["report_case.id"], name=op.f("fk_welfare_act_case_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["by_id"], ["user.id"], name=op.f("fk_welfare_act_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_welfare_act")),
    )
    op.create_index(op.f("ix_welfare_act_case_id"), "welfare_act", ["case_id"])


def downgrade() -> None:
    op.drop_table("welfare_act")
    op.drop_table("disclosure")
    op.drop_table("welfare")
    op.execute("ALTER TABLE message DROP COLUMN disclosed")
