"""Devices given and lent, needs, loans, thanks, and sponsored internet.

Revision ID: 0047
Revises: 0046
"""

import sqlalchemy as sa
from alembic import op

from tutoring.kernel.db import UtcDateTime

revision = "0047"
down_revision = "0046"
branch_labels = None
depends_on = None


def _later(table: str, column: str, other: str) -> list[sa.ForeignKeyConstraint]:
    """A key to a table that comes later: SQLite takes it at once, PostgreSQL once that is there."""
    if op.get_bind().dialect.name != "sqlite":
        return []
    return [sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}"))]


def upgrade() -> None:
    op.create_table(
        "device_offer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("donor_id", sa.Integer(), nullable=True),
        sa.Column("donor_name", sa.Text(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("story_code", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("terms", sa.Text(), nullable=False),
        sa.Column("lend_until", sa.Date(), nullable=True),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("condition", sa.Text(), nullable=False),
        sa.Column("missing", sa.JSON(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("condition IN ('good', 'worn', 'faulty')", name=op.f("ck_device_offer_condition")),
        sa.CheckConstraint(
            "kind IN ('phone', 'tablet', 'laptop', 'desktop', 'router')", name=op.f("ck_device_offer_kind")
        ),
        sa.CheckConstraint(
            "state IN ('waiting', 'accepted', 'declined', 'withdrawn')", name=op.f("ck_device_offer_state")
        ),
        sa.CheckConstraint("terms = 'loan' OR lend_until IS NULL", name=op.f("ck_device_offer_until")),
        sa.CheckConstraint("terms IN ('gift', 'loan')", name=op.f("ck_device_offer_terms")),
        sa.CheckConstraint("count BETWEEN 1 AND 50", name=op.f("ck_device_offer_count")),
        sa.ForeignKeyConstraint(["by_id"], ["user.id"], name=op.f("fk_device_offer_by_id")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["user.id"], name=op.f("fk_device_offer_decided_by_id")),
        sa.ForeignKeyConstraint(["donor_id"], ["user.id"], name=op.f("fk_device_offer_donor_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_device_offer_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_device_offer")),
        sa.UniqueConstraint("story_code", name=op.f("uq_device_offer_story_code")),
    )
    op.create_index("ix_device_offer_donor_id", "device_offer", ["donor_id"])
    op.create_index("ix_device_offer_of_unit", "device_offer", ["unit_id", "state", "id"])

    op.create_table(
        "handover_point",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("closed", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_handover_point_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handover_point")),
    )
    op.create_index("ix_handover_point_unit_id", "handover_point", ["unit_id"])

    op.create_table(
        "internet_batch",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("sponsor_id", sa.Integer(), nullable=True),
        sa.Column("sponsor", sa.Text(), nullable=False),
        sa.Column("network", sa.Text(), nullable=False),
        sa.Column("gigabytes", sa.Integer(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("closed_at", UtcDateTime(), nullable=True),
        sa.Column("report_code", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "network IN ('viettel', 'vinaphone', 'mobifone', 'vietnamobile', 'any')",
            name=op.f("ck_internet_batch_network"),
        ),
        sa.CheckConstraint("days BETWEEN 1 AND 400", name=op.f("ck_internet_batch_days")),
        sa.CheckConstraint("gigabytes BETWEEN 1 AND 1000", name=op.f("ck_internet_batch_gigabytes")),
        sa.ForeignKeyConstraint(["by_id"], ["user.id"], name=op.f("fk_internet_batch_by_id")),
        sa.ForeignKeyConstraint(["sponsor_id"], ["unit.id"], name=op.f("fk_internet_batch_sponsor_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_internet_batch_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_internet_batch")),
        sa.UniqueConstraint("report_code", name=op.f("uq_internet_batch_report_code")),
    )
    op.create_index("ix_internet_batch_unit_id", "internet_batch", ["unit_id"])

    op.create_table(
        "device_need",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("receiver_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("ward_id", sa.Integer(), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("wants", sa.Text(), nullable=False),
        sa.Column("at_home", sa.Text(), nullable=False),
        sa.Column("learners", sa.Integer(), nullable=False),
        sa.Column("elsewhere", sa.Boolean(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("confirmed_by_id", sa.Integer(), nullable=True),
        sa.Column("confirmed_on", sa.Date(), nullable=True),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("state_since", UtcDateTime(), nullable=False),
        sa.Column("proposed_by_id", sa.Integer(), nullable=True),
        sa.Column("device_id", sa.Integer(), nullable=True),
        sa.Column("batch_id", sa.Integer(), nullable=True),
        sa.Column("as_gift", sa.Boolean(), nullable=False),
        sa.Column("although", sa.Text(), nullable=False),
        sa.Column("approved_by_id", sa.Integer(), nullable=True),
        sa.Column("approved_at", UtcDateTime(), nullable=True),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("met_at", UtcDateTime(), nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("(basis = '') = (confirmed_by_id IS NULL)", name=op.f("ck_device_need_confirmed")),
        sa.CheckConstraint(
            "(state IN ('met', 'refused', 'withdrawn', 'lapsed')) = (ended_at IS NOT NULL)",
            name=op.f("ck_device_need_ended"),
        ),
        sa.CheckConstraint("at_home IN ('none', 'shared', 'own')", name=op.f("ck_device_need_at_home")),
        sa.CheckConstraint(
            "basis = '' OR (confirmed_on IS NOT NULL AND valid_until IS NOT NULL)", name=op.f("ck_device_need_days")
        ),
        sa.CheckConstraint(
            "basis IN ('', 'poor_policy', 'poor', 'near_poor', 'hardship')", name=op.f("ck_device_need_basis")
        ),
        sa.CheckConstraint("kind IN ('device', 'internet')", name=op.f("ck_device_need_kind")),
        sa.CheckConstraint(
            "state IN ('asked', 'confirmed', 'proposed', 'approved', 'met', 'refused', 'withdrawn', 'lapsed')",
            name=op.f("ck_device_need_state"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('approved', 'met') OR (approved_by_id IS NOT NULL AND approved_by_id <> proposed_by_id)",
            name=op.f("ck_device_need_two"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('proposed', 'approved') OR (proposed_by_id IS NOT NULL AND basis <> '')",
            name=op.f("ck_device_need_proposed"),
        ),
        sa.CheckConstraint(
            "wants IN ('any', 'phone', 'tablet', 'laptop', 'desktop', 'router')", name=op.f("ck_device_need_wants")
        ),
        sa.CheckConstraint(
            "confirmed_by_id IS NULL OR (confirmed_by_id <> person_id AND confirmed_by_id <> receiver_id)",
            name=op.f("ck_device_need_confirmed_other"),
        ),
        sa.CheckConstraint("learners BETWEEN 1 AND 9", name=op.f("ck_device_need_learners")),
        sa.ForeignKeyConstraint(["approved_by_id"], ["user.id"], name=op.f("fk_device_need_approved_by_id")),
        sa.ForeignKeyConstraint(["asked_by_id"], ["user.id"], name=op.f("fk_device_need_asked_by_id")),
        sa.ForeignKeyConstraint(["batch_id"], ["internet_batch.id"], name=op.f("fk_device_need_batch_id")),
        sa.ForeignKeyConstraint(["confirmed_by_id"], ["user.id"], name=op.f("fk_device_need_confirmed_by_id")),
        *_later("device_need", "device_id", "device"),
        sa.ForeignKeyConstraint(["person_id"], ["user.id"], name=op.f("fk_device_need_person_id")),
        sa.ForeignKeyConstraint(["proposed_by_id"], ["user.id"], name=op.f("fk_device_need_proposed_by_id")),
        sa.ForeignKeyConstraint(["receiver_id"], ["user.id"], name=op.f("fk_device_need_receiver_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_device_need_unit_id")),
        sa.ForeignKeyConstraint(["ward_id"], ["unit.id"], name=op.f("fk_device_need_ward_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_device_need")),
    )
    op.create_index("ix_device_need_of_ward", "device_need", ["ward_id", "state", "kind", "id"])
    op.create_index("ix_device_need_person_id", "device_need", ["person_id"])
    op.create_index("ix_device_need_receiver_id", "device_need", ["receiver_id"])
    op.create_index(
        "uq_device_need_open",
        "device_need",
        ["person_id", "kind"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_index(
        "uq_device_need_proposed",
        "device_need",
        ["device_id"],
        unique=True,
        sqlite_where=sa.text("state = 'proposed'"),
        postgresql_where=sa.text("state = 'proposed'"),
    )

    op.create_table(
        "offer_picture",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("offer_id", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["user.id"], name=op.f("fk_offer_picture_by_id")),
        sa.ForeignKeyConstraint(
            ["offer_id"], ["device_offer.id"], name=op.f("fk_offer_picture_offer_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offer_picture")),
    )
    op.create_index("ix_offer_picture_offer_id", "offer_picture", ["offer_id"])

    op.create_table(
        "device",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("offer_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("terms", sa.Text(), nullable=False),
        sa.Column("lend_until", sa.Date(), nullable=True),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("serial_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("serial_mark", sa.Text(), nullable=True),
        sa.Column("imei_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("imei_mark", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("state_since", UtcDateTime(), nullable=False),
        sa.Column("moves", sa.Integer(), nullable=False),
        sa.Column("need_id", sa.Integer(), nullable=True),
        sa.Column("wipe_id", sa.Integer(), nullable=True),
        sa.Column("accessories", sa.JSON(), nullable=False),
        sa.CheckConstraint(
            "(state IN ('given', 'lent', 'ready', 'reserved')) = (wipe_id IS NOT NULL)", name=op.f("ck_device_wiped")
        ),
        sa.CheckConstraint(
            "(state IN ('given', 'lent', 'reserved')) = (need_id IS NOT NULL)", name=op.f("ck_device_need")
        ),
        sa.CheckConstraint("kind IN ('phone', 'tablet', 'laptop', 'desktop', 'router')", name=op.f("ck_device_kind")),
        sa.CheckConstraint("state <> 'given' OR terms = 'gift'", name=op.f("ck_device_given")),
        sa.CheckConstraint(
            "state IN ('offered', 'declined', 'withdrawn', 'expected', 'stored', 'repair', 'ready', 'reserved', 'lent', 'given', 'lost', 'sent_back', 'scrapped')",
            name=op.f("ck_device_state"),
        ),
        sa.CheckConstraint("terms IN ('gift', 'loan')", name=op.f("ck_device_terms")),
        sa.CheckConstraint("moves >= 1", name=op.f("ck_device_moves")),
        sa.ForeignKeyConstraint(["need_id"], ["device_need.id"], name=op.f("fk_device_need_id")),
        sa.ForeignKeyConstraint(["offer_id"], ["device_offer.id"], name=op.f("fk_device_offer_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_device_unit_id")),
        *_later("device", "wipe_id", "device_wipe"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_device")),
        sa.UniqueConstraint("code", name=op.f("uq_device_code")),
    )
    op.create_index("ix_device_of_unit", "device", ["unit_id", "state", "id"])
    op.create_index("ix_device_offer_id", "device", ["offer_id"])
    op.create_index(
        "uq_device_imei",
        "device",
        ["imei_mark"],
        unique=True,
        sqlite_where=sa.text("state NOT IN ('declined', 'given', 'scrapped', 'sent_back', 'withdrawn')"),
        postgresql_where=sa.text("state NOT IN ('declined', 'given', 'scrapped', 'sent_back', 'withdrawn')"),
    )
    op.create_index(
        "uq_device_need",
        "device",
        ["need_id"],
        unique=True,
        sqlite_where=sa.text("need_id IS NOT NULL"),
        postgresql_where=sa.text("need_id IS NOT NULL"),
    )
    op.create_index(
        "uq_device_serial",
        "device",
        ["serial_mark"],
        unique=True,
        sqlite_where=sa.text("state NOT IN ('declined', 'given', 'scrapped', 'sent_back', 'withdrawn')"),
        postgresql_where=sa.text("state NOT IN ('declined', 'given', 'scrapped', 'sent_back', 'withdrawn')"),
    )

    op.create_table(
        "internet_voucher",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("code_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("code_mark", sa.Text(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("need_id", sa.Integer(), nullable=True),
        sa.Column("receiver_id", sa.Integer(), nullable=True),
        sa.Column("ward_id", sa.Integer(), nullable=True),
        sa.Column("assigned_at", UtcDateTime(), nullable=True),
        sa.Column("opened_at", UtcDateTime(), nullable=True),
        sa.Column("used_at", UtcDateTime(), nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("state <> 'free' OR need_id IS NULL", name=op.f("ck_internet_voucher_free")),
        sa.CheckConstraint(
            "state IN ('free', 'assigned', 'opened', 'used', 'failed', 'expired')",
            name=op.f("ck_internet_voucher_state"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('assigned', 'opened') OR need_id IS NOT NULL", name=op.f("ck_internet_voucher_assigned")
        ),
        sa.CheckConstraint(
            "state NOT IN ('assigned', 'opened', 'used', 'failed') OR assigned_at IS NOT NULL",
            name=op.f("ck_internet_voucher_given"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('opened', 'used', 'failed') OR opened_at IS NOT NULL",
            name=op.f("ck_internet_voucher_opened"),
        ),
        sa.CheckConstraint(
            "(state IN ('used', 'failed', 'expired')) = (ended_at IS NOT NULL)", name=op.f("ck_internet_voucher_ended")
        ),
        sa.CheckConstraint("ended_at IS NULL OR code_sealed IS NULL", name=op.f("ck_internet_voucher_code")),
        sa.ForeignKeyConstraint(["batch_id"], ["internet_batch.id"], name=op.f("fk_internet_voucher_batch_id")),
        sa.ForeignKeyConstraint(["need_id"], ["device_need.id"], name=op.f("fk_internet_voucher_need_id")),
        sa.ForeignKeyConstraint(["receiver_id"], ["user.id"], name=op.f("fk_internet_voucher_receiver_id")),
        sa.ForeignKeyConstraint(["ward_id"], ["unit.id"], name=op.f("fk_internet_voucher_ward_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_internet_voucher")),
        sa.UniqueConstraint("code_mark", name=op.f("uq_internet_voucher_code_mark")),
    )
    op.create_index("ix_internet_voucher_expiry", "internet_voucher", ["state", "expires_on"])
    op.create_index("ix_internet_voucher_free", "internet_voucher", ["batch_id", "state", "id"])
    op.create_index("ix_internet_voucher_receiver_id", "internet_voucher", ["receiver_id"])
    op.create_index(
        "uq_internet_voucher_need",
        "internet_voucher",
        ["need_id"],
        unique=True,
        sqlite_where=sa.text("state <> 'failed'"),
        postgresql_where=sa.text("state <> 'failed'"),
    )

    op.create_table(
        "device_handover",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("device_id", sa.Integer(), nullable=False),
        sa.Column("need_id", sa.Integer(), nullable=False),
        sa.Column("receiver_id", sa.Integer(), nullable=False),
        sa.Column("point_id", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("planner_id", sa.Integer(), nullable=False),
        sa.Column("number_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("present_by", sa.Text(), nullable=True),
        sa.Column("done_at", UtcDateTime(), nullable=True),
        sa.Column("record", sa.Text(), nullable=True),
        sa.Column("condition", sa.Text(), nullable=False),
        sa.Column("accessories", sa.JSON(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.CheckConstraint("(state = 'done') = (present_by IS NOT NULL)", name=op.f("ck_device_handover_done")),
        sa.CheckConstraint(
            "present_by IS NULL OR present_by IN ('number', 'passphrase')", name=op.f("ck_device_handover_present")
        ),
        sa.CheckConstraint(
            "state <> 'done' OR (by_id IS NOT NULL AND done_at IS NOT NULL AND record IS NOT NULL)",
            name=op.f("ck_device_handover_record"),
        ),
        sa.CheckConstraint(
            "state IN ('planned', 'done', 'missed', 'cancelled')", name=op.f("ck_device_handover_state")
        ),
        sa.ForeignKeyConstraint(["by_id"], ["user.id"], name=op.f("fk_device_handover_by_id")),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name=op.f("fk_device_handover_device_id")),
        sa.ForeignKeyConstraint(["need_id"], ["device_need.id"], name=op.f("fk_device_handover_need_id")),
        sa.ForeignKeyConstraint(["planner_id"], ["user.id"], name=op.f("fk_device_handover_planner_id")),
        sa.ForeignKeyConstraint(["point_id"], ["handover_point.id"], name=op.f("fk_device_handover_point_id")),
        sa.ForeignKeyConstraint(["receiver_id"], ["user.id"], name=op.f("fk_device_handover_receiver_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_device_handover")),
        sa.UniqueConstraint("record", name=op.f("uq_device_handover_record")),
    )
    op.create_index("ix_device_handover_device_id", "device_handover", ["device_id"])
    op.create_index("ix_device_handover_need_id", "device_handover", ["need_id"])
    op.create_index("ix_device_handover_receiver_id", "device_handover", ["receiver_id"])
    op.create_index("ix_handover_at", "device_handover", ["state", "at"])
    op.create_index(
        "uq_handover_planned",
        "device_handover",
        ["device_id"],
        unique=True,
        sqlite_where=sa.text("state = 'planned'"),
        postgresql_where=sa.text("state = 'planned'"),
    )

    op.create_table(
        "device_thanks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("device_id", sa.Integer(), nullable=False),
        sa.Column("need_id", sa.Integer(), nullable=False),
        sa.Column("side", sa.Text(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("side IN ('family', 'donor')", name=op.f("ck_device_thanks_side")),
        sa.CheckConstraint(
            "state IN ('waiting', 'passed', 'refused', 'withdrawn')", name=op.f("ck_device_thanks_state")
        ),
        sa.CheckConstraint("decided_by_id IS NULL OR decided_by_id <> by_id", name=op.f("ck_device_thanks_other")),
        sa.ForeignKeyConstraint(["by_id"], ["user.id"], name=op.f("fk_device_thanks_by_id")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["user.id"], name=op.f("fk_device_thanks_decided_by_id")),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name=op.f("fk_device_thanks_device_id")),
        sa.ForeignKeyConstraint(["need_id"], ["device_need.id"], name=op.f("fk_device_thanks_need_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_device_thanks")),
    )
    op.create_index("ix_device_thanks_by_id", "device_thanks", ["by_id"])
    op.create_index("ix_device_thanks_device_id", "device_thanks", ["device_id"])
    op.create_index("ix_device_thanks_need_id", "device_thanks", ["need_id"])

    op.create_table(
        "device_wipe",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("device_id", sa.Integer(), nullable=False),
        sa.Column("after_move", sa.Integer(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("checks", sa.JSON(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["user.id"], name=op.f("fk_device_wipe_by_id")),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name=op.f("fk_device_wipe_device_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_device_wipe")),
    )
    op.create_index("ix_device_wipe_device_id", "device_wipe", ["device_id"])

    op.create_table(
        "device_loan",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("device_id", sa.Integer(), nullable=False),
        sa.Column("need_id", sa.Integer(), nullable=False),
        sa.Column("handover_id", sa.Integer(), nullable=False),
        sa.Column("receiver_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("renewals", sa.Integer(), nullable=False),
        sa.Column("renewal_asked_at", UtcDateTime(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("told", sa.Text(), nullable=False),
        sa.Column("told_at", UtcDateTime(), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("ended_by_id", sa.Integer(), nullable=True),
        sa.Column("condition_back", sa.Text(), nullable=False),
        sa.Column("accessories_back", sa.JSON(), nullable=False),
        sa.CheckConstraint("(state = 'open') = (ended_on IS NULL)", name=op.f("ck_device_loan_ended")),
        sa.CheckConstraint("condition_back IN ('', 'good', 'worn', 'faulty')", name=op.f("ck_device_loan_back")),
        sa.CheckConstraint("state IN ('open', 'returned', 'lost')", name=op.f("ck_device_loan_state")),
        sa.CheckConstraint("told IN ('', 'lost', 'stolen', 'broken')", name=op.f("ck_device_loan_told")),
        sa.CheckConstraint("due_on >= from_on", name=op.f("ck_device_loan_due")),
        sa.CheckConstraint("renewals BETWEEN 0 AND 9", name=op.f("ck_device_loan_renewals")),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name=op.f("fk_device_loan_device_id")),
        sa.ForeignKeyConstraint(["ended_by_id"], ["user.id"], name=op.f("fk_device_loan_ended_by_id")),
        sa.ForeignKeyConstraint(["handover_id"], ["device_handover.id"], name=op.f("fk_device_loan_handover_id")),
        sa.ForeignKeyConstraint(["need_id"], ["device_need.id"], name=op.f("fk_device_loan_need_id")),
        sa.ForeignKeyConstraint(["person_id"], ["user.id"], name=op.f("fk_device_loan_person_id")),
        sa.ForeignKeyConstraint(["receiver_id"], ["user.id"], name=op.f("fk_device_loan_receiver_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_device_loan")),
        sa.UniqueConstraint("handover_id", name=op.f("uq_device_loan_handover_id")),
        sa.UniqueConstraint("need_id", name=op.f("uq_device_loan_need_id")),
    )
    op.create_index("ix_device_loan_device_id", "device_loan", ["device_id"])
    op.create_index("ix_device_loan_due", "device_loan", ["state", "due_on"])
    op.create_index("ix_device_loan_person_id", "device_loan", ["person_id"])
    op.create_index("ix_device_loan_receiver_id", "device_loan", ["receiver_id"])
    op.create_index(
        "uq_device_loan_open",
        "device_loan",
        ["device_id"],
        unique=True,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )

    op.create_table(
        "device_move",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("device_id", sa.Integer(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("from_state", sa.Text(), nullable=False),
        sa.Column("to_state", sa.Text(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("second_id", sa.Integer(), nullable=True),
        sa.Column("need_id", sa.Integer(), nullable=True),
        sa.Column("wipe_id", sa.Integer(), nullable=True),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.CheckConstraint("(n = 1) = (from_state = '')", name=op.f("ck_device_move_first")),
        sa.CheckConstraint(
            "to_state <> 'reserved' OR (second_id IS NOT NULL AND second_id <> by_id)", name=op.f("ck_device_move_two")
        ),
        sa.CheckConstraint(
            "to_state NOT IN ('given', 'lent', 'ready', 'reserved') OR wipe_id IS NOT NULL",
            name=op.f("ck_device_move_wiped"),
        ),
        sa.CheckConstraint(
            "to_state NOT IN ('given', 'lent', 'reserved') OR need_id IS NOT NULL", name=op.f("ck_device_move_need")
        ),
        sa.CheckConstraint(
            "to_state NOT IN ('lent', 'given') OR (second_id IS NOT NULL AND second_id <> by_id)",
            name=op.f("ck_device_move_handed"),
        ),
        sa.CheckConstraint("from_state <> to_state", name=op.f("ck_device_move_moves")),
        sa.ForeignKeyConstraint(["by_id"], ["user.id"], name=op.f("fk_device_move_by_id")),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name=op.f("fk_device_move_device_id")),
        sa.ForeignKeyConstraint(["need_id"], ["device_need.id"], name=op.f("fk_device_move_need_id")),
        sa.ForeignKeyConstraint(["second_id"], ["user.id"], name=op.f("fk_device_move_second_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_device_move_unit_id")),
        sa.ForeignKeyConstraint(["wipe_id"], ["device_wipe.id"], name=op.f("fk_device_move_wipe_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_device_move")),
        sa.UniqueConstraint("device_id", "n", name=op.f("uq_device_move_device_id_n")),
    )
    op.create_index("ix_device_move_by_id", "device_move", ["by_id"])
    op.create_index("ix_device_move_of_unit", "device_move", ["unit_id", "at"])
    op.create_index("ix_device_move_second_id", "device_move", ["second_id"])
    if op.get_bind().dialect.name != "sqlite":
        op.create_foreign_key(op.f("fk_device_need_device_id"), "device_need", "device", ["device_id"], ["id"])
        op.create_foreign_key(op.f("fk_device_wipe_id"), "device", "device_wipe", ["wipe_id"], ["id"])
    _requests_can_be_parked()


def _requests_can_be_parked() -> None:
    moment = "DATETIME" if op.get_bind().dialect.name == "sqlite" else "TIMESTAMP WITH TIME ZONE"
    op.execute(
        "ALTER TABLE help_request ADD COLUMN lack TEXT DEFAULT '' NOT NULL "
        "CONSTRAINT ck_help_request_lack CHECK (lack IN ('', 'device', 'internet', 'both'))"
    )
    op.execute(
        f"ALTER TABLE help_request ADD COLUMN parked_at {moment} "
        "CONSTRAINT ck_help_request_parked_at CHECK (parked_at IS NULL OR (lack <> '' AND state = 'waiting'))"
    )
    parked = sa.text("parked_at IS NOT NULL")
    op.create_index(
        "ix_help_request_parked", "help_request", ["parked_at"], sqlite_where=parked, postgresql_where=parked
    )


def downgrade() -> None:
    op.drop_index("ix_help_request_parked", "help_request")
    op.execute("ALTER TABLE help_request DROP COLUMN parked_at")
    op.execute("ALTER TABLE help_request DROP COLUMN lack")
    if op.get_bind().dialect.name != "sqlite":
        op.drop_constraint("fk_device_need_device_id", "device_need", type_="foreignkey")
        op.drop_constraint("fk_device_wipe_id", "device", type_="foreignkey")
    for table in (
        "device_move",
        "device_loan",
        "device_wipe",
        "device_thanks",
        "device_handover",
        "internet_voucher",
        "device",
        "offer_picture",
        "device_need",
        "internet_batch",
        "handover_point",
        "device_offer",
    ):
        op.drop_table(table)
