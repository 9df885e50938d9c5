"""Nothing of a staged pupil stands on a page, in a file, an export, a log or a search but on the teacher's list."""

import logging
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from tests.community.class_cards.cards import claimed, fill, printed, staged
from tests.factories import World
from tutoring.community.class_cards.models import ClassClaim
from tutoring.kernel.db import db
from tutoring.privacy import data_export
from tutoring.privacy.data_inventory import BY_TABLE

As = Callable[[str], FlaskClient]
CALLED, CLAIMED = "Xuyến", "Quyên"  # no user of the demonstration has these names
PUPILS = ((f"Nguyễn Zulu {CALLED}", 2016), (f"Trần Zulu {CLAIMED}", 2016))
STAFF = ("hang", "quang", "mai", "muoi", "admin1")
OTHERS = ("lan", "minh", "khoa", "bay")
SOME = ("hang", "mai", "admin1", "lan", "minh")  # in the quick run on all pages: one of each kind
PLACES = ("/", "/account", "/units", "/board", "/desk", "/rooms", "/week", "/circles", "/notices", "/privacy",
          "/helping", "/campaigns", "/tasks")  # fmt: skip


@pytest.fixture
def codes(app: Flask, world: World) -> dict[str, str]:
    with app.app_context():
        staged(world, *PUPILS)
        found = printed(world)
        claimed(found[CLAIMED])
        return found


def at_unit(world: World, place: str) -> list[str]:
    tabs = ("", "/members", "/classes", "/duty", "/settings", "/figures", "/codes")
    tabs += ("/members?format=csv", "/members?q=Zulu")
    return [f"/units/{world[place]}{tab}" for tab in tabs]


def test_names_of_staged_pupils_stand_on_the_teachers_list_alone(
    app: Flask, world: World, as_: As, codes: dict[str, str], caplog: pytest.LogCaptureFixture,
    request: pytest.FixtureRequest,
) -> None:  # fmt: skip
    caplog.set_level(logging.DEBUG)
    own = f"/units/{world['lop4a']}/class-list"
    each = request.config.getoption("--all")
    for name in (*STAFF, *OTHERS, None):
        client = as_(name) if name else app.test_client()
        places = [*PLACES, *at_unit(world, "lop4a"), *at_unit(world, "truong")] if each or name in SOME else []
        places += [*at_unit(world, "lop6a")] if each or name == "hang" else at_unit(world, "lop4a")[:2]
        places += [f"/search?q={word}" for word in ("Zulu", CALLED, CLAIMED, codes[CALLED])]
        places += ["/log", "/log?q=class", "/people?q=Zulu"] if name == "admin1" else []
        for place in places:
            answer = client.get(place, follow_redirects=True)
            for word in ("Zulu", CALLED, CLAIMED):
                if not place.endswith(f"q={word}"):  # a search says again what was typed
                    assert word not in answer.text, (name, place, word)
            assert "Nguyễn Zulu" not in answer.text and "Trần Zulu" not in answer.text, (name, place)
        lists = [own, f"{own}/claims"]
        if name in ("hang", "quang"):
            assert CALLED in client.get(lists[0]).text and CLAIMED in client.get(lists[1]).text
        else:
            assert all(client.get(place).status_code in (401, 403, 404, 302) for place in lists), name
    assert not any(word in caplog.text for word in ("Zulu", CALLED, CLAIMED, codes[CALLED], codes[CLAIMED]))


def test_neither_audit_nor_notices_nor_jobs_hold_a_name_or_a_code(
    app: Flask, world: World, as_: As, codes: dict[str, str]
) -> None:
    phone = app.test_client()
    assert phone.post(f"/card/{codes[CLAIMED]}", data=fill(phone, codes[CLAIMED])).status_code == 302  # freezes both
    assert phone.post(f"/card/{codes[CALLED]}/delete").status_code == 302
    with app.app_context():
        for table in db.metadata.sorted_tables:
            for row in db.session.execute(sa.text(f'SELECT * FROM "{table.name}"')):
                for value in row:
                    text = bytes(value) if isinstance(value, (bytes, memoryview)) else str(value).encode()
                    held = [word for word in ("Zulu", CALLED, CLAIMED, *codes.values()) if word.encode() in text]
                    assert held == [] or (table.name, held) == ("class_line", [CLAIMED]), table.name


def test_an_export_holds_the_claim_and_not_the_pupil(app: Flask, world: World, codes: dict[str, str]) -> None:
    with app.app_context():
        claim = db.session.scalars(sa.select(ClassClaim)).one()
        with db.engine.connect() as connection:
            units: dict[int, str] = {}
            rows = list(data_export.rows(connection, BY_TABLE["class_claim"], claim.user_id, units))
            of_others = list(data_export.rows(connection, BY_TABLE["class_line"], claim.user_id, units))
    assert len(rows) == 1 and rows[0]["relation"] == "mẹ" and "profile" in rows[0]["consents"]
    assert "once" not in rows[0] and of_others == []
