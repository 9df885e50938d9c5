"""The search gets an index of each database's own"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

INDEXES = {
    "sqlite": (
        "CREATE VIRTUAL TABLE lesson_words USING fts5(folded_title, folded, content='lesson_search', "
        "content_rowid='id', tokenize='ascii', prefix='2 3')",
        "CREATE TRIGGER lesson_words_in AFTER INSERT ON lesson_search BEGIN "
        "INSERT INTO lesson_words(rowid, folded_title, folded) VALUES (new.id, new.folded_title, new.folded); END",
        "CREATE TRIGGER lesson_words_out AFTER DELETE ON lesson_search BEGIN "
        "INSERT INTO lesson_words(lesson_words, rowid, folded_title, folded) "
        "VALUES ('delete', old.id, old.folded_title, old.folded); END",
    ),
    "postgresql": (
        "CREATE TABLE lesson_words (id integer PRIMARY KEY REFERENCES lesson_search(id) ON DELETE CASCADE, "
        "folded_title tsvector NOT NULL, folded tsvector NOT NULL)",
        "CREATE INDEX lesson_words_title ON lesson_words USING gin (folded_title)",
        "CREATE INDEX lesson_words_all ON lesson_words USING gin (folded)",
        "CREATE FUNCTION lesson_words_in() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "INSERT INTO lesson_words(id, folded_title, folded) "
        "VALUES (new.id, to_tsvector('simple', new.folded_title), to_tsvector('simple', new.folded)); "
        "RETURN NULL; END $$",
        "CREATE TRIGGER lesson_words_in AFTER INSERT ON lesson_search FOR EACH ROW EXECUTE FUNCTION lesson_words_in()",
    ),
}


def upgrade() -> None:
    # What is in it is made from content/, and is made anew at the next load.
    op.drop_table("lesson_search")
    op.create_table(
        "lesson_search",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("lesson_slug", sa.Text(), nullable=False),
        sa.Column("step_number", sa.Integer(), nullable=False),
        sa.Column("lang", sa.Text(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("folded_title", sa.Text(), nullable=False),
        sa.Column("folded_aliases", sa.Text(), nullable=False),
        sa.Column("folded", sa.Text(), nullable=False),
        sa.Column("title_keys", sa.Text(), nullable=False),
        sa.Column("keys", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["lesson_slug"], ["lesson.slug"], name=op.f("fk_lesson_search_lesson_slug"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lesson_search")),
        sa.UniqueConstraint("lang", "place", name=op.f("uq_lesson_search_lang_place")),
    )
    with op.batch_alter_table("lesson_search", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_lesson_search_lesson_slug"), ["lesson_slug"], unique=False)
    for statement in INDEXES[op.get_bind().dialect.name]:
        op.execute(statement)


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TRIGGER lesson_words_in")
        op.execute("DROP TRIGGER lesson_words_out")
        op.execute("DROP TABLE lesson_words")
    else:
        op.execute("DROP TABLE lesson_words")
        op.execute("DROP TRIGGER lesson_words_in ON lesson_search")
        op.execute("DROP FUNCTION lesson_words_in()")
    op.drop_table("lesson_search")
    op.create_table(
        "lesson_search",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("lesson_slug", sa.Text(), nullable=False),
        sa.Column("step_number", sa.Integer(), nullable=False),
        sa.Column("lang", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("aliases", sa.Text(), nullable=False),
        sa.Column("folded", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["lesson_slug"], ["lesson.slug"], name=op.f("fk_lesson_search_lesson_slug"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lesson_search")),
    )
    with op.batch_alter_table("lesson_search", schema=None) as batch_op:
        batch_op.create_index("ix_lesson_search_lang", ["lang", "lesson_slug"], unique=False)
        batch_op.create_index(batch_op.f("ix_lesson_search_lesson_slug"), ["lesson_slug"], unique=False)
