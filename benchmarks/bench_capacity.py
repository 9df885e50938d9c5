"""What a site of some size needs, and how many people some machines carry: arithmetic over one table of inputs.

    python3 dev.py bench capacity [--people 3900000] [--set NAME=VALUE …]

Nothing is measured here. `INPUTS` holds every figure that goes in, with where it comes from; docs/capacity.md shows
what comes out. When a figure is measured anew, it is changed here and the command is run again.
"""

import argparse
import sys
from dataclasses import dataclass


@dataclass
class Input:
    """One figure: what it is, and who says so."""

    value: float
    what: str
    source: str


GROWTH, REALTIME, ASSUMED = "bench growth", "docs/realtime-transport.md", "assumed"
INPUTS = {
    # The traffic of a busy evening, for each person who comes at least once a month.
    "come": Input(0.15, "share of active people who come on a busy evening", ASSUMED),
    "in_hour": Input(0.6, "of them, in its fullest hour", ASSUMED),
    "minutes": Input(20, "minutes of a visit, with its line open", ASSUMED),
    "pages": Input(12, "pages of a visit", ASSUMED),
    "renewals": Input(6, "parts of pages read anew in a visit", ASSUMED),
    "signs_in": Input(0.2, "share of visits that begin with signing in", ASSUMED),
    "in_room": Input(0.33, "share of visits with a session in a room", ASSUMED),
    "writes": Input(20, "messages that one person writes in a session (one a minute)", ASSUMED),
    "hear": Input(3, "people to whom a message goes: both, and who watches", ASSUMED),
    "asks": Input(0.1, "requests for help, for each visit", ASSUMED),
    "visits": Input(4, "visits of an active person in a month", ASSUMED),
    "notices": Input(12, "notices to an active person in a month", ASSUMED),
    "steps": Input(8, "steps of lessons of an active person in a month", ASSUMED),
    "pictures": Input(0.25, "pictures of a session in a room", ASSUMED),
    # Milliseconds of one core of the machine that was measured, in the application and in PostgreSQL.
    "page_app": Input(25, "ms of a page in the application: lessons and their steps half, start, rooms, inbox", GROWTH),
    "page_db": Input(7, "ms of a page in PostgreSQL", GROWTH),
    "sign_in_ms": Input(49, "ms of signing in, the passphrase's hash among them", GROWTH),
    "match_ms": Input(36, "ms of matching one request, of which each asks up to three waves", GROWTH),
    "message_ms": Input(0.34, "ms of a message over a socket, judged and stored", REALTIME),
    "deliver_ms": Input(0.062, "ms of one delivery (29.5 µs × 2.11)", REALTIME),
    "connect_ms": Input(14, "ms of a line that is opened", REALTIME),
    # Memory and disk.
    "line_kb": Input(19, "kB of an open line", REALTIME),
    "worker_mb": Input(220, "MB of a server process without lines", ASSUMED),
    "message_b": Input(410, "bytes of a message with its indexes", GROWTH),
    "notice_b": Input(292, "bytes of a notice with its indexes", GROWTH),
    "step_b": Input(143, "bytes of a lesson's step done", GROWTH),
    "request_b": Input(1750, "bytes of a request with its room: steps, offer, seats, attendance, minutes", GROWTH),
    "picture_kb": Input(200, "kB of a picture, drawn anew", ASSUMED),
    "left_b": Input(300, "bytes of it that stay when its words are gone: message_b less text and folded text", GROWTH),
    "kept": Input(6, "months that words, pictures and notices are kept", "docs/privacy.md"),
    "dump": Input(0.25, "size of a compressed backup beside the database", ASSUMED),
    "backups": Input(30, "daily backups that are kept", "docs/privacy.md"),
    "busy": Input(0.6, "share of a core that may be busy in the fullest hour", ASSUMED),
    "lines_each": Input(1000, "lines of one server process", REALTIME),
}


