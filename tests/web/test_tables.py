"""Tables of staff pages with 5,000 rows: constant statements, order, filters, words, pages, files, odd addresses."""

import csv
import html
import io
import re
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.community.memberships.test_member_table import add_people
from tests.devices.voucher_fixtures import brought, code, given
from tests.factories import World, person
from tutoring.campaigns.models import Campaign, Material
from tutoring.community.models import JoinCode, Unit
from tutoring.community.queries import roles_for
from tutoring.community.units.search_names import place_words
from tutoring.devices.models import Device, DeviceOffer
from tutoring.devices.vouchers.models import InternetBatch, InternetVoucher
from tutoring.kernel import audit, clock, encryption, paging, rate_limits
from tutoring.kernel.commands import command
from tutoring.kernel.csv_files import plain
from tutoring.kernel.db import db
from tutoring.kernel.paging import ROWS
from tutoring.kernel.text import sort_text
from tutoring.moderation.models import Case
from tutoring.policy import community as policy
from tutoring.training.models import TrainingSession

As = Callable[[str], FlaskClient]
FEW = 10
MODELS = ("Dell Latitude 5300", "Samsung Galaxy Tab A8", "ThinkPad T480", "=cmd|' /C calc'!A0", "<b>Máy</b>")
ODD = ("'", '"><script>alert(1)</script>', "%", "_", "\\", "a" * 5000, "١٢٣", "-1", "1e9", "9" * 12, "none", "[]")
NAMES = ["sort", "page", "state", "kind", "grade", "outcome", "before", "as", "pick", "day", "unit", "action", "target"]


@command
def add_devices(world: World, many: int) -> None:
    """So many machines in the ward's store, of five models; every fifth is at the repairer's."""
    offer = DeviceOffer(
        unit_id=world["phuong"], by_id=world["mai"], story_code="many", kind="laptop", terms="gift", condition="good",
        state="accepted",
    )  # fmt: skip
    db.session.add(offer)
    db.session.flush()
    now = clock.now()
    rows: list[dict[str, Any]] = [
        {
            "code": f"M-T{n:05}", "offer_id": offer.id, "unit_id": world["phuong"], "kind": "laptop", "terms": "gift",
            "model": MODELS[n % 5], "state": "stored" if n % 5 else "repair", "state_since": now - timedelta(minutes=n),
            "serial_mark": encryption.blind_index(f"SN-{n:05}", "device.serial"), "moves": 1, "accessories": [],
        }
        for n in range(many)
    ]  # fmt: skip
    db.session.execute(sa.insert(Device), rows)


@command
def add_units(world: World, many: int) -> None:
    rows: list[dict[str, Any]] = [
        {
            "code": f"nhieu-{n}", "kind": "class", "name": f"Lớp {n}N", "sort": sort_text(f"Lớp {n}N"),
            "name_words": place_words(f"Lớp {n}N"), "parent_id": world["truong"], "school_year": "2026–2027",
        }
        for n in range(many)
    ]  # fmt: skip
    db.session.execute(sa.insert(Unit), rows)


@command
def add_codes(world: World, many: int) -> None:
    rows: list[dict[str, Any]] = [
        {
            "code": f"NH{n:06}", "unit_id": world["lop6a"], "role": "learner", "max_uses": 30, "uses": n % 30,
            "created_by_id": world["hang"], "created_at": clock.now(), "confirmed_at": clock.now() if n % 2 else None,
            "expires_at": clock.now() + timedelta(days=n % 60 - 5),
        }
        for n in range(many)
    ]  # fmt: skip
    db.session.execute(sa.insert(JoinCode), rows)


@command
def add_acts(world: World, many: int) -> None:
    for n in range(many):
        audit.record(world["hang"], "confirm_member", f"user:{world['minh']}", f"dòng {n}", unit=world["lop6a"])


