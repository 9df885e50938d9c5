"""Similar requests are helped together: which group a request is in, and what its own side said.

Revision ID: 0022
Revises: 0021
"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("help_request", sa.Column("group_id", sa.Integer(), nullable=True))
    op.create_index("ix_help_request_group_id", "help_request", ["group_id"])
    op.execute("ALTER TABLE group_session ADD COLUMN merged BOOLEAN DEFAULT false NOT NULL")
    with op.batch_alter_table("sign_up") as table:
        table.drop_constraint("ck_sign_up_state", type_="check")
        table.create_check_constraint("ck_sign_up_state", "state IN ('asked', 'in', 'waiting', 'gone')")
        table.add_column(sa.Column("request_id", sa.Integer(), nullable=True))
        table.create_foreign_key("fk_sign_up_request_id", "help_request", ["request_id"], ["id"], ondelete="CASCADE")
    op.create_index("ix_sign_up_request_id", "sign_up", ["request_id"])


def downgrade() -> None:
    op.drop_index("ix_sign_up_request_id", "sign_up")
    with op.batch_alter_table("sign_up") as table:
        table.drop_constraint("fk_sign_up_request_id", type_="foreignkey")
        table.drop_column("request_id")
        table.drop_constraint("ck_sign_up_state", type_="check")
        table.create_check_constraint("ck_sign_up_state", "state IN ('in', 'waiting', 'gone')")
    op.execute("ALTER TABLE group_session DROP COLUMN merged")
    op.drop_index("ix_help_request_group_id", "help_request")
    op.drop_column("help_request", "group_id")
