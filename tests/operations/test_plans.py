"""What a monitor asks of the database costs the same however much there ever was: no table is read through."""

import re
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from flask import Flask

from tests.factories import World
from tutoring.kernel import clock
from tutoring.kernel.db import db
from tutoring.kernel.jobs import Job
from tutoring.kernel.monitoring import metrics, metrics_cache
from tutoring.kernel.monitoring.health_probes import beside
from tutoring.moderation.models import Case
from tutoring.pairing.models import HelpRequest
from tutoring.policy.moderation.cases import OUTCOMES
from tutoring.rooms.models import Message, Room

LARGE = ("due_work", "room", "message", "help_request", "report_case")
ROWS = {"sqlite": 600, "postgresql": 6_000}  # PostgreSQL reads through what is small


def _put(model: Any, rows: list[dict[str, Any]]) -> None:
    db.session.execute(sa.insert(model), rows)


def _years_of_use(world: World) -> None:
    """Much that is over, and of everything a little that waits."""
    now, many = clock.now(), range(ROWS[db.engine.dialect.name])
    _put(Job, [{"kind": "k", "key": f"k{n}", "run_at": now, "done_at": now} for n in many])
    _put(Job, [{"kind": "k", "key": f"w{n}", "run_at": now - timedelta(hours=1)} for n in range(20)])
    _put(Job, [{"kind": "k", "key": f"f{n}", "run_at": now, "failed_at": now} for n in range(20)])
    unit = {"unit_id": world.units["lop6a"], "topic": "x"}
    of_room = {**unit, "minors": True, "observed": True}
    _put(Room, [{**of_room, "closed_at": now, "close_reason": "ended"} for _ in many])
    _put(Room, [of_room for _ in range(20)])
    room = db.session.scalars(sa.select(Room.id).order_by(Room.id)).first()
    said = {"room_id": room, "author_id": world["minh"], "text": "a"}
    _put(Message, [{**said, "seq": n, "client_id": str(n), "status": "sent" if n % 500 else "held"} for n in many])
    mine = {**unit, "learner_id": world["minh"], "asked_by_id": world["minh"], "minor": True}
    _put(HelpRequest, [{**mine, "state": "ended", "outcome": "solved"} for _ in many])
    _put(HelpRequest, [{**mine, "state": "waiting", "learner_id": world[name]} for name in ("minh", "an", "lan")])
    case = {"kind": "site", "minors": False, "grade": "S3", "look_by": now, "decide_by": now}
    over = {"state": "decided", "outcome": OUTCOMES[0], "decided_at": now}
    _put(Case, [{**case, **over, "target": f"t{n}"} for n in many])
    _put(Case, [{**case, "target": f"open{n}"} for n in range(20)])
    db.session.commit()


def _read_through(plan: str) -> set[str]:
    """The tables that a plan reads from one end to the other."""
    found = re.findall(r"Seq Scan on (\w+)|SCAN (\w+)(?! USING)", plan)
    return {one or other for one, other in found}


def test_no_figure_reads_a_table_through(app: Flask, world: World) -> None:
    asked: list[tuple[str, Any]] = []
    with app.app_context():
        _years_of_use(world)
        db.session.execute(sa.text("ANALYZE"))
        db.session.commit()
        engine = beside(db.engine)

        def note(_c: Any, _cursor: Any, statement: str, values: Any, *_rest: Any) -> None:
            asked.append((statement, values))

        sa.event.listen(engine, "before_cursor_execute", note)
        found = metrics_cache.asked(db.engine)
        sa.event.remove(engine, "before_cursor_execute", note)
        assert found.failed == [] and set(found.figures) == set(metrics.of_site)
        selects = [one for one in asked if one[0].startswith("SELECT")]
        assert len(selects) >= len(metrics.of_site)
        explain = "EXPLAIN QUERY PLAN " if db.engine.dialect.name == "sqlite" else "EXPLAIN "
        with db.engine.connect() as connection:
            # That it would be seen:
            told = connection.exec_driver_sql(explain + "SELECT count(*) FROM message WHERE text = 'b'").all()
            assert "message" in _read_through("\n".join(" ".join(map(str, row)) for row in told))
            for statement, values in selects:
                rows = connection.exec_driver_sql(explain + statement, values).all()
                plan = "\n".join(" ".join(map(str, row)) for row in rows)
                assert not _read_through(plan) & set(LARGE), (statement, plan)
        db.session.remove()
