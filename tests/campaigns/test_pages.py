"""Pages of campaigns: what everybody reads, what staff see, and that no small number stands anywhere."""

from collections.abc import Callable
from datetime import date

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from tests.campaigns.conftest import opened, plan, poster_code, residents, sheet
from tests.factories import World, person
from tests.parametrize import some
from tutoring.campaigns import commands, participants, queries
from tutoring.campaigns.models import Campaign, Material
from tutoring.community import commands as community
from tutoring.community.hooks import group_panels, unit_panels
from tutoring.community.join_codes.commands import sign_up
from tutoring.community.models import JoinCode
from tutoring.community.queries import roles_for, unit
from tutoring.kernel import clock
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, Forbidden, InvalidInput, NotFound
from tutoring.web import visitor_cache

As = Callable[[str], FlaskClient]
PAGE = "/campaigns/giup-nhau-hoc-truc-tuyen"


@command
def count_new(world: World, number: int, code: str) -> None:
    """So many new residents come by this sheet and are counted."""
    for user_id in residents(world, number):
        participants.record_arrival(person(user_id), code, clock.now())
        participants.count("asked", user_id)


def second(world: World) -> int:
    """Another one who may publish for the ward: a coordinator."""
    one, two = person(world["admin1"]), person(world["admin2"])
    code = community.create_code(one, world["phuong"], "coordinator")
    community.confirm_code(two, code.id)
    return sign_up(code.code, "Lê Văn Hai", "bốn từ thật là dễ nhớ").id


def words(page: str) -> str:
    return " ".join(page.split())


# ---- what everybody reads -------------------------------------------------------------------------------------


def test_a_draft_is_seen_by_its_staff_alone(app: Flask, world: World, as_: As, client: FlaskClient) -> None:
    with app.app_context():
        id = commands.write_campaign(person(world["mai"]), world["phuong"], plan()).id
    assert client.get(PAGE).status_code == 404
    assert as_("bay").get(PAGE).status_code == 404 and "Giúp nhau" not in client.get("/campaigns").text
    assert as_("mai").get(f"/campaigns/{id}/manage").status_code == 200
    assert as_("mai").post(f"/campaigns/{id}/publish").status_code == 302
    visitor_cache.forget()
    assert client.get(PAGE).status_code == 200 and "Giúp nhau" in client.get("/campaigns").text


def test_the_page_for_everybody_sets_no_cookie_and_says_all_there_is_to_know(
    app: Flask, world: World, client: FlaskClient
) -> None:
    with app.app_context():
        code = poster_code(world)
        by = db.session.scalars(sa.select(JoinCode).where(JoinCode.code == code)).one()
        opened(world, join_code_id=by.id)
    page = client.get(PAGE)
    assert page.status_code == 200 and "Set-Cookie" not in page.headers
    assert page.headers["Cache-Control"] == "no-cache" and "ETag" in page.headers
    told = ["Mới bắt đầu", "Đích: 200", "Còn 30 ngày.", "Phường Minh Hoạ", "Tham gia thế nào"]
    ways = [f"/join/{code}", 'href="/ask"', 'href="/lessons"', 'property="og:title" content="Giúp nhau học trực tuyến"']
    for text in told + ways:
        assert text in page.text, text
    assert page.text.count("<li>") >= 4 and "csrf" not in page.text


def test_a_code_that_is_over_leaves_the_page(app: Flask, world: World, client: FlaskClient) -> None:
    with app.app_context():
        code = poster_code(world)
        by = db.session.scalars(sa.select(JoinCode).where(JoinCode.code == code)).one()
        opened(world, join_code_id=by.id)
        community.revoke_code(person(world["muoi"]), by.id)
    page = client.get(PAGE).text
    assert "/join/" not in page and 'href="/join"' in page  # another code, from paper, still lets one in


def test_codes_of_classes_never_stand_on_the_page(app: Flask, world: World) -> None:
    with app.app_context():
        made = community.create_code(person(world["hang"]), world["lop6a"], "learner", max_uses=30)
        hood = poster_code(world)
        assert [one.code for one in queries.codes_to_choose(world["phuong"])] == [hood]
        with pytest.raises(InvalidInput) as refused:
            commands.write_campaign(person(world["mai"]), world["phuong"], plan(join_code_id=made.id))
        assert refused.value.field == "join_code"


