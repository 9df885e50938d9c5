"""Claims are held against their sources by editors: what they tick is dated, and nothing is filled in for them."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import CliRunner
from flask import Flask
from flask.cli import ScriptInfo
from flask.testing import FlaskClient

from tests.factories import World, client_of, person
from tests.lessons import bank as banks
from tests.lessons.conftest import Loads
from tutoring.cli.content import group
from tutoring.kernel import clock
from tutoring.kernel.audit import AuditRow
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, NotFound
from tutoring.lessons.claims import commands as claims_commands
from tutoring.lessons.claims import queries as claims_queries
from tutoring.lessons.claims.models import ClaimCheck
from tutoring.lessons.claims.queries import Claim
from tutoring.lessons.content import LessonContent
from tutoring.lessons.progress import commands as progress_commands
from tutoring.lessons.proposals import commands as proposals_commands
from tutoring.web import visitor_cache

As = Callable[[str], FlaskClient]
LIST, PUBLIC = "/writing/claims", "/lessons/facts"
FACTS = """schema: 1
facts:
  so-thu:
    value: {vi: "156", en: "156"}
    source: "Báo Mẫu"
    source_url: "https://example.gov.vn/so"
    as_of: 2026-11-01
"""


@pytest.fixture
def folder(tmp_path: Path, serves: Callable[[Path], None]) -> Path:
    made = tmp_path / "content"
    made.mkdir()
    (made / "facts.yml").write_text(FACTS, "utf-8")
    serves(made)
    return made


def unsure_bank() -> LessonContent:
    unsure = ({"step": "mo", "what": "Chữ trên nút, chưa ai mở máy thật."},)
    return banks.bank(banks.lesson("vao-lop", *banks.three_steps(), unverified=unsure), banks.small().lessons[1])


@pytest.fixture
def small(app: Flask, loads: Loads) -> None:
    """The lessons name a source and a claim that could not be checked."""
    banks.put_kept(app, "claims", unsure_bank)


@pytest.fixture
def editor(app: Flask, world: World, small: None, folder: Path) -> Iterator[int]:
    """Hằng, who teaches, is a lesson editor."""
    with app.app_context():
        proposals_commands.name_editor(person(world["quang"]), world["hang"], True)
    yield world["hang"]
    visitor_cache.forget()


def found(app: Flask, folder: Path) -> dict[str, Claim]:
    with app.app_context():
        return {one.kind: one for one in claims_queries.claims(folder, "vi")}


def newest(claim: Claim) -> int:
    """The newest check that a page with this claim shows."""
    return claim.checks[0].id if claim.checks else 0


def tick(client: FlaskClient, claim: Claim, verdict: str = "same", note: str = "") -> str:
    form = {"claim": claim.key, "wording": claim.wording, "verdict": verdict, "note": note, "seen": newest(claim)}
    answer = client.post(LIST, data=form, follow_redirects=True)
    return f"{answer.status_code} {answer.text}"


def test_claims_are_facts_sources_and_what_could_not_be_checked(app: Flask, folder: Path, editor: int) -> None:
    claims = found(app, folder)
    assert set(claims) == {"fact", "source", "unverified"} and all(one.is_open for one in claims.values())
    assert [place.slug for place in claims["source"].places] == ["otp", "vao-lop"]
    assert (claims["unverified"].places[0].step, claims["unverified"].url) == (2, "https://example.gov.vn/")


def test_what_most_people_read_stands_first(app: Flask, world: World, folder: Path, editor: int) -> None:
    with app.app_context():
        for name in ("minh", "lan"):
            progress_commands.reach_step(world[name], "vao-lop", 2)
            progress_commands.tick_step(world[name], "vao-lop", 2)
        progress_commands.reach_step(world["minh"], "otp", 1)
        order = [(one.kind, one.readers) for one in claims_queries.claims(folder, "vi")]
    assert order == [("source", 3), ("unverified", 2), ("fact", 0)]


def test_an_editor_ticks_and_the_public_page_says_the_day_and_the_role(
    app: Flask, as_: As, client: FlaskClient, folder: Path, editor: int
) -> None:
    before = client.get(PUBLIC).text
    assert "156" in before and "Báo Mẫu" in before and "Chưa ai kiểm tra lại" in before and "01/11/2026" in before
    assert "Đã ghi." in tick(as_("hang"), found(app, folder)["fact"], note="Gọi thử rồi.")
    with app.app_context():
        today = clock.today()
    after = client.get(PUBLIC).text
    assert f"So với nguồn ngày {today:%d/%m/%Y}, còn đúng (giáo viên duyệt bài)" in after.replace("\n", "")
    assert "Hằng" not in after and "Gọi thử" not in after and "Chưa ai kiểm tra lại" not in after
    assert "Gọi thử rồi." in as_("hang").get(LIST).text
    assert not found(app, folder)["fact"].is_open


def test_a_source_that_says_something_else_stays_open_and_needs_a_line(
    app: Flask, as_: As, client: FlaskClient, folder: Path, editor: int
) -> None:
    claim = found(app, folder)["fact"]
    assert tick(as_("hang"), claim, "changed").startswith("422 ")
    assert tick(as_("hang"), claim, "changed", "Nay là 5656.").startswith("200 ")
    assert found(app, folder)["fact"].is_open
    assert "thấy nguồn đã khác, đang chờ sửa" in client.get(PUBLIC).text


def test_the_number_of_open_claims_is_that_of_the_list(
    app: Flask, world: World, as_: As, folder: Path, editor: int
) -> None:
    def count() -> int:
        with app.app_context():
            return claims_queries.count_open_claims(folder)

    assert count() == 3
    tick(as_("hang"), found(app, folder)["fact"])
    assert count() == 2 == sum(one.is_open for one in found(app, folder).values())
    tick(as_("hang"), found(app, folder)["fact"], "changed", "Nay là 5656.")
    assert count() == 3  # the newest check decides


def test_nothing_is_ticked_beforehand(as_: As, editor: int) -> None:
    page = as_("hang").get(LIST).text
    assert page.count('name="verdict"') == 6 and " checked" not in page


def test_a_claim_that_changed_counts_as_unchecked_and_an_old_page_is_refused(
    app: Flask, as_: As, client: FlaskClient, folder: Path, editor: int
) -> None:
    claim = found(app, folder)["fact"]
    tick(as_("hang"), claim)
    (folder / "facts.yml").write_text(FACTS.replace('vi: "156"', 'vi: "157"'), "utf-8")
    visitor_cache.forget()
    assert found(app, folder)["fact"].is_open and "Chưa ai kiểm tra lại" in client.get(PUBLIC).text
    assert "Với câu cũ:" in as_("hang").get(LIST).text
    refused = tick(as_("hang"), claim)
    assert refused.startswith("409 ") and "vừa được sửa" in refused
    with app.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(ClaimCheck)) == 1


def test_of_two_editors_at_once_the_later_sees_both(
    app: Flask, as_: As, world: World, folder: Path, editor: int
) -> None:
    claim = found(app, folder)["source"]
    assert tick(as_("hang"), claim, "changed", "Trang đã gỡ bài.").startswith("200 ")
    late = tick(as_("hang"), claim, "same", "Vẫn như cũ.")
    assert late.startswith("409 ") and "Vừa có người khác ghi." in late
    assert late.count("autofocus") == 1 and '<div class="errors" role="alert" tabindex="-1" autofocus><p>Vừa' in late
    assert "Trang đã gỡ bài." in late and 'value="Vẫn như cũ."' in late
    now = found(app, folder)["source"]
    assert len(now.checks) == 1 and now.is_open
    assert tick(as_("hang"), now, "same", "Bài có lại rồi.").startswith("200 ")
    assert "Trang đã gỡ bài." in as_("hang").get(LIST).text and "Bài có lại rồi." in as_("hang").get(LIST).text


def test_each_tick_has_a_row_in_the_audit_and_no_name_in_the_table(
    app: Flask, as_: As, folder: Path, editor: int
) -> None:
    claim = found(app, folder)["fact"]
    tick(as_("hang"), claim)
    with app.app_context():
        (row,) = db.session.scalars(sa.select(AuditRow).where(AuditRow.action == "check_claim"))
        assert (row.actor_id, row.facts["claim"], row.facts["verdict"]) == (editor, claim.key, "same")
    assert not [column for column in ClaimCheck.__table__.columns if column.foreign_keys]


def test_only_named_editors_see_the_list_and_tick(app: Flask, as_: As, folder: Path, editor: int) -> None:
    claim = found(app, folder)["fact"]
    form = {"claim": claim.key, "wording": claim.wording, "verdict": "same"}
    for who in ("minh", "lan", "quang", "admin1"):
        client = as_(who)
        assert client.get(LIST).status_code == 404, who
        assert client.post(LIST, data=form).status_code == 404, who
    with app.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(ClaimCheck)) == 0


def test_a_stranger_is_asked_to_sign_in(client: FlaskClient, editor: int) -> None:
    assert client.get(LIST).status_code in {302, 401}
    assert client.post(LIST, data={"claim": "fact:so-thu"}).status_code in {302, 400, 401}
    assert client.post(PUBLIC).status_code == 405


def test_bad_input_stores_nothing(app: Flask, as_: As, folder: Path, editor: int) -> None:
    claim, hang = found(app, folder)["fact"], as_("hang")
    form = {"claim": claim.key, "wording": claim.wording, "verdict": "same", "note": "", "seen": "0"}
    for changed, status in (
        ({"verdict": ""}, 422),
        ({"verdict": "maybe"}, 422),
        ({"note": "x" * 201}, 422),
        ({"note": "Gọi cô Ba 0912 345 678."}, 422),
        ({"claim": "fact:khong-co"}, 404),
        ({"claim": ""}, 404),
        ({"wording": ""}, 409),
        ({"seen": ""}, 409),
        ({"seen": "7"}, 409),
    ):
        assert hang.post(LIST, data=form | changed).status_code == status, changed
        with app.app_context():
            assert db.session.scalar(sa.select(sa.func.count()).select_from(ClaimCheck)) == 0, changed


def test_the_command_asks_for_the_role_itself(app: Flask, world: World, folder: Path, editor: int) -> None:
    claim = found(app, folder)["fact"]
    with app.app_context():
        for who, held in (("hang", {"lead"}), ("quang", {"coordinator"})):
            with pytest.raises(NotFound):
                claims_commands.check_claim(person(world[who]), held, folder, claim.key, claim.wording, "same", "", 0)
        with pytest.raises(Conflict):
            claims_commands.check_claim(person(editor), {"teacher"}, folder, claim.key, "x", "same", "", 0)


def test_the_pages_of_a_long_list(as_: As, editor: int) -> None:
    hang = as_("hang")
    for page in ("0", "-1", "99", "x", "1"):
        assert hang.get(f"{LIST}?page={page}").status_code == 200


def test_the_report_prints_open_claims_in_this_order(app: Flask, world: World, folder: Path, editor: int) -> None:
    with app.app_context():
        progress_commands.reach_step(world["minh"], "vao-lop", 1)
    printed = CliRunner().invoke(group, ["report", "--by-readers"], obj=ScriptInfo(create_app=lambda: app))
    assert printed.exit_code == 0 and printed.output.startswith("## Việc cần kiểm tra: 3\n- source:")


def test_the_public_page_in_english(app: Flask, client: FlaskClient, folder: Path, editor: int) -> None:
    page = client.get(f"{PUBLIC}?lang=en").text
    assert "156" in page and client_of(app, editor).get(PUBLIC).status_code == 200


def test_what_could_not_be_checked_is_closed_only_with_a_line_of_where(
    app: Flask, as_: As, folder: Path, editor: int
) -> None:
    page = as_("hang").get(LIST).text
    assert "Đã xem được, đúng như bài" in page and "Đã xem được, khác bài" in page
    claim = found(app, folder)["unverified"]
    for verdict in ("same", "changed"):
        refused = tick(as_("hang"), claim, verdict, "  ")
        assert refused.startswith("422 ") and "đã xem ở đâu, máy hay trang nào" in refused
    assert found(app, folder)["unverified"].is_open
    done = tick(as_("hang"), claim, "same", "Máy Android ở phòng học.")
    assert done.startswith("200 ") and "Trang các số liệu" not in done and "đúng như bài (giáo viên" in done
    assert not found(app, folder)["unverified"].is_open


def write(folder: Path, old: str, new: str) -> None:
    (folder / "facts.yml").write_text(FACTS.replace(old, new), "utf-8")
    visitor_cache.forget()


def test_the_english_value_is_shown_to_editors_and_part_of_what_is_checked(
    app: Flask, as_: As, client: FlaskClient, folder: Path, editor: int
) -> None:
    write(folder, 'en: "156"', 'en: "156 (free)"')
    assert '<b lang="en">156 (free)</b>' in as_("hang").get(LIST).text
    tick(as_("hang"), found(app, folder)["fact"])
    assert not found(app, folder)["fact"].is_open
    write(folder, 'en: "156"', 'en: "157"')
    assert found(app, folder)["fact"].is_open
    assert '<b lang="en">157</b>' in client.get(f"{PUBLIC}?lang=en").text
    write(folder, ', en: "156"', "")
    assert '<b lang="vi">156</b>' in client.get(f"{PUBLIC}?lang=en").text


def test_the_public_page_says_the_day_of_writing_and_the_lessons(
    client: FlaskClient, folder: Path, editor: int
) -> None:
    assert "Ghi vào bài ngày 01/11/2026." in client.get(PUBLIC).text and "Dùng trong bài" not in client.get(PUBLIC).text
    text = folder / "lessons" / "otp" / "vi.md"
    text.parent.mkdir(parents=True)
    text.write_text("Gọi {fact:so-thu}.", "utf-8")
    visitor_cache.forget()
    page = client.get(PUBLIC).text
    assert "Dùng trong bài:" in page and 'href="/lessons/otp"' in page and "Nguồn ghi ngày" not in page


@pytest.mark.parametrize(("days", "shown"), [(1, True), (0, False), (-1, False)])
def test_of_the_stated_day_and_the_last_check_the_public_page_says_the_later(
    app: Flask, as_: As, client: FlaskClient, folder: Path, editor: int, days: int, shown: bool
) -> None:
    with app.app_context():
        day = clock.today() + timedelta(days=days)
    write(folder, "as_of: 2026-11-01", f"as_of: 2026-11-01\n    verified_on: {day}")
    assert f"Kiểm tra ngày {day:%d/%m/%Y}, còn đúng" in client.get(PUBLIC).text
    tick(as_("hang"), found(app, folder)["fact"], "changed", "Nay là 5656.")
    page = client.get(PUBLIC).text
    assert (f"Kiểm tra ngày {day:%d/%m/%Y}, còn đúng" in page, "thấy nguồn đã khác" in page) == (shown, not shown)
