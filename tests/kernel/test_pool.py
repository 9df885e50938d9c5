"""Connections that rest: asked before they are given out, and not each time."""

import pytest
import sqlalchemy as sa
from flask import Flask

from tutoring.kernel import db as pool
from tutoring.kernel.db import db


@pytest.mark.parametrize("rested", [0.0, 3600.0])
def test_a_connection_that_rested_while_the_database_started_anew_is_given_to_nobody(
    app: Flask, monkeypatch: pytest.MonkeyPatch, rested: float
) -> None:
    with app.app_context():
        if db.engine.dialect.name != "postgresql":
            assert db.session.scalar(sa.text("SELECT 1")) == 1
            return
        db.engine.dispose()
        gone = db.session.scalar(sa.text("SELECT pg_backend_pid()"))
        db.session.remove()
        other = sa.create_engine(db.engine.url)
        with other.connect() as line:
            line.execute(sa.text("SELECT pg_terminate_backend(:pid)"), {"pid": gone})
            while line.scalar(sa.text("SELECT count(*) FROM pg_stat_activity WHERE pid = :pid"), {"pid": gone}):
                line.rollback()
        other.dispose()
        monkeypatch.setattr(pool, "_RESTED", rested)
        if rested:  # it was used a moment ago, so nobody asks
            with pytest.raises(sa.exc.OperationalError):
                db.session.scalar(sa.text("SELECT 1"))
            db.session.remove()
        assert db.session.scalar(sa.text("SELECT pg_backend_pid()")) not in (None, gone)
        db.session.remove()
