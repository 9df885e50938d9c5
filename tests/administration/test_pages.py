"""The pages of running the site: who comes in, what they change, what they tell."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import World, person
from tests.lessons import bank as banks
from tests.parametrize import some
from tests.swapped import swapped
from tutoring.accounts.models import SignIn
from tutoring.accounts.sign_ins import lifecycle
from tutoring.kernel import clock, holidays, overrides
from tutoring.kernel import site_settings as kernel_site_settings
from tutoring.kernel.audit import AuditRow
from tutoring.kernel.audit_anchors import AnchorFile
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.jobs import Job
from tutoring.policy.access_tables import ROUTES

As = Callable[[str], FlaskClient]
PLACES = ("", "/settings", "/settings/announcement", "/facts", "/facts/so-bao-ve-tre-em", "/holidays",
          "/holidays/2027-02-06", "/units", "/people", "/codes", "/failed", "/log")  # fmt: skip


@command
def _stepped_up_long_ago() -> None:
    db.session.execute(sa.update(SignIn).values(stepped_up_at=clock.now() - timedelta(minutes=11)))


@pytest.fixture
def admin(as_: As) -> FlaskClient:
    return as_("admin1")


def acts(app: Flask, action: str) -> list[AuditRow]:
    with app.app_context():
        return list(db.session.scalars(sa.select(AuditRow).where(AuditRow.action == action).order_by(AuditRow.id)))


def words(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


@pytest.mark.parametrize(
    "name",
    some("quang", "minh", rest=["hang", "mai", "muoi", "lan"]),
)
def test_nobody_but_whoever_runs_the_site_comes_in(as_: As, name: str) -> None:
    client = as_(name)
    assert {client.get(f"/admin{place}").status_code for place in PLACES} <= {403, 404}


def test_whoever_runs_the_site_opens_every_page(admin: FlaskClient) -> None:
    for place in PLACES:
        assert admin.get(f"/admin{place}").status_code == 200, place
    assert "Mở trang quản trị" in admin.get("/account").text


def test_without_the_second_factor_the_right_does_not_count(app: Flask, world: World) -> None:
    with app.app_context():
        user = person(world["admin1"])
        user.demo = False
        db.session.commit()
        token = command(lifecycle.begin_sign_in)(user, "test").token
    client = app.test_client()
    with client.session_transaction() as session:
        session["_user_id"], session["_fresh"] = token, True
    assert all(client.get(f"/admin{place}").status_code != 200 for place in PLACES)


def test_what_changes_something_asks_again_who_it_is(app: Flask, as_: As) -> None:
    client = as_("admin1")
    with app.app_context():
        _stepped_up_long_ago()
    for place in ("/settings/announcement", "/facts/so-bao-ve-tre-em", "/holidays/2027-02-06"):
        answer = client.get(f"/admin{place}")
        assert answer.status_code == 302 and "/confirm-it-is-you" in answer.location, place
    assert len([endpoint for endpoint in ROUTES if endpoint.startswith("administration.")]) == 17


def version(page: str) -> str:
    return re.search(r'name="version"[^>]*value="(\d+)"', page)[1]  # type: ignore[index]


def test_a_setting_is_changed_shown_and_put_back(app: Flask, admin: FlaskClient, client: FlaskClient) -> None:
    place = "/admin/settings/announcement"
    seen = version(admin.get(place).text)
    sent = {"value": "Tối nay nghỉ", "reason": "bảo trì", "version": seen}
    assert admin.post(place, data=sent).status_code == 302
    assert "Tối nay nghỉ" in client.get("/help").text
    second = admin.post(place, data={**sent, "value": "Câu khác"})  # as somebody who opened the page before
    assert second.status_code == 409
    assert "Người khác vừa sửa" in second.text and "Câu khác" in second.text and "Tối nay nghỉ" in second.text
    with app.app_context():
        change = overrides.history("option", "announcement")[0].id
    back = {"reason": "xong rồi", "version": version(admin.get(place).text)}
    assert admin.post(f"/admin/changes/option/{change}/put-back", data=back).status_code == 302
    assert "Tối nay nghỉ" not in client.get("/help").text
    assert [row.reason for row in acts(app, "change_option")] == ["bảo trì", "xong rồi"]


def test_a_setting_outside_its_bounds_or_without_a_reason_is_refused(admin: FlaskClient) -> None:
    place = "/admin/settings/hidden_after_reports"
    page = admin.post(place, data={"value": "9", "reason": "thử", "version": "0"})
    assert page.status_code == 422 and "từ 2 đến 3" in page.text
    assert admin.post(place, data={"value": "2", "reason": "", "version": "0"}).status_code == 422
    private = admin.post(place, data={"value": "2", "reason": "gọi 0912345678 nhé", "version": "0"})
    assert private.status_code == 422


def test_a_fact_is_changed_and_the_lesson_shows_it_at_once(app: Flask, admin: FlaskClient, client: FlaskClient) -> None:
    banks.may_change(app)
    place = "/admin/facts/dau-so-bao-lua-dao"
    page = admin.get(place).text
    assert "5656 hoặc 156" in page and "/lessons/lo-bam-link-la" in page
    sent = {"vi": "158", "en": "158", "source": "Thông báo ngày 27/11/2026", "source_url": "", "as_of": "2026-11-27",
            "verified_on": "", "reason": "đổi đầu số", "version": version(page)}  # fmt: skip
    before = client.get("/lessons/lo-bam-link-la").text
    assert admin.post(place, data=sent).status_code == 302
    after = client.get("/lessons/lo-bam-link-la").text
    assert "5656 hoặc 156" in before and "158" in after and "5656 hoặc 156" not in after
    assert "như trong tệp" in words(admin.get(place).text)
    bad = admin.post(place, data={**sent, "as_of": "2999-01-01", "version": "1"})
    assert bad.status_code == 422


def test_a_day_off_is_added_with_a_source_and_taken_back(app: Flask, admin: FlaskClient) -> None:
    day = clock.today().replace(year=clock.today().year + 1, month=3, day=3)
    place = f"/admin/holidays/{day}"
    sent = {"day": str(day), "vi": "Nghỉ bầu cử", "en": "Election day", "source": "https://chinhphu.vn/x",
            "reason": "thông báo mới", "version": version(admin.get(place).text)}  # fmt: skip
    assert admin.post(place, data={**sent, "source": "nghe nói"}).status_code == 422
    assert admin.post(place, data=sent).status_code == 302
    with app.app_context():
        assert holidays.holiday_on(day).name_vi == "Nghỉ bầu cử"  # type: ignore[union-attr]
    assert "Nghỉ bầu cử" in admin.get("/admin/holidays").text
    assert admin.post(place, data={**sent, "word": "none", "version": "1"}).status_code == 302
    with app.app_context():
        assert holidays.holiday_on(day) is None


def test_a_holiday_of_the_law_stays_one(app: Flask, admin: FlaskClient) -> None:
    sent = {"day": "2027-01-01", "vi": "x", "en": "x", "source": "", "reason": "thử", "version": "0", "word": "none"}
    assert admin.post("/admin/holidays/2027-01-01", data=sent).status_code == 422
    with app.app_context():
        assert holidays.holiday_on(date(2027, 1, 1)) is not None
    assert admin.get("/admin/holidays/mai").status_code == 404


@command
def fail(count: int, kind: str = "test.work", error: str = "ConnectionError") -> None:
    for n in range(count):
        db.session.add(Job(kind=kind, key=f"{kind}:{n}", run_at=clock.now(), attempts=8, failed_at=clock.now(),
                               last_error=error))  # fmt: skip


def test_failed_work_is_counted_tried_again_and_put_away(app: Flask, admin: FlaskClient) -> None:
    with app.app_context():
        fail(3)
        one = db.session.scalars(sa.select(Job.id).where(Job.kind == "test.work").order_by(Job.id)).first()
    assert "3 tác vụ lỗi" in admin.get("/admin").text
    page = words(admin.get("/admin/failed").text)
    assert "test.work" in page and "3 tác vụ chưa chạy được" in page and "ConnectionError" in page
    again = {"error": "ConnectionError", "only": str(one)}
    assert admin.post("/admin/failed/test.work/again", data=again).status_code == 302
    with app.app_context():
        row = db.session.get_one(Job, one)
        assert (row.failed_at, row.attempts, row.done_at) == (None, 0, None)
    assert admin.post("/admin/failed/test.work/other", data=again).status_code == 404
    away = {"error": "ConnectionError", "reason": ""}
    admin.post("/admin/failed/test.work/away", data=away)
    assert "2 tác vụ chưa chạy được" in words(admin.get("/admin/failed").text)  # without a reason nothing is put away
    admin.post("/admin/failed/test.work/away", data={**away, "reason": "máy thư đã đổi"})
    assert "Không có tác vụ lỗi" in admin.get("/admin/failed").text
    assert [(row.facts["count"], row.reason) for row in acts(app, "put_work_away")] == [(2, "máy thư đã đổi")]
    assert [row.facts["count"] for row in acts(app, "retry_work")] == [1]


def test_somebody_is_found_by_the_whole_name_alone_and_every_look_is_recorded(
    app: Flask, world: World, admin: FlaskClient
) -> None:
    page = admin.post("/admin/people", data={"handle": "minh", "reason": "phụ huynh hỏi"}).text
    assert "Chưa đăng nhập lần nào" in page or "Đăng nhập lần cuối" in page
    assert "Minh Hoạ" not in words(page).split("Tìm thấy")[1].split("Lớp 6A")[0]  # no full name of a pupil
    assert "Không tìm thấy ai" in admin.post("/admin/people", data={"handle": "min", "reason": "thử"}).text
    assert admin.post("/admin/people", data={"handle": "minh", "reason": ""}).status_code == 422
    rows = acts(app, "look_up")
    assert [(row.target, row.reason) for row in rows] == [(f"user:{world['minh']}", "phụ huynh hỏi"), ("user:-", "thử")]


def test_somebody_is_signed_out_everywhere_suspended_and_let_in_again(
    app: Flask, world: World, as_: As, admin: FlaskClient
) -> None:
    hang = as_("hang")
    assert hang.get("/account").status_code == 200
    place = f"/admin/people/{world['hang']}"
    admin.post(f"{place}/end-sign-ins", data={"reason": ""})
    assert hang.get("/account").status_code == 200
    admin.post(f"{place}/end-sign-ins", data={"reason": "mất điện thoại"})
    assert hang.get("/account").status_code == 302
    admin.post(f"{place}/suspend", data={"reason": "nghi bị chiếm"})
    with app.app_context():
        assert person(world["hang"]).state == "suspended"
    admin.post(f"{place}/restore", data={"reason": "đã rõ"})
    with app.app_context():
        assert person(world["hang"]).state == "active"
    assert [row.reason for row in acts(app, "end_sign_ins")] == ["mất điện thoại"]
    assert admin.post(f"{place}/rename", data={"reason": "x"}).status_code == 404
    own = f"/admin/people/{world['admin1']}/end-sign-ins"
    admin.post(own, data={"reason": "thử"})
    assert admin.get("/admin").status_code == 200


def test_units_are_found_by_name_without_marks_and_by_code(admin: FlaskClient) -> None:
    assert "Phường Minh Hoạ" in admin.get("/admin/units?q=phuong+minh").text
    assert "Lớp 6A" in admin.get("/admin/units?q=demo-lop6a").text
    assert "Không có đơn vị nào như vậy" in admin.get("/admin/units?q=sao+hoa").text


def test_the_log_is_read_by_person_act_and_day_and_reading_of_a_person_is_recorded(
    app: Flask, world: World, admin: FlaskClient
) -> None:
    with app.app_context():
        kernel_site_settings.put(person(world["admin2"]), "contact", "028 3822", "mới có số")
    assert "mới có số" in admin.get("/admin/log?action=change_option").text
    assert "mới có số" not in words(admin.get("/admin/log?action=suspend").text)
    assert acts(app, "read_log") == []
    assert "mới có số" in admin.get("/admin/log?who=admin2").text
    assert "mới có số" not in admin.get("/admin/log?who=admin2&day=2020-01-01").text
    assert {row.target for row in acts(app, "read_log")} == {f"user:{world['admin2']}"}
    assert "Không có đúng một người" in admin.get("/admin/log?who=khong-ai").text
    assert admin.get("/admin/log?before=1").status_code == 200


def test_the_chain_is_checked_from_the_page(app: Flask, admin: FlaskClient, tmp_path: Path) -> None:
    # other tests leave theirs of chains that are gone
    with swapped(app, anchor_file=AnchorFile(tmp_path / "anchors.jsonl", "")):
        assert "không dòng nào bị sửa" in admin.post("/admin/chain").text
