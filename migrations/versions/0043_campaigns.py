"""Campaigns, their units, their materials, and who came by them.

Revision ID: 0043
Revises: 0042
"""

import sqlalchemy as sa
from alembic import op

from tutoring.kernel.db import UtcDateTime

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None


def _one_of(table: str, column: str, *values: str) -> sa.CheckConstraint:
    listed = ", ".join(f"'{value}'" for value in values)
    return sa.CheckConstraint(f"{column} IN ({listed})", name=op.f(f"ck_{table}_{column}"))


def upgrade() -> None:
    op.create_table(
        "campaign",
        sa.Column("id", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("code", "title", "summary")),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("counts", sa.Text(), nullable=False),
        sa.Column("goal", sa.Integer(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("join_code_id", sa.Integer(), nullable=True),
        sa.Column("written_by_id", sa.Integer(), nullable=False),
        sa.Column("written_at", UtcDateTime(), nullable=False),
        sa.Column("published_by_id", sa.Integer(), nullable=True),
        sa.Column("published_at", UtcDateTime(), nullable=True),
        sa.Column("closed_at", UtcDateTime(), nullable=True),
        sa.Column("counted", sa.Integer(), nullable=False),
        _one_of("campaign", "counts", "joined", "asked", "helped", "lesson", "practised", "filed"),
        _one_of("campaign", "state", "draft", "open", "closed"),
        sa.CheckConstraint("goal > 0", name=op.f("ck_campaign_goal")),
        sa.CheckConstraint("starts_on <= ends_on", name=op.f("ck_campaign_days")),
        sa.CheckConstraint("(state = 'closed') = (closed_at IS NOT NULL)", name=op.f("ck_campaign_closed")),
        sa.CheckConstraint("counted >= 0", name=op.f("ck_campaign_counted")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_campaign_unit_id")),
        sa.ForeignKeyConstraint(["join_code_id"], ["join_code.id"], name=op.f("fk_campaign_join_code_id")),
        sa.ForeignKeyConstraint(["written_by_id"], ["user.id"], name=op.f("fk_campaign_written_by_id")),
        sa.ForeignKeyConstraint(["published_by_id"], ["user.id"], name=op.f("fk_campaign_published_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign")),
        sa.UniqueConstraint("code", name=op.f("uq_campaign_code")),
    )
    op.create_index(op.f("ix_campaign_unit_id"), "campaign", ["unit_id"])
    op.create_index(op.f("ix_campaign_closed_at"), "campaign", ["closed_at"])
    is_open = sa.text("state = 'open'")
    op.create_index("ix_campaign_open", "campaign", ["ends_on"], sqlite_where=is_open, postgresql_where=is_open)
    op.create_table(
        "campaign_unit",
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("partner", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_campaign_unit_campaign_id"),
                                ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_campaign_unit_unit_id")),
        sa.PrimaryKeyConstraint("campaign_id", "unit_id", name=op.f("pk_campaign_unit")),
    )  # fmt: skip
    op.create_index(op.f("ix_campaign_unit_unit_id"), "campaign_unit", ["unit_id"])
    op.create_table(
        "material",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in (
            "kind", "lesson_slug", "title", "text", "beware", "code")),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("came", sa.Integer(), nullable=False),
        sa.Column("counted", sa.Integer(), nullable=False),
        _one_of("material", "kind", "poster", "speech", "card", "leaflet"),
        sa.CheckConstraint("came >= 0 AND counted >= 0", name=op.f("ck_material_numbers")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_material_campaign_id"),
                                ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_material")),
        sa.UniqueConstraint("code", name=op.f("uq_material_code")),
    )  # fmt: skip
    op.create_index(op.f("ix_material_campaign_id"), "material", ["campaign_id"])
    op.create_table(
        "material_day",
        sa.Column("material_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("scans", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["material_id"], ["material.id"], name=op.f("fk_material_day_material_id"),
                                ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("material_id", "day", name=op.f("pk_material_day")),
    )  # fmt: skip
    op.create_table(
        "campaign_person",
        sa.Column("campaign_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("material_id", sa.Integer(), nullable=True),
        sa.Column("came_at", UtcDateTime(), nullable=False),
        sa.Column("counted_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_campaign_person_campaign_id"),
                                ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_campaign_person_user_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["material_id"], ["material.id"], name=op.f("fk_campaign_person_material_id"),
                                ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("campaign_id", "user_id", name=op.f("pk_campaign_person")),
    )  # fmt: skip
    op.create_index(op.f("ix_campaign_person_user_id"), "campaign_person", ["user_id"])


def downgrade() -> None:
    for table in ("campaign_person", "material_day", "material", "campaign_unit", "campaign"):
        op.drop_table(table)