@command
def add_cases(world: World, many: int) -> None:
    now = clock.now()
    rows: list[dict[str, Any]] = [
        {
            "kind": "site", "target": f"thing:{n}", "unit_id": world["lop6a"], "about_id": world["khoa"],
            "minors": True,
            "grade": f"S{n % 4}", "state": "decided", "opened_at": now, "look_by": now, "decide_by": now, "acts": [],
            "reasons": [], "decided_at": now - timedelta(minutes=n), "outcome": "reminded" if n % 2 else "none",
            "words": "",
        }
        for n in range(many)
    ]  # fmt: skip
    db.session.execute(sa.insert(Case), rows)


@command
def add_batches(world: World, many: int) -> None:
    """So many batches of a ward with three vouchers each; every fifth is closed, and every third has none left."""
    begin = (db.session.scalar(sa.select(sa.func.max(InternetBatch.id))) or 0) + 1
    rows: list[dict[str, Any]] = [
        {
            "id": begin + n, "unit_id": world["phuong"], "sponsor": f"Nhà tài trợ {n:05}", "network": "viettel",
            "gigabytes": 1 + n % 9, "days": 30, "by_id": world["mai"], "at": clock.now() - timedelta(minutes=n),
            "closed_at": None if n % 5 else clock.now(), "report_code": f"ma-{n}",
        }
        for n in range(many)
    ]  # fmt: skip
    db.session.execute(sa.insert(InternetBatch), rows)
    add_vouchers([(begin + n, "free" if n % 3 else "expired") for n in range(many) for _ in range(3)])


def add_vouchers(places: Sequence[tuple[int, str]]) -> None:
    """Vouchers without codes, each in this batch and state."""
    rows: list[dict[str, Any]] = [
        {
            "batch_id": batch_id, "code_mark": f"{batch_id}-{n}", "state": state,
            "expires_on": clock.today() + timedelta(days=n % 90),
            "ended_at": clock.now() if state == "expired" else None,
        }
        for n, (batch_id, state) in enumerate(places)
    ]  # fmt: skip
    db.session.execute(sa.insert(InternetVoucher), rows)


@command
def add_one_batch(world: World, many: int) -> None:
    """One batch, whose number is 1, with so many vouchers."""
    row = {
        "id": 1, "unit_id": world["phuong"], "sponsor": "Nhà mạng", "network": "any", "gigabytes": 4, "days": 30,
        "by_id": world["mai"], "at": clock.now(), "report_code": "ma",
    }  # fmt: skip
    db.session.execute(sa.insert(InternetBatch), [row])
    add_vouchers([(1, "free")] * many)


@command
def add_materials(world: World, many: int) -> None:
    """One campaign, whose number is 1, with so many materials."""
    today = clock.today()
    campaign = {
        "id": 1, "unit_id": world["phuong"], "title": "Cả phường", "code": "ca-phuong", "counts": "helped", "goal": 100,
        "starts_on": today, "ends_on": today + timedelta(days=30), "written_by_id": world["mai"],
        "summary": "Giúp nhau",
    }  # fmt: skip
    db.session.execute(sa.insert(Campaign), [campaign])
    rows: list[dict[str, Any]] = [
        {
            "campaign_id": 1, "kind": "poster", "lesson_slug": "mic-camera-gio-tay", "title": f"Tờ số {n:05}",
            "text": "Một\nHai\nBa", "code": f"T{n:05}", "made_at": clock.now(), "came": n, "counted": n // 2,
        }
        for n in range(many)
    ]  # fmt: skip
    db.session.execute(sa.insert(Material), rows)