@pytest.mark.parametrize(
    ("people", "told"),
    some((9, None), (16, "15"), rest=[(10, "10"), (14, "10")]),
)
def test_nothing_under_ten_is_told_and_the_rest_in_fives(
    app: Flask, world: World, as_: As, client: FlaskClient, people: int, told: str | None
) -> None:
    with app.app_context():
        made = opened(world)
        id, code = made.id, sheet(world, made.id).code
        count_new(world, people, code)
        row = db.session.scalars(sa.select(Material)).one()
        assert (db.session.get_one(Campaign, id).counted, row.came, row.counted) == (people, people, people)
    visitor_cache.forget()
    page, staff = words(client.get(PAGE).text), words(as_("mai").get(f"/campaigns/{id}/manage").text)
    if told is None:
        assert "Mới bắt đầu" in page and 'value="0"' in page and "Từ " not in page.replace("Từ ngày", "")
        assert 'data-label="Người đến">dưới 10<' in staff and 'data-label="Được tính">dưới 10<' in staff
    else:
        assert f"Từ {told} trở lên" in page and f'<progress value="{told}" max="200"' in page
        assert f'data-label="Người đến">từ {told}<' in staff and f'data-label="Được tính">từ {told}<' in staff
        if str(people) != told:
            assert f">{people}<" not in staff and f" {people} " not in page


def test_who_was_counted_reads_so(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        opened(world)
        participants.count("asked", world["bay"])
    assert "Bạn đã được tính" in as_("bay").get(PAGE).text
    assert "Bạn đã được tính" not in as_("lan").get(PAGE).text


def test_a_closed_campaign_stays_readable_with_its_last_number(
    app: Flask, world: World, as_: As, client: FlaskClient
) -> None:
    with app.app_context():
        made = opened(world)
        id, code = made.id, sheet(world, made.id).code
        count_new(world, 12, code)
    assert "không mở lại được" in as_("mai").get(f"/campaigns/{id}/close").text
    assert as_("mai").post(f"/campaigns/{id}/close").status_code == 302
    visitor_cache.forget()
    page = words(client.get(PAGE).text)
    assert "Chiến dịch này đã kết thúc" in page and "Từ 10 trở lên" in page
    assert client.get(f"/c/{code}").status_code == 302
    assert "Giúp nhau" not in client.get("/campaigns").text


def test_two_of_one_name_have_two_addresses(app: Flask, world: World) -> None:
    with app.app_context():
        assert [opened(world).code for _ in range(3)] == [
            "giup-nhau-hoc-truc-tuyen", "giup-nhau-hoc-truc-tuyen-2", "giup-nhau-hoc-truc-tuyen-3",
        ]  # fmt: skip
        assert opened(world, title="2 0 2 6 9").code == "2-0-2-6-9"


@pytest.mark.full
def test_the_list_goes_on_page_by_page(app: Flask, world: World, client: FlaskClient) -> None:
    with app.app_context():
        for number in range(queries.LISTED + 1):
            opened(world, title=f"Chiến dịch thứ {number}")
    first = client.get("/campaigns").text
    assert first.count("/campaigns/chien-dich-thu-") == queries.LISTED and "Cũ hơn" in first
    older = first.split("/campaigns?before=")[1].split('"')[0]
    assert "chien-dich-thu-0" in client.get(f"/campaigns?before={older}").text


@pytest.mark.parametrize("path", ["/campaigns", PAGE])
def test_what_a_visitor_costs_does_not_grow(app: Flask, world: World, queries: list[str], path: str) -> None:
    with app.app_context():
        made = opened(world)
        sheet(world, made.id, "card")
    costs = []
    for more in (0, 5):
        with app.app_context():
            for _ in range(more):
                opened(world)
        visitor_cache.forget()
        queries.clear()
        assert app.test_client().get(path).status_code == 200
        costs.append(len([one for one in queries if not one.startswith(("BEGIN", "COMMIT", "ROLLBACK"))]))
    assert costs[0] == costs[1] <= 4, costs


# ---- who may what ---------------------------------------------------------------------------------------------


def test_who_wrote_it_does_not_publish_while_somebody_else_may(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        other = second(world)
        id = commands.write_campaign(person(world["mai"]), world["phuong"], plan()).id
        with pytest.raises(Forbidden):
            commands.publish_campaign(person(world["mai"]), id)
        page = as_("mai")
    assert "một người khác công bố" in page.get(f"/campaigns/{id}/manage").text
    with app.app_context():
        made = commands.publish_campaign(person(other), id)
        assert (made.state, made.published_by_id, made.written_by_id) == ("open", other, world["mai"])
        with pytest.raises(Conflict):
            commands.publish_campaign(person(world["mai"]), id)


def test_a_lead_prepares_and_does_not_publish(app: Flask, world: World) -> None:
    with app.app_context():
        id = commands.write_campaign(person(world["muoi"]), world["kp3"], plan()).id
        with pytest.raises(Forbidden):
            commands.publish_campaign(person(world["muoi"]), id)
        assert commands.publish_campaign(person(world["mai"]), id).state == "open"
        with pytest.raises(Forbidden):
            commands.close_campaign(person(world["muoi"]), id)
        with pytest.raises(Forbidden):
            commands.change_campaign(person(world["muoi"]), id, plan())


@pytest.mark.parametrize("name", ["bay", "lan", "khoa", "hang", "muoi", "minh"])
def test_others_learn_nothing_of_a_wards_campaigns(app: Flask, world: World, name: str) -> None:
    with app.app_context():
        id = opened(world).id
        with pytest.raises(NotFound):
            commands.write_campaign(person(world[name]), world["phuong"], plan())
        for act in (commands.close_campaign, commands.publish_campaign):
            with pytest.raises(NotFound):
                act(person(world[name]), id)


def test_once_open_what_counts_and_who_takes_part_stay(app: Flask, world: World) -> None:
    with app.app_context():
        made = opened(world, units=(world["kp3"],))
        changed = commands.change_campaign(
            person(world["mai"]),
            made.id,
            plan(counts="lesson", goal=500, title="Tên mới hơn", units=(world["truong"],)),
        )
        assert (changed.counts, changed.goal, changed.title, changed.code) == (
            "asked", 500, "Tên mới hơn", "giup-nhau-hoc-truc-tuyen",
        )  # fmt: skip
        assert [one.id for one in queries.places_of(made.id).units] == [world["kp3"]]


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("title", {"title": "x"}),
        ("summary", {"summary": "Gọi cho tôi số 0912 345 678 nhé bà con."}),
        ("goal", {"goal": 0}),
        ("counts", {"counts": "likes"}),
        ("ends_on", {"ends_on": date(2020, 1, 1)}),
        ("units", {"units": (1,)}),
        ("partners", {"partners": (1,)}),
    ],
)
def test_a_plan_that_is_wrong_is_said_at_its_field(app: Flask, world: World, field: str, values: dict) -> None:  # type: ignore[type-arg]
    with app.app_context():
        with pytest.raises(InvalidInput) as refused:
            commands.write_campaign(person(world["mai"]), world["phuong"], plan(**values))
        assert refused.value.field == field
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Campaign)) == 0


