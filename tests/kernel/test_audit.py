"""The audit chain shows every change but the cutting off of its end."""

import pytest
import sqlalchemy as sa
from flask import Flask

from tests import database_reset
from tests.swapped import swapped
from tutoring.kernel import audit
from tutoring.kernel.commands import command
from tutoring.kernel.db import db, is_sqlite

record = command(audit.record)


@pytest.fixture
def chain(app: Flask) -> Flask:
    with app.app_context():
        for n in range(5):
            record(n, "mute", f"user:{n}", "nói tục", minutes=n)
    return app


def raw(*statements: str) -> None:
    """Do what a person with the database password could do: past the triggers."""
    with db.engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(sa.text("ALTER TABLE audit_row DISABLE TRIGGER USER"))
        else:
            for name in ("audit_row_no_update", "audit_row_no_delete"):
                connection.execute(sa.text(f"DROP TRIGGER {name}"))
        for statement in statements:
            connection.execute(sa.text(statement))
        if connection.dialect.name == "postgresql":
            connection.execute(sa.text("ALTER TABLE audit_row ENABLE TRIGGER USER"))
        else:
            for guard in audit.GUARDS["sqlite"]:
                connection.execute(sa.text(guard))


def test_an_untouched_chain_holds(chain: Flask) -> None:
    with chain.app_context():
        verdict = audit.verify()
    assert (verdict.rows, verdict.broken_at) == (5, None)


@pytest.mark.parametrize(
    ("how", "row"),
    [
        (["UPDATE audit_row SET reason = 'x' WHERE id = 2"], 2),
        (["UPDATE audit_row SET actor_id = 9 WHERE id = 3"], 3),
        (["DELETE FROM audit_row WHERE id = 3"], 4),
        (["UPDATE audit_row SET id = 99 WHERE id = 2", "UPDATE audit_row SET id = 2 WHERE id = 3",
          "UPDATE audit_row SET id = 3 WHERE id = 99"], 2),
    ],
)  # fmt: skip
def test_an_edit_a_deletion_and_a_swap_are_found(chain: Flask, how: list[str], row: int) -> None:
    with chain.app_context():
        raw(*how)
        assert audit.verify().broken_at == row


@pytest.mark.parametrize("statement", ["UPDATE audit_row SET reason = 'x'", "DELETE FROM audit_row"])
def test_the_database_itself_refuses_changes(chain: Flask, statement: str) -> None:
    with chain.app_context():
        with pytest.raises(sa.exc.DBAPIError), db.engine.begin() as connection:
            connection.execute(sa.text(statement))
        assert audit.verify().rows == 5


def test_another_key_does_not_seal(chain: Flask) -> None:
    other = audit.AuditKey("another key of more than enough length")
    with swapped(chain, audit_key=other), chain.app_context():
        assert audit.verify().broken_at == 1


def test_emptying_after_a_test_takes_the_audit_too_and_leaves_its_guards(chain: Flask) -> None:
    with chain.app_context():
        if is_sqlite():
            with db.engine.begin() as connection:
                connection.execute(sa.text("DROP TRIGGER audit_row_no_delete"))
        db.session.remove()
    database_reset.of(chain).empty()
    with chain.app_context():
        assert audit.verify().rows == 0
        record(1, "mute", "user:1", "nói tục", minutes=1)
        with pytest.raises(sa.exc.DatabaseError, match="append-only"), db.engine.begin() as connection:
            connection.execute(sa.text("DELETE FROM audit_row"))
        assert audit.verify().rows == 1
