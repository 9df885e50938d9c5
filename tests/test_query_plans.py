"""What PostgreSQL does for the hot paths of an evening, in a small city: nothing that would grow with a large one.

Reading a whole table is made very dear, by itself and for joins, so that tables of some hundreds of rows are asked as
tables of millions are: what is still read whole has no index to go by. How cost grows in fact is measured by
`python3 dev.py bench growth`.
"""

import json
from typing import NamedTuple

import psycopg
import pytest
import sqlalchemy as sa
from flask import Flask

from benchmarks.city_activity import Share
from benchmarks.hot_paths import Path, build, paths
from benchmarks.query_plans import Asked, Planner, complaints, noted
from tutoring.kernel.db import db

pytestmark = pytest.mark.parametrize("backend", ["postgres"], indirect=True, scope="session")

PEOPLE = 800
FILLED = 150  # rows from which on a table, or a part of it, says something about its plans
MOST_SORTED = 300  # rows of one sort: a page's worth, not a site's
# Tables that do not grow with the site: the lesson bank, which is as long as it was written.
FIXED = frozenset({
    "lesson", "lesson_path", "lesson_step", "lesson_search", "lesson_words", "lesson_synonym", "skill",
    "quiz_question", "content_note",
})  # fmt: skip
# What is read whole on purpose, by the index that holds no more than this, and why that stays small.
BOUNDED = {
    "ix_message_held": "messages that wait for a watcher now: the desk empties it",
    "ix_room_open_id": "rooms that stand open now",
    "ix_room_open": "rooms that stand open now",
    "uq_help_request_busy_helper": "helpers who are in a room now",
}


class Own(NamedTuple):
    """Rows that a page reads or sorts because they all belong to the reader's own units, however large the site is.

    `rows` counts them. A sort may be as long as that. An index may be read whole if they are nearly all of its table,
    as in the one ward of this city; then no other plan could read less.
    """

    path: str
    who: str
    ends: str  # how the complaint ends
    why: str
    rows: str


OWN = (
    Own(
        "start page", "hang", "rows by pupils.unit_id, pupils.id, pupils.shown",
        "the pupils of the school of one teacher: each is counted once for each class",
        "SELECT count(*) FROM membership JOIN unit ON unit.id = unit_id WHERE role = 'learner' AND unit.path LIKE "
        "(SELECT unit.path || '%%' FROM membership JOIN unit ON unit.id = unit_id "
        "WHERE user_id = %(who)s AND role = 'teacher')",
    ),
    Own(
        "search everywhere", "minh", "rows by message_1.at DESC",
        "what the reader wrote in half a year; of more than 2,000, ix_message_newest gives the newest",
        "SELECT count(*) FROM message WHERE author_id = %(who)s",
    ),
    Own(
        "figures of a ward", "mai", "all of room by pk_room",
        "the rooms of the ward, of which those of children are left out before sessions are looked up",
        "SELECT count(*) FROM room JOIN unit ON unit.id = room.unit_id WHERE unit.path LIKE "
        "(SELECT unit.path || '%%' FROM membership JOIN unit ON unit.id = unit_id "
        "WHERE user_id = %(who)s AND role = 'officer')",
    ),
)  # fmt: skip
NEARLY_ALL = 0.9  # share of a table from which on reading all of it is what its reader needs


def growing() -> frozenset[str]:
    """The tables that hold enough to be judged by, but for those that do not grow."""
    found = set()
    for table in db.metadata.tables.values():
        many = db.session.scalar(sa.select(sa.func.count()).select_from(sa.select(table).limit(FILLED).subquery()))
        if many == FILLED:
            found.add(table.name)
    return frozenset(found) - FIXED


def connected(app: Flask) -> psycopg.Connection:
    """A connection of one's own to the database of the app."""
    url = sa.make_url(app.config["SETTINGS"].database_url).set(drivername="postgresql")
    return psycopg.connect(url.render_as_string(hide_password=False), autocommit=True)


def faults(planner: Planner, asked: Asked, grows: frozenset[str]) -> list[str]:
    plan = planner.plan(asked)["Plan"]
    return [one for one in complaints(asked, plan, grows, FILLED, MOST_SORTED) if not one.endswith(tuple(BOUNDED))]


def of_own_units(connection: psycopg.Connection, path: Path, who: int, fault: str) -> bool:
    """Whether what is complained of is no more than the reader's own units hold."""
    for own in OWN:
        if (own.path, own.who) == (path.name, path.who) and fault.endswith(own.ends):
            held = _count(connection, own.rows, who)
            if fault.startswith("sorts"):
                return int(fault.split()[1]) <= held
            table = fault.split()[3]
            return held >= NEARLY_ALL * _count(connection, f"SELECT count(*) FROM {table}", who)
    return False


def _count(connection: psycopg.Connection, query: str, who: int) -> int:
    row = connection.execute(query.encode(), {"who": who}).fetchone()
    assert row is not None
    return int(row[0])


@pytest.mark.full
def test_no_hot_path_reads_a_whole_table_sorts_a_site_or_skips_rows(app: Flask) -> None:
    scene = build(app, PEOPLE, Share(messages=6, of_class=30, notices=4, steps=3, open=0.02))
    with app.app_context():
        grows = growing()
        db.session.remove()
    assert {"user", "membership", "room", "seat", "message", "notice", "help_request", "attendance"} <= grows
    found: dict[str, str] = {}
    seen = set()
    with connected(app) as connection:
        planner = Planner(connection, indexes_only=True)
        for path in paths(scene):
            path.ask()  # whatever is asked once and then kept
            with app.app_context(), noted() as statements:
                path.ask()
            for one in statements:
                if one.statement not in seen:
                    seen.add(one.statement)
                    for fault in faults(planner, one, grows):
                        if not of_own_units(connection, path, scene.people.get(path.who, 0), fault):
                            how = json.dumps(planner.plan(one)["Plan"])
                            found.setdefault(f"{path.name}, {path.who}: {fault}", f"{one.short[:700]}\n{how}")
    assert len(seen) > 150  # the paths are really asked
    assert not found, "\n\n".join(f"{what}\n  {statement}" for what, statement in found.items())


def test_a_statement_without_an_index_is_found(app: Flask) -> None:
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(
            sa.text("CREATE TABLE plans_probe AS SELECT n AS id, n % 7 AS who FROM generate_series(1, 500) n")
        )
        connection.execute(sa.text("CREATE INDEX plans_probe_id ON plans_probe (id)"))
    try:
        with connected(app) as connection:
            planner = Planner(connection, indexes_only=True)

            def said(statement: str) -> list[str]:
                asked = Asked(statement, {})
                return complaints(asked, planner.plan(asked)["Plan"], frozenset({"plans_probe"}), 100, 100)

            assert said("SELECT * FROM plans_probe WHERE id = 4") == []
            assert said("SELECT * FROM plans_probe ORDER BY id LIMIT 3") == []
            assert said("SELECT * FROM plans_probe WHERE who = 4") == ["reads all of plans_probe"]
            assert "reads all of plans_probe by plans_probe_id" in said("SELECT id FROM plans_probe ORDER BY id")
            assert "sorts 500 rows by who" in said("SELECT * FROM plans_probe WHERE id < 1000 ORDER BY who")
            assert "skips rows by OFFSET" in said("SELECT * FROM plans_probe WHERE id > 9 ORDER BY id LIMIT 3 OFFSET 9")
    finally:
        with app.app_context(), db.engine.begin() as connection:
            connection.execute(sa.text("DROP TABLE plans_probe"))