def of_thousand(given: dict[str, float]) -> dict[str, float]:
    """What a thousand active people cost."""
    i = given
    visits = 1000 * i["come"] * i["in_hour"]
    pages = visits * (i["pages"] + i["renewals"])
    sessions = visits * i["in_room"]
    messages = sessions * i["writes"]
    app = {
        "pages": pages * i["page_app"],
        "signing in": visits * i["signs_in"] * i["sign_in_ms"],
        "lines": visits * i["connect_ms"],
        "messages": messages * (i["message_ms"] + i["hear"] * i["deliver_ms"]),
        "matching": visits * i["asks"] * i["match_ms"],
    }
    lines = visits * i["minutes"] / 60
    of_month = 1000 * i["visits"]
    rooms = of_month * i["in_room"] / 2  # two write in each
    rows = {
        "messages": of_month * i["in_room"] * i["writes"] * i["message_b"],
        "notices": 1000 * i["notices"] * i["notice_b"],
        "lessons": 1000 * i["steps"] * i["step_b"],
        "requests and rooms": rooms * i["request_b"],
    }
    files = rooms * i["pictures"] * i["picture_kb"] / 1000
    database = sum(rows.values()) / 1e6
    return {
        **{f"core-seconds of the fullest hour: {name}": ms / 1000 for name, ms in app.items()},
        "core-seconds of the fullest hour: PostgreSQL": pages * i["page_db"] / 1000,
        "core-seconds of the fullest hour: all": (sum(app.values()) + pages * i["page_db"]) / 1000,
        "requests a second": pages / 3600,
        "messages a second": messages / 3600,
        "lines open": lines,
        "MB of memory for lines": lines * i["line_kb"] / 1000,
        **{f"MB of database a month: {name}": size / 1e6 for name, size in rows.items()},
        "MB of database a month: all": database,
        "MB of pictures a month": files,
        "MB of database a year that stay: emptied messages": of_month
        * i["in_room"]
        * i["writes"]
        * i["left_b"]
        * 12e-6,
        "MB of database kept": database * i["kept"],
        "MB of pictures kept": files * i["kept"],
        "MB of backups kept": database * i["kept"] * i["dump"] * i["backups"],
    }


# name, cores for the application, for PostgreSQL, speed of a core beside the one that was measured
MACHINES = (
    ("one small board, SQLite, one process", 1, 0, 0.33),
    ("1 host of 8 cores: 5 processes, PostgreSQL, Redis", 5, 2, 1.0),
    ("3 hosts of 16 cores: two for 13 processes each, one for PostgreSQL", 26, 14, 1.0),
)


def carries(given: dict[str, float]) -> list[tuple[str, float, str]]:
    """How many active people some machines carry, and what is full first."""
    cost = of_thousand(given)
    base = cost["core-seconds of the fullest hour: PostgreSQL"]
    app = cost["core-seconds of the fullest hour: all"] - base
    found = []
    for name, for_app, for_db, speed in MACHINES:
        seconds = 3600 * given["busy"] * speed
        most = {"the application's processor": for_app * seconds / (app if for_db else app + base) * 1000}
        if for_db:
            most["PostgreSQL's processor"] = for_db * seconds / base * 1000
        most["lines of the processes"] = for_app * given["lines_each"] / cost["lines open"] * 1000
        first = min(most, key=lambda one: most[one])
        found.append((name, most[first], first))
    return found


def main() -> int:
    parse = argparse.ArgumentParser()
    parse.add_argument("--people", type=int, default=3_900_000)
    parse.add_argument("--set", action="append", default=[])
    told = parse.parse_args()
    given = {name: one.value for name, one in INPUTS.items()}
    for one in told.set:
        name, _, value = one.partition("=")
        if name not in given:
            sys.exit(f"There is no input {name}: {', '.join(given)}")
        given[name] = float(value)
    print("| input | value | from |\n| --- | --- | --- |")
    for name, one in INPUTS.items():
        print(f"| `{name}`: {one.what} | {given[name]:g} | {one.source} |")
    cost, many = of_thousand(given), told.people / 1000
    print(f"\n| | 1,000 active people | {told.people:,} |\n| --- | --- | --- |")
    for name, value in cost.items():
        print(f"| {name} | {value:,.2f} | {value * many:,.0f} |")
    print("\n| machines | active people | what is full first |\n| --- | --- | --- |")
    for name, people, first in carries(given):
        print(f"| {name} | {people:,.0f} | {first} |")
    cores = cost["core-seconds of the fullest hour: all"] * many / 3600 / given["busy"]
    database = cost["core-seconds of the fullest hour: PostgreSQL"] * many / 3600 / given["busy"]
    processes = cost["lines open"] * many / given["lines_each"]
    memory = processes * given["worker_mb"] / 1000
    whole = f"{cores:,.0f} cores, of which {database:,.0f} for PostgreSQL"
    print(f"\n{told.people:,} active people: {whole}, and {processes:,.0f} processes with {memory:,.0f} GB of memory")
    return 0


if __name__ == "__main__":
    sys.exit(main())
