"""Proposals and published texts name the file of the lesson that they change.

Revision ID: 0089
Revises: 0088
"""

import sqlalchemy as sa
from alembic import op

revision = "0089"
down_revision = "0088"
branch_labels = None
depends_on = None

OLD_CODE = "It writes texts of lessons alone, which the default says. No quiz is published until all servers are new."
FILES = "file IN ('vi.md', 'quiz.yml')"


def upgrade() -> None:
    with op.batch_alter_table("lesson_proposal") as table:
        table.add_column(sa.Column("file", sa.Text(), server_default="vi.md", nullable=False))
        table.create_check_constraint(op.f("ck_lesson_proposal_file"), FILES)
    with op.batch_alter_table("lesson_published") as table:
        table.add_column(sa.Column("file", sa.Text(), server_default="vi.md", nullable=False))
        table.create_check_constraint(op.f("ck_lesson_published_file"), FILES)
        table.drop_constraint(op.f("pk_lesson_published"), type_="primary")
        table.create_primary_key(op.f("pk_lesson_published"), ["lesson_slug", "file"])


def downgrade() -> None:
    op.execute("DELETE FROM lesson_published WHERE file <> 'vi.md'")
    with op.batch_alter_table("lesson_published") as table:
        table.drop_constraint(op.f("pk_lesson_published"), type_="primary")
        table.create_primary_key(op.f("pk_lesson_published"), ["lesson_slug"])
        table.drop_constraint(op.f("ck_lesson_published_file"), type_="check")
        table.drop_column("file")
    op.execute("DELETE FROM lesson_proposal WHERE file <> 'vi.md'")
    with op.batch_alter_table("lesson_proposal") as table:
        table.drop_constraint(op.f("ck_lesson_proposal_file"), type_="check")
        table.drop_column("file")