@command
def add_sessions(world: World, many: int) -> None:
    rows: list[dict[str, Any]] = [
        {
            "unit_id": world["phuong"], "track": "khu-pho", "title": f"Buổi {n:05}", "place": "Phòng họp",
            "at": clock.now() + timedelta(hours=n - many // 2), "minutes": 60, "seats": 30, "taken": n % 30,
            "leader_id": world["mai"], "by_id": world["mai"], "state": "open",
        }
        for n in range(many)
    ]  # fmt: skip
    db.session.execute(sa.insert(TrainingSession), rows)


@command
def add_leads(world: World, many: int) -> None:
    add_people(world["kp3"], many, kind="adult", role="lead")


@command
def add_adults(world: World, many: int) -> None:
    add_people(world["kp3"], many, kind="adult")


# name: whoever reads it, its address, what makes its rows, and how many statements a page takes.
TABLES: dict[str, tuple[str, str, Callable[[World, int], None]]] = {
    "devices": ("mai", "/units/{phuong}/devices", add_devices),
    "units": ("admin1", "/admin/units", add_units),
    "codes": ("admin1", "/admin/codes", add_codes),
    "log": ("admin1", "/admin/log", add_acts),
    "cases": ("quang", "/desk/cases", add_cases),
    "batches": ("mai", "/units/{phuong}/internet", add_batches),
    "vouchers": ("mai", "/internet/1", add_one_batch),
    "materials": ("mai", "/campaigns/1/manage", add_materials),
    "sessions": ("mai", "/units/{phuong}/training/sessions", add_sessions),
    "trained people": ("mai", "/units/{phuong}/training", add_leads),
    "people of a track": ("mai", "/units/{phuong}/training/people", add_adults),
    "codes of a unit": ("hang", "/units/{lop6a}/codes", add_codes),
}


# name: what takes its rows away again, where more could not be added beside them.
ADDED: dict[str, tuple[sa.Delete, ...]] = {
    "devices": (
        sa.delete(Device).where(Device.code.like("M-T%")),
        sa.delete(DeviceOffer).where(DeviceOffer.story_code == "many"),
    ),
    "units": (sa.delete(Unit).where(Unit.code.like("nhieu-%")),),
    "codes": (sa.delete(JoinCode).where(JoinCode.code.like("NH%")),),
    "codes of a unit": (sa.delete(JoinCode).where(JoinCode.code.like("NH%")),),
    "cases": (sa.delete(Case).where(Case.target.like("thing:%")),),
    "batches": (sa.delete(InternetVoucher), sa.delete(InternetBatch)),
    "vouchers": (sa.delete(InternetVoucher), sa.delete(InternetBatch)),
    "materials": (sa.delete(Material), sa.delete(Campaign)),
}


def body(page: str) -> list[list[str]]:
    """The cells of a table's rows, as text."""
    found = re.search(r"<tbody>(.*?)</tbody>", page, re.DOTALL)
    rows = re.findall(r"<tr>(.*?)</tr>", found[1], re.DOTALL) if found else []
    return [
        [" ".join(html.unescape(re.sub(r"<[^>]+>", " ", cell)).split()) for cell in re.split(r"<t[dh]\b", row)[1:]]
        for row in rows
    ]


def column(page: str, at: int) -> list[str]:
    return [row[at].partition(">")[2].strip() if ">" in row[at][:60] else row[at] for row in body(page)]


def rows_of_file(answer: TestResponse) -> list[list[str]]:
    assert answer.status_code == 200 and answer.mimetype == "text/csv"
    assert answer.data.startswith(b"\xef\xbb\xbf") and answer.headers["Cache-Control"] == "no-store"
    return list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"), newline="")))


@pytest.fixture
def place(world: World) -> Callable[[str], str]:
    return lambda name: TABLES[name][1].format(**world.units)


@pytest.mark.parametrize("name", TABLES)
@pytest.mark.parametrize("more", [300, pytest.param(5_000, marks=pytest.mark.full)])
def test_a_table_costs_the_same_for_ten_rows_and_for_very_many(
    app: Flask, world: World, as_: As, queries: list[str], place: Callable[[str], str], name: str, more: int
) -> None:
    reader, _address, add = TABLES[name]
    client = as_(reader)

    def cost() -> int:
        client.get(place(name))
        queries.clear()
        answer = client.get(place(name))
        assert answer.status_code == 200 and len(body(answer.text)) in range(FEW, ROWS + 1)
        return len(queries)

    with app.app_context():
        add(world, FEW)
    few = cost()
    with app.app_context():
        for which in ADDED.get(name, ()):
            db.session.execute(which)
        db.session.commit()
        add(world, more)
    many = cost()
    print(f"{name}: {few} statements for {FEW} rows, {many} for {more} more")
    assert few == many <= 30


@pytest.fixture
def store(app: Flask, world: World, as_: As) -> tuple[FlaskClient, str]:
    with app.app_context():
        add_devices(world, 130)
    return as_("mai"), f"/units/{world['phuong']}/devices"


def codes(page: str) -> list[str]:
    return re.findall(r'<th scope="row"><a[^>]*>(M-\w+)</a>', page)


def test_columns_sort_both_ways_and_rows_that_are_equal_stay_in_order(store: tuple[FlaskClient, str]) -> None:
    client, at = store
    all_codes = [f"M-T{n:05}" for n in range(130)]
    assert codes(client.get(f"{at}?sort=code").text) == all_codes[:ROWS]
    assert codes(client.get(f"{at}?sort=-code").text) == all_codes[::-1][:ROWS]
    assert codes(client.get(at).text) == all_codes[:ROWS]  # the newest state first
    by_model = "".join(client.get(f"{at}?sort=model&page={n}").text for n in (1, 2, 3))
    assert sorted(codes(by_model)) == all_codes  # each row on one page alone
    assert codes(by_model)[:26] == [f"M-T{n:05}" for n in range(4, 130, 5)]  # "<b>" stands before "=cmd" and "D"


def test_the_head_says_the_order_and_a_second_press_turns_it(store: tuple[FlaskClient, str]) -> None:
    client, at = store
    first = client.get(f"{at}?sort=code&state=stored").text
    assert re.search(r'<th scope="col" aria-sort="ascending">\s*<a href="[^"]*sort=-code[^"]*">', first)
    assert first.count('aria-sort="none"') == 5
    assert re.search(r'<th scope="col" aria-sort="descending">', client.get(f"{at}?sort=-code").text)
    link = re.search(r'href="([^"]*sort=-code[^"]*)"', first)
    assert link is not None and "state=stored" in link[1]  # the filter stays


def test_filters_words_and_pages_go_together(store: tuple[FlaskClient, str]) -> None:
    client, at = store
    page = client.get(f"{at}?state=repair&q=latitude&sort=code").text
    assert codes(page) == [f"M-T{n:05}" for n in range(0, 130, 5)]
    assert "1–26 trên 26 dòng" in page
    assert client.get(f"{at}?state=stored&q=latitude").text.count("Không có máy nào như vậy") == 1
    last = client.get(f"{at}?sort=code&page=3").text
    assert codes(last) == [f"M-T{n:05}" for n in range(100, 130)] and "101–130 trên 130 dòng" in last
    assert codes(client.get(f"{at}?sort=code&page=99").text) == codes(last)  # a page after the last is the last
    assert "page=2" in last and "page=4" not in last


def test_a_file_holds_what_is_shown_and_no_formula(store: tuple[FlaskClient, str]) -> None:
    client, at = store
    whole = rows_of_file(client.get(f"{at}?as=csv&sort=code"))
    assert whole[0][0] == "Mã máy" and [row[0] for row in whole[1:]] == [f"M-T{n:05}" for n in range(130)]
    assert whole[4][1] == plain(MODELS[3]) and whole[4][1].startswith("'=")
    some = rows_of_file(client.get(f"{at}?as=csv&state=repair&sort=-code"))
    assert [row[0] for row in some[1:]] == [f"M-T{n:05}" for n in range(125, -1, -5)]
    link = re.search(r'href="([^"]*as=csv[^"]*)"', client.get(f"{at}?state=repair&sort=-code").text)
    assert link is not None and rows_of_file(client.get(html.unescape(link[1]))) == some


def test_a_file_of_too_many_rows_leads_back_with_a_word(
    store: tuple[FlaskClient, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    client, at = store
    monkeypatch.setattr("tutoring.web.tables.table.MOST_ROWS", 100)
    answer = client.get(f"{at}?as=csv", follow_redirects=True)
    assert answer.mimetype == "text/html" and "Hãy lọc bớt rồi tải lại" in answer.text
    assert len(rows_of_file(client.get(f"{at}?as=csv&state=repair"))) == 27
    assert paging.MOST_ROWS == 10_000


def test_all_rows_of_a_page_are_ticked_without_scripts(store: tuple[FlaskClient, str]) -> None:
    client, at = store
    page = client.get(f"{at}?state=repair").text
    boxes = re.compile(r'<input type="checkbox" name="device" value="\d+"( checked)?>')
    assert [one[1] for one in boxes.finditer(page)] == [None] * 26
    link = re.search(r'<a class="btn link" href="([^"]+)" data-pick-page>', page)
    assert link is not None
    ticked = client.get(html.unescape(link[1])).text
    assert [one[1] for one in boxes.finditer(ticked)] == [" checked"] * 26 and "Bỏ chọn tất cả" in ticked


@pytest.mark.parametrize("name", TABLES)
def test_odd_addresses_get_the_usual_page(
    app: Flask, world: World, as_: As, place: Callable[[str], str], name: str, request: pytest.FixtureRequest
) -> None:
    reader, _address, add = TABLES[name]
    with app.app_context():
        add(world, FEW)
    client = as_(reader)
    # All tables are read by the same code: in the quick run each gets a part, and all of them get all.
    parts = 1 if request.config.getoption("--all") else 4
    for odd in ODD[list(TABLES).index(name) % parts :: parts]:
        for parameters in ({"q": odd}, dict.fromkeys(NAMES, odd)):
            answer = client.get(place(name), query_string=parameters)
            assert answer.status_code == 200, (odd, parameters)
            assert "<script>alert" not in answer.text
    assert client.get(place(name), query_string={"q": "\x00"}).status_code == 400


def test_what_somebody_typed_stands_in_the_page_as_text(store: tuple[FlaskClient, str]) -> None:
    client, at = store
    page = client.get(f"{at}?sort=code").text
    assert "<b>Máy</b>" not in page and "&lt;b&gt;Máy&lt;/b&gt;" in page
    assert '"&gt;<script' not in client.get(at, query_string={"q": ODD[1]}).text


def test_words_find_units_without_accents_and_by_code(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        add_units(world, 60)
    admin = as_("admin1")

    def found(words: str) -> Sequence[str]:
        return re.findall(
            r'<th scope="row"><a[^>]*>([^<]+)</a>', admin.get("/admin/units", query_string={"q": words}).text
        )

    assert found("lop 17n") == ["Lớp 17N"] == found("nhieu-17") == found("LỚP 17N")
    assert found("phuong minh") == ["Phường Minh Hoạ"]
    assert len(found("lop")) == ROWS
    numbers = [int(name[4:-1]) for name in found("nhieu")]
    assert numbers == sorted(numbers)  # "Lớp 2" before "Lớp 10"


def test_decided_cases_are_filtered_and_their_file_names_nobody(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        add_cases(world, 120)
    quang = as_("quang")
    page = quang.get("/desk/cases?grade=S1").text
    assert len(body(page)) == 30 and "Khoa" in page
    pages = [quang.get("/desk/cases").text]
    while after := re.search(r'href="([^"]*before=\d+[^"]*)"', pages[-1]):
        pages.append(quang.get(html.unescape(after[1])).text)
        assert len(pages) < 5
    assert [len(body(one)) for one in pages] == [50, 50, 20]
    whole = rows_of_file(quang.get("/desk/cases?as=csv&outcome=none"))
    assert len(whole) == 61 and not any("Khoa" in cell for row in whole for cell in row)
    assert body(quang.get("/desk/cases?q=khoa&outcome=none").text) and not body(quang.get("/desk/cases?q=lan").text)
    for name in ("khoa", "lan"):  # about whom it is, and who is no staff
        assert not body(as_(name).get("/desk/cases").text)


def test_who_may_not_see_a_case_does_not_find_it_by_words(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        add_cases(world, 3)
    assert len(body(as_("quang").get("/desk/cases?q=khoa").text)) == 3
    for name in ("mai", "muoi"):
        assert not body(as_(name).get("/desk/cases?q=khoa").text)


def test_a_machine_of_another_store_is_not_found(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        add_devices(world, 3)
    for name in ("quang", "hang", "minh", "lan"):
        assert as_(name).get(f"/units/{world['phuong']}/devices?q=SN-00001").status_code in (403, 404)
    found: Any = as_("mai").get(f"/units/{world['phuong']}/devices?q=SN-00001")
    assert found.status_code == 302 and found.location.startswith("/devices/")


def test_materials_are_sorted_by_what_their_cells_say(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        add_materials(world, 20)
    mai = as_("mai")
    rising, falling = (body(mai.get(f"/campaigns/1/manage?sort={way}came").text) for way in ("", "-"))
    said = [row[5].partition(">")[2] for row in rising]
    assert said == ["dưới 10"] * 10 + ["từ 10"] * 5 + ["từ 15"] * 5
    # among rows that say the same, the order is that of their making, not of the hidden count
    titles = [re.sub(r".*>", "", row[0]) for row in rising]
    assert titles == sorted(titles) and [row[0] for row in falling] == [row[0] for row in rising[::-1]]
    whole = rows_of_file(mai.get("/campaigns/1/manage?as=csv&sort=-came"))
    assert [row[5] for row in whole[1:]] == said[::-1]


def test_vouchers_in_a_table_name_no_code_and_no_family(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        rate_limits.clear()
        given(world, brought(world, 3))
        [batch] = db.session.scalars(sa.select(InternetBatch.id))
        taken = db.session.scalars(sa.select(InternetVoucher.id).where(InternetVoucher.state == "assigned")).one()
    mai = as_("mai")
    page, file = mai.get(f"/internet/{batch}").text, mai.get(f"/internet/{batch}?as=csv")
    for text in (page, file.text):
        assert "Bảy" not in text and not any(code(n) in text for n in range(3))
    assert len(rows_of_file(file)) == 4
    [row] = body(mai.get(f"/internet/{batch}?state=assigned").text)
    assert row[0].endswith(str(taken)) and "Phường Minh Hoạ" in row[4]
    assert len(body(mai.get(f"/internet/{batch}?q={taken}&state=assigned").text)) == 1
    for other in ("muoi", "hang", "bay", "lan"):
        assert as_(other).get(f"/internet/{batch}?as=csv").status_code in (403, 404)


def test_batches_are_filtered_by_whether_something_is_left(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        add_batches(world, 15)
    mai, at = as_("mai"), f"/units/{world['phuong']}/internet"

    def shown(asked: str) -> list[str]:
        return [re.sub(r".*>", "", row[0])[-2:] for row in body(mai.get(f"{at}?{asked}").text)]

    assert shown("state=closed&sort=sponsor") == ["00", "05", "10"]
    assert shown("state=out&sort=sponsor") == ["03", "06", "09", "12"]
    assert shown("state=open&sort=-sponsor") == ["14", "13", "11", "08", "07", "04", "02", "01"]
    assert shown("q=00014") == ["14"] and shown("q=khong-co") == []


def test_codes_of_a_unit_are_those_that_the_reader_may_make(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        add_codes(world, 60)
        rows = db.session.scalars(sa.select(JoinCode).where(JoinCode.code.like("NH%"))).all()
        rows[0].role, rows[0].max_uses, rows[0].uses = "coordinator", 1, 0
        db.session.commit()
        power = f"{rows[0].code[:4]}-{rows[0].code[4:]}"
        gives = policy.may_create_code(roles_for(person(world["quang"]), world["lop6a"]), "coordinator")
    at = f"/units/{world['lop6a']}/codes"

    def found(name: str) -> bool:
        return f">{power}<" in as_(name).get(f"{at}?q={power}").text

    assert gives and found("quang") and not found("hang")
    file = as_("hang").get(f"{at}?as=csv")
    assert len(rows_of_file(file)) >= 60 and "NH00" not in file.text  # no file holds a code
    for name in ("minh", "lan", "khoa", "bay"):
        assert as_(name).get(at).status_code in (403, 404)


def test_sessions_are_filtered_by_how_they_stand(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        add_sessions(world, 20)
    mai, at = as_("mai"), f"/units/{world['phuong']}/training/sessions"
    counts = {show: len(body(mai.get(f"{at}?show={show}").text)) for show in ("coming", "unmarked", "over", "")}
    assert counts["coming"] + counts["unmarked"] == counts[""] == 20 and counts["over"] == 0
    assert 8 <= counts["coming"] <= 10
    assert len(body(mai.get(f"{at}?q=00007").text)) == 1
    assert as_("muoi").get(at).status_code in (403, 404)
