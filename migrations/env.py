"""How migrations run: on the application's own engine, in batch mode, so that SQLite can alter tables too."""

from typing import Any

from alembic import context
from flask import current_app

from tutoring.kernel.db import UtcDateTime

extension = current_app.extensions["migrate"]


def _plain_types(kind: str, item: Any, _autogen: Any) -> Any:
    """Migrations stand on their own: they name database types, not the application's."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    return False


def _ours(name: Any, kind: str, _parents: Any) -> bool:
    """Whether a table or index comes from the models; the search's own (lesson_words…) come from migration 0005."""
    return not (kind in {"table", "index"} and str(name).startswith("lesson_words"))


def run() -> None:
    """Run the wanted migrations in one transaction."""
    with extension.db.engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=extension.db.metadata,
            render_as_batch=True,
            render_item=_plain_types,
            compare_type=True,
            include_name=_ours,
        )
        with context.begin_transaction():
            context.run_migrations()


run()