def test_a_form_keeps_what_was_typed(world: World, as_: As) -> None:
    typed = {"title": "Một tên rất hay", "summary": "Gọi số 0912 345 678 nhé bà con", "counts": "asked", "goal": "50",
             "starts_on": "2026-01-01", "ends_on": "31/12", "join_code": ""}  # fmt: skip
    answer = as_("mai").post(f"/units/{world['phuong']}/campaigns/new", data=typed)
    assert answer.status_code == 422 and "Một tên rất hay" in answer.text and "Hãy chọn một ngày" in answer.text


def test_a_draft_that_nobody_wants_goes_with_its_sheets(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        id = commands.write_campaign(person(world["mai"]), world["phuong"], plan()).id
        sheet(world, id)
    assert as_("mai").post(f"/campaigns/{id}/close").location.endswith(f"/units/{world['phuong']}/campaigns")
    with app.app_context():
        assert db.session.get(Campaign, id) is None
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Material)) == 0


# ---- on pages of places ---------------------------------------------------------------------------------------


def test_places_show_the_campaigns_in_which_they_take_part(app: Flask, world: World) -> None:
    with app.app_context():
        opened(world, units=(world["kp3"],))

        def shown(unit_id: int) -> list[str]:
            panels = dict(group_panels.collect(None, unit(unit_id), frozenset()))
            facts = panels.get("campaigns/_of_group.html")
            return [one.title for one in facts["campaigns"]] if facts else []  # type: ignore[attr-defined]

        assert shown(world["kp3"]) == ["Giúp nhau học trực tuyến"] and shown(world["truong"]) == []
        mai = person(world["mai"])
        facts = dict(unit_panels.collect("classes", mai, unit(world["kp3"]), roles_for(mai, world["kp3"])))[
            "campaigns/_of_unit.html"
        ]
        assert facts["may_write"] and len(facts["campaigns"]) == 1  # type: ignore[arg-type]


def test_a_partner_shows_it_too_and_its_people_do_not_count(app: Flask, world: World) -> None:
    with app.app_context():
        admin = person(world["admin1"])
        union = community.create_unit(admin, "doan", "partner", "Đoàn phường", parent_id=world["phuong"])
        made = opened(world, units=(world["kp3"],), partners=(union.id,))
        assert [one.title for one in queries.taken_part_in(union.id)] == [made.title]
        assert [one.name for one in queries.places_of(made.id).partners] == ["Đoàn phường"]
        code = community.create_code(person(world["mai"]), union.id, "learner").code
        member = sign_up(code, "Đoàn viên Một", "bốn từ dễ nhớ một")
        participants.count("asked", member.id)
        assert db.session.get_one(Campaign, made.id).counted == 0
