"""Reports, the cases they make, evidence that is kept for them; the duty phone of a unit.

Revision ID: 0011
Revises: 0010
"""

import sqlalchemy as sa
from alembic import op

from tutoring.kernel.db import UtcDateTime

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Written out: both databases know it, and SQLite would lose the table's other checks in a copy.
    op.execute("ALTER TABLE unit ADD COLUMN duty_phone TEXT DEFAULT '' NOT NULL")
    op.create_table(
        "report_case",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("room_id", sa.Integer(), nullable=True),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("about_id", sa.Integer(), nullable=True),
        sa.Column("minors", sa.Boolean(), nullable=False),
        sa.Column("grade", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("opened_at", UtcDateTime(), nullable=False),
        sa.Column("look_by", UtcDateTime(), nullable=False),
        sa.Column("decide_by", UtcDateTime(), nullable=False),
        sa.Column("looked_at", UtcDateTime(), nullable=True),
        sa.Column("looked_by_id", sa.Integer(), nullable=True),
        sa.Column("alarm", sa.Integer(), nullable=False),
        sa.Column("acts", sa.JSON(), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('message', 'person', 'room', 'lesson', 'pair', 'site')", name="ck_report_case_kind"
        ),
        sa.CheckConstraint("grade IN ('S0', 'S1', 'S2', 'S3')", name="ck_report_case_grade"),
        sa.CheckConstraint("state IN ('open', 'decided')", name="ck_report_case_state"),
        sa.CheckConstraint(
            "outcome IN ('', 'none', 'reminded', 'hidden', 'removed', 'paused', 'outside')",
            name="ck_report_case_outcome",
        ),
        sa.CheckConstraint("alarm BETWEEN 0 AND 2", name="ck_report_case_alarm"),
        sa.CheckConstraint(
            "(state = 'decided') = (outcome <> '') AND (decided_at IS NULL) = (outcome = '')",
            name="ck_report_case_decided",
        ),
        sa.ForeignKeyConstraint(["room_id"], ["room.id"], name="fk_report_case_room_id", ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name="fk_report_case_unit_id"),
        sa.ForeignKeyConstraint(["about_id"], ["user.id"], name="fk_report_case_about_id", ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["looked_by_id"], ["user.id"], name="fk_report_case_looked_by_id"),
        sa.ForeignKeyConstraint(["decided_by_id"], ["user.id"], name="fk_report_case_decided_by_id"),
        sa.PrimaryKeyConstraint("id", name="pk_report_case"),
    )
    op.create_index(
        "uq_report_case_open", "report_case", ["kind", "target"], unique=True,
        sqlite_where=sa.text("state = 'open'"), postgresql_where=sa.text("state = 'open'"),
    )  # fmt: skip
    op.create_index("ix_report_case_state", "report_case", ["state", "unit_id"])
    op.create_index("ix_report_case_about_id", "report_case", ["about_id"])
    op.create_table(
        "report",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("from_child", sa.Boolean(), nullable=False),
        sa.Column("family", sa.Text(), nullable=False),
        sa.Column("marks", sa.JSON(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('danger', 'scared', 'contact', 'away', 'bullied', 'scam', 'wrong', 'other')",
            name="ck_report_kind",
        ),
        sa.CheckConstraint("place IN ('room', 'formerly', 'near', 'outside')", name="ck_report_place"),
        sa.CheckConstraint("family IN ('none', 'later', 'never')", name="ck_report_family"),
        sa.ForeignKeyConstraint(["case_id"], ["report_case.id"], name="fk_report_case_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["by_id"], ["user.id"], name="fk_report_by_id", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name="pk_report"),
    )
    op.create_index("ix_report_case_id", "report", ["case_id"])
    op.create_index("ix_report_by_id", "report", ["by_id"])
    op.create_table(
        "evidence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("room_id", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["report_case.id"], name="fk_evidence_case_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_evidence"),
    )
    op.create_index("ix_evidence_case_id", "evidence", ["case_id"])


def downgrade() -> None:
    op.drop_table("evidence")
    op.drop_table("report")
    op.drop_table("report_case")
    op.execute("ALTER TABLE unit DROP COLUMN duty_phone")
