"""The pages of the end of a school year: from the tab to the new classes and back; what two coordinators see."""

import re
from collections.abc import Callable

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from tests.community.year_ends.years import classes_now, members_of, membership, row_named
from tests.factories import World
from tests.statements import asked as statements
from tutoring.accounts.models import SignIn
from tutoring.community.models import Membership
from tutoring.community.year_ends import queries
from tutoring.community.year_ends.models import YearEnd
from tutoring.kernel.db import db
from tutoring.notifications.models import Notice

As = Callable[[str], FlaskClient]


def fields(page: str) -> dict[str, str]:
    """What the form of the plan holds."""
    found = dict(re.findall(r'<input[^>]*name="(version|school_year|name-\d+)"[^>]*value="([^"]*)"', page))
    found |= dict.fromkeys(re.findall(r'<input type="checkbox" name="(leaves-\d+)" checked', page), "on")
    return found | {"new_names": re.search(r"<textarea[^>]*>([^<]*)<", page)[1], "teachers": "go"}  # type: ignore[index]


def test_from_the_tab_to_the_new_classes_and_back(app: Flask, world: World, as_: As) -> None:
    quang, at = as_("quang"), f"/units/{world['truong']}/year-end"
    assert at in quang.get(f"/units/{world['truong']}/classes").text
    page = quang.get(at).text
    sent = fields(page)
    assert sent[f"name-{world['lop4a']}"] == "Lớp 5A" and sent["school_year"] == "2027–2028"
    assert quang.post(at, data=sent).location == at
    with app.app_context():
        repeats = membership(world["an"], world["lop4a"]).id
        target = row_named(db.session.scalars(sa.select(YearEnd)).one(), "Lớp 4A").id
    there = f"{at}/classes/{world['lop4a']}"
    choices = quang.get(there).text
    assert "Ở lại: Lớp 4A" in choices
    version = re.search(r'name="version" value="(\d+)"', choices)[1]  # type: ignore[index]
    assert quang.post(there, data={"version": version, f"to-{repeats}": str(target)}).status_code == 302
    review = quang.get(f"{at}/review").text
    assert "An Minh Hoạ: Lớp 4A → Lớp 4A" in re.sub(r"\s+", " ", review) or "→ Lớp 4A" in review
    version = re.search(r'name="version" value="(\d+)"', review)[1]  # type: ignore[index]
    assert quang.post(f"{at}/review", data={"version": version}).location == at
    assert quang.post(f"{at}/review", data={"version": version}).location == at  # sent twice
    with app.app_context():
        now = classes_now()
        assert (world["an"], "learner", "active") in members_of(now["Lớp 4A"].id)
        done = queries.last_done(world["truong"])
        assert done is not None
        undo = f"{at}/{done.id}/undo"
    page = quang.get(at).text
    assert "Đã sang năm học 2027–2028" in page and undo in page and "Không có lớp nào cần lên lớp" in page
    assert "Từ khi lên lớp chưa có gì khác" in quang.get(undo).text
    assert quang.post(undo).location == at
    with app.app_context():
        assert set(classes_now()) == {"Lớp 4A", "Lớp 6A", "Lớp 11A"}


def test_the_later_coordinator_sees_both_versions_and_loses_nothing(app: Flask, world: World, as_: As) -> None:
    quang, at = as_("quang"), f"/units/{world['truong']}/year-end"
    first = fields(quang.get(at).text)
    quang.post(at, data=first | {f"name-{world['lop4a']}": "Lớp 5B"})
    answer = quang.post(at, data=first | {f"name-{world['lop4a']}": "Lớp 5C", "teachers": "stay"})
    assert answer.status_code == 409
    assert 'value="Lớp 5C"' in answer.text and "Bản đang lưu: Lớp 5B" in re.sub(r"\s+", " ", answer.text)
    again = fields(answer.text) | {"teachers": "stay"}
    assert quang.post(at, data=again).status_code == 302  # the page holds the newer version now
    with app.app_context():
        assert row_named(db.session.scalars(sa.select(YearEnd)).one(), "Lớp 5C").unit_id == world["lop4a"]


def test_moving_up_asks_who_one_is_and_others_find_nothing(app: Flask, world: World, as_: As) -> None:
    at = f"/units/{world['truong']}/year-end"
    quang = as_("quang")
    quang.post(at, data=fields(quang.get(at).text))
    with app.app_context():
        db.session.execute(sa.update(SignIn).values(stepped_up_at=None))
        db.session.commit()
    assert "/sign-in/again" in (where := quang.post(f"{at}/review", data={"version": "1"}).location) or "next=" in where
    with app.app_context():
        assert set(classes_now()) == {"Lớp 4A", "Lớp 6A", "Lớp 11A"}
    for name in ("hang", "mai", "lan", "admin1"):
        assert as_(name).get(at).status_code in (403, 404)
        assert as_(name).post(f"{at}/review", data={"version": "1"}).status_code in (403, 404)


def test_pages_cost_the_same_for_any_number_of_classes(app: Flask, world: World, as_: As) -> None:
    quang, at = as_("quang"), f"/units/{world['truong']}/year-end"
    quang.post(at, data=fields(quang.get(at).text))
    for path in (at, f"{at}/review", f"{at}/classes/{world['lop4a']}"):
        quang.get(path)
        with statements(app) as seen:
            assert quang.get(path).status_code == 200
        assert len(seen) <= 14, (path, seen)


def test_other_coordinators_are_notified(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        db.session.add(Membership(user_id=world["hang"], unit_id=world["truong"], role="coordinator"))
        db.session.commit()
    quang, at = as_("quang"), f"/units/{world['truong']}/year-end"
    quang.post(at, data=fields(quang.get(at).text))
    quang.post(f"{at}/review", data={"version": "1"})
    with app.app_context():
        told = db.session.execute(
            sa.select(Notice.user_id, Notice.path).where(Notice.key.startswith("year-end:"))
        ).all()
        assert [tuple(one) for one in told] == [(world["hang"], at)]
