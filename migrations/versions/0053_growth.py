"""Where a unit stands in the tree, kept as a path; indexes for what would be read whole on a large site.

`unit.path` holds the numbers of all units above and its own ("/1/5/77/"), so that "this unit and all below it" is a
stretch of one index, however many they are. Triggers keep it, so servers of the version before, which know nothing of
it, may go on writing while the new ones start.

On PostgreSQL the indexes of large tables are built CONCURRENTLY, outside any transaction: nobody waits for them. They
come first (after one column they need, which is added at once), and one that was left half built is thrown away, so
that a run that broke off can simply be run again.

`room.emptied_seq` tells up to which message a room was emptied for its age. It begins at 0: the first night after this
looks once more at every room that is long over, 200 at a time.

Revision ID: 0053
Revises: 0052
"""

import sqlalchemy as sa
from alembic import op

revision = "0053"
down_revision = "0052"
branch_labels = None
depends_on = None

INDEXES = (
    ("ix_user_admin", '"user"', "id", "site_admin"),
    ("ix_user_demo", '"user"', "id", "demo"),
    ("ix_room_open_id", "room", "id", "closed_at IS NULL"),
    ("ix_room_to_empty", "room", "closed_at", "closed_at IS NOT NULL AND emptied_seq < last_seq"),
    ("ix_room_lasts", "room", "id", "kind IN ('circle', 'class', 'questions')"),
    ("ix_picture_locked", "picture", "message_id", "locked_at IS NOT NULL"),
    ("ix_help_request_told", "help_request", "ended_at", "words <> '' OR device <> '' OR lack <> ''"),
    ("ix_request_step_why", "request_step", "request_id", "why <> ''"),
    ("ix_notice_created_at", "notice", "created_at", ""),
    ("ix_sign_in_expires_at", "sign_in", "expires_at", ""),
    ("ix_due_work_kind", "due_work", "kind, done_at", ""),
    ("ix_membership_waiting", "membership", "unit_id", "state = 'waiting'"),
    ("ix_join_code_waiting", "join_code", "unit_id", "confirmed_at IS NULL AND revoked_at IS NULL"),
    ("ix_nomination_waiting", "nomination", "unit_id", "state = 'nominated'"),
)
BELOW = "path >= OLD.path AND path < substr(OLD.path, 1, length(OLD.path) - 1) || '0'"  # '0' comes after '/'
ABOVE = "coalesce((SELECT path FROM unit WHERE id = NEW.parent_id), '/') || NEW.id || '/'"
TRIGGERS = {
    "sqlite": (
        f"CREATE TRIGGER unit_path_in AFTER INSERT ON unit WHEN NEW.path = '' BEGIN "
        f"UPDATE unit SET path = {ABOVE} WHERE id = NEW.id; END",
        f"CREATE TRIGGER unit_path_moved AFTER UPDATE OF parent_id ON unit WHEN NEW.parent_id IS NOT OLD.parent_id BEGIN "
        f"UPDATE unit SET path = {ABOVE} || substr(path, length(OLD.path) + 1) WHERE {BELOW}; END",
    ),
    "postgresql": (
        "CREATE FUNCTION unit_path() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"NEW.path := {ABOVE}; RETURN NEW; END $$",
        "CREATE FUNCTION unit_path_below() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"UPDATE unit SET path = NEW.path || substr(path, length(OLD.path) + 1) WHERE {BELOW} AND id <> NEW.id; "
        "RETURN NULL; END $$",
        "CREATE TRIGGER unit_path_in BEFORE INSERT OR UPDATE OF parent_id ON unit "
        "FOR EACH ROW EXECUTE FUNCTION unit_path()",
        "CREATE TRIGGER unit_path_moved AFTER UPDATE OF parent_id ON unit "
        "FOR EACH ROW WHEN (OLD.path IS DISTINCT FROM NEW.path) EXECUTE FUNCTION unit_path_below()",
    ),
}
FILL = (
    "WITH RECURSIVE tree(id, path) AS (SELECT id, '/' || id || '/' FROM unit WHERE parent_id IS NULL UNION ALL "
    "SELECT unit.id, tree.path || unit.id || '/' FROM unit JOIN tree ON unit.parent_id = tree.id) "
    "UPDATE unit SET path = tree.path FROM tree WHERE tree.id = unit.id"
)


def upgrade() -> None:
    dialect = op.get_bind().dialect.name
    # The very first, and only if it is not there: what follows is committed piece by piece.
    if "emptied_seq" not in {one["name"] for one in sa.inspect(op.get_bind()).get_columns("room")}:
        op.add_column("room", sa.Column("emptied_seq", sa.Integer(), nullable=False, server_default="0"))
    _indexes(dialect == "postgresql")
    op.add_column(
        "unit",
        sa.Column(
            "path", sa.Text(collation="C" if dialect == "postgresql" else None), nullable=False, server_default=""
        ),
    )
    op.execute(FILL)
    op.create_index("ix_unit_path", "unit", ["path"])
    for statement in TRIGGERS[dialect]:
        op.execute(statement)


def _indexes(postgres: bool) -> None:
    for name, table, columns, where in INDEXES:
        made = f"{name} ON {table} ({columns})" + (f" WHERE {where}" if where else "")
        if not postgres:
            op.execute(f"CREATE INDEX {made}" + (" = 1" if where in ("site_admin", "demo") else ""))
            continue
        with op.get_context().autocommit_block():
            op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
            op.execute(f"CREATE INDEX CONCURRENTLY {made}")


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TRIGGER unit_path_in")
        op.execute("DROP TRIGGER unit_path_moved")
    else:
        op.execute("DROP TRIGGER unit_path_in ON unit")
        op.execute("DROP TRIGGER unit_path_moved ON unit")
        op.execute("DROP FUNCTION unit_path()")
        op.execute("DROP FUNCTION unit_path_below()")
    op.drop_index("ix_unit_path", table_name="unit")
    op.drop_column("unit", "path")
    for name, table, _columns, _where in INDEXES:
        op.drop_index(name, table_name=table.strip('"'))
    op.drop_column("room", "emptied_seq")
