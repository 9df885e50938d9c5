"""Sign-in with school accounts: identity providers, links, sign-ins begun there.

Revision ID: 0078
Revises: 0077
"""

import sqlalchemy as sa
from alembic import op

from tutoring.kernel.db import UtcDateTime

revision = "0078"
down_revision = "0077"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "spent_token",
        sa.Column("mark", sa.Text(), nullable=False),
        sa.Column("until", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("mark", name=op.f("pk_spent_token")),
    )
    op.create_index(op.f("ix_spent_token_until"), "spent_token", ["until"])

    op.create_table(
        "child_identity_permission",
        sa.Column("child_id", sa.Integer(), nullable=False),
        sa.Column("guardian_id", sa.Integer(), nullable=False),
        sa.Column("given_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["child_id"], ["user.id"], name=op.f("fk_child_identity_permission_child_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["guardian_id"], ["user.id"], name=op.f("fk_child_identity_permission_guardian_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("child_id", name=op.f("pk_child_identity_permission")),
    )
    op.create_index(op.f("ix_child_identity_permission_guardian_id"), "child_identity_permission", ["guardian_id"])

    op.create_table(
        "identity_provider",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("client_id", sa.Text(), nullable=False),
        sa.Column("client_secret_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("domains", sa.Text(), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("created_by_id", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["created_by_id"], ["user.id"], name=op.f("fk_identity_provider_created_by_id")),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["unit.id"], name=op.f("fk_identity_provider_unit_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identity_provider")),
        sa.UniqueConstraint("code", name=op.f("uq_identity_provider_code")),
    )
    op.create_index(op.f("ix_identity_provider_unit_id"), "identity_provider", ["unit_id"])

    op.create_table(
        "identity_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("provider_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("subject_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("identity_mark", sa.Text(), nullable=False),
        sa.Column("linked_at", UtcDateTime(), nullable=False),
        sa.Column("used_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["provider_id"], ["identity_provider.id"], name=op.f("fk_identity_link_provider_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_identity_link_user_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identity_link")),
        sa.UniqueConstraint("identity_mark", name=op.f("uq_identity_link_identity_mark")),
    )
    op.create_index(op.f("ix_identity_link_provider_id"), "identity_link", ["provider_id"])
    op.create_index(op.f("ix_identity_link_user_id"), "identity_link", ["user_id"])

    op.create_table(
        "provider_session",
        sa.Column("sign_in_id", sa.Integer(), nullable=False),
        sa.Column("link_id", sa.Integer(), nullable=False),
        sa.Column("session_mark", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["link_id"], ["identity_link.id"], name=op.f("fk_provider_session_link_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["sign_in_id"], ["sign_in.id"], name=op.f("fk_provider_session_sign_in_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("sign_in_id", name=op.f("pk_provider_session")),
    )
    op.create_index(op.f("ix_provider_session_link_id"), "provider_session", ["link_id"])
    op.create_index(op.f("ix_provider_session_session_mark"), "provider_session", ["session_mark"])


def downgrade() -> None:
    op.drop_table("provider_session")
    op.drop_table("identity_link")
    op.drop_table("identity_provider")
    op.drop_table("child_identity_permission")
    op.drop_table("spent_token")
