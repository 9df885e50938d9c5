"""Pages of training: what the officer sees, what who is trained sees, forms that keep what was typed."""

import csv
import io
import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import World, person
from tests.training.fixtures import (
    OTP,
    TEACH,
    announced,
    held_today,
    in_days,
    leads,
    learns,
    put_on,
    row_of,
    seats,
    stands,
)
from tutoring.accounts.models import User
from tutoring.community import commands as community
from tutoring.community.join_codes.commands import use_code
from tutoring.community.models import Membership
from tutoring.kernel import clock
from tutoring.kernel.db import db
from tutoring.training import seats as training_seats
from tutoring.training.models import TrainingAssignment, TrainingSession

pytestmark = pytest.mark.usefixtures("tracks")

As = Callable[[str], FlaskClient]


def words(page: str) -> str:
    return " ".join(page.split())


def typed(world: World, **more: str) -> dict[str, str]:
    return {
        "title": "Hướng dẫn bà con", "track": "khu-pho", "day": in_days(3).date().isoformat(), "time": "8 giờ 30",
        "minutes": "120", "place": "Phòng họp 2", "seats": "20", "leader": str(world["mai"]), "words": "Mang máy theo",
        **more,
    }  # fmt: skip


def test_an_officer_announces_a_session_and_a_lead_takes_a_seat(app: Flask, world: World, as_: As) -> None:
    mai, muoi, ward = as_("mai"), as_("muoi"), world["phuong"]
    assert f"/units/{ward}/training" in mai.get(f"/units/{ward}/members").text
    assert mai.get(f"/units/{ward}/training/new?track=khu-pho").status_code == 200
    answer = mai.post(f"/units/{ward}/training/new", data=typed(world), follow_redirects=True)
    assert "Đã mở buổi tập huấn" in answer.text and "Mang máy theo" in answer.text and "08:30" in answer.text
    with app.app_context():
        number = db.session.scalars(sa.select(TrainingSession.id)).one()
    page = muoi.get("/training").text
    assert "Hướng dẫn bà con" in page and "còn 20 trên 20 chỗ" in page
    answer = muoi.post(f"/training/sessions/{number}/sign-up", follow_redirects=True)
    assert "Đã đăng ký" in answer.text and "Đã có chỗ" in answer.text and "còn 19 trên 20 chỗ" in answer.text
    assert "Trưởng" not in answer.text  # who else comes is for those who run it
    answer = muoi.post(f"/training/sessions/{number}/withdraw", follow_redirects=True)
    assert "Đã rút" in answer.text


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"title": ""}, "Hãy đặt tên cho buổi tập huấn."),
        ({"title": "Gọi 0912 345 678"}, "số điện thoại"),
        ({"track": "khong-co"}, "Hãy chọn một mục trong danh sách."),
        ({"day": "32/13"}, "Hãy chọn một ngày trong lịch."),
        ({"day": "2020-01-01"}, "Giờ này đã qua"),
        ({"time": "25:00"}, "Hãy ghi giờ theo kiểu 19:30."),
        ({"seats": "1"}, "Hãy ghi một số từ 2 đến 200."),
        ({"leader": "999999"}, "Hãy chọn một mục trong danh sách."),
        ({"place": ""}, "Hãy ghi nơi tập huấn"),
    ],
)
def test_a_wrong_form_says_so_and_keeps_what_was_typed(world: World, as_: As, wrong: dict[str, str], said: str) -> None:
    answer = as_("mai").post(f"/units/{world['phuong']}/training/new", data=typed(world, **wrong))
    assert answer.status_code == 422 and said in words(answer.text) and "Mang máy theo" in answer.text


def test_a_session_is_changed_and_cancelled_with_a_reason(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        number = announced(world, words="Lời cũ")
        training_seats.sign_up(person(world["muoi"]), number)
    mai = as_("mai")
    page = mai.get(f"/training/sessions/{number}/edit").text
    assert "Lời cũ" in page and 'value="08:00"' in page
    answer = mai.post(f"/training/sessions/{number}/edit", data=typed(world, seats="1"))
    assert answer.status_code == 422
    answer = mai.post(f"/training/sessions/{number}/edit", data=typed(world), follow_redirects=True)
    assert "Đã lưu" in answer.text and "08:30" in answer.text
    assert "đổi giờ hoặc đổi nơi" in as_("muoi").get("/notices").text
    page = mai.get(f"/training/sessions/{number}/cancel").text
    assert "1 người đã có chỗ" in words(page)
    assert mai.post(f"/training/sessions/{number}/cancel", data={"why": ""}).status_code == 422
    mai.post(f"/training/sessions/{number}/cancel", data={"why": "Phòng họp đang sửa"})
    assert "Phòng họp đang sửa" in as_("muoi").get(f"/training/sessions/{number}").text
    assert mai.post(f"/training/sessions/{number}/cancel", data={"why": "Nữa"}).status_code == 409
    assert mai.post(f"/training/sessions/{number}/edit", data=typed(world)).status_code == 409


def test_all_are_marked_at_once_and_what_was_ticked_wrongly_stays_on_the_sheet(
    app: Flask, world: World, as_: As
) -> None:
    with app.app_context():
        number = announced(world, at=clock.now() + timedelta(hours=1))
        training_seats.sign_up(person(world["muoi"]), number)
        learns(world["muoi"], TEACH, OTP)
        put_on(world, "bay")
    mai, page = as_("mai"), f"/training/sessions/{number}/attendance"
    assert "chưa bắt đầu" in mai.get(page).text and mai.post(page, data={"came": world["muoi"]}).status_code == 409
    with clock.travel(clock.now() + timedelta(hours=2)):
        shown = mai.get(page).text
        assert "Thấy làm được" in shown and "Người trong lộ trình chưa đăng ký" in shown
        assert "Chưa học xong" in shown  # bay
        answer = mai.post(page, data={"came": [str(world["bay"])], "seen": [f"{world['muoi']}:{TEACH}"]})
        assert answer.status_code == 422 and "Chỉ xác nhận" in answer.text and answer.text.count(" checked") == 2
        everybody = [str(world["muoi"]), str(world["bay"])]
        answer = mai.post(page, data={"came": everybody, "seen": [f"{world['muoi']}:{TEACH}"]}, follow_redirects=True)
        assert "Đã điểm danh" in answer.text and "Đã thấy làm được" in answer.text
        with app.app_context():
            assert stands(world["muoi"]).state == "ready"
            assert row_of(number).marked_at is not None
        for odd in ("x", "9" * 12, "٣"):
            assert mai.post(page, data={"came": odd, "seen": f"{odd}:x"}).status_code in (302, 422)


def test_the_ward_sees_who_is_ready_and_who_is_due(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        (other,) = leads(world, 1)
        learns(world["muoi"], TEACH, OTP)
        held_today(world, world["muoi"], seen=[(world["muoi"], TEACH)])
        learns(other, TEACH, quiz=False)
    mai, path = as_("mai"), f"/units/{world['phuong']}/training?track=khu-pho"
    page = words(mai.get(path).text)
    assert "1 sẵn sàng trên 2 người" in page
    assert "Chưa học xong: Mã OTP" in page and "Chưa đạt câu hỏi: Hướng dẫn" in page
    assert "Bác Mười" in page and "Trưởng nhóm 0" in page
    ready = words(mai.get(f"{path}&show=ready").text)
    assert "Bác Mười" in ready and "Trưởng nhóm 0" not in ready
    missing = words(mai.get(f"{path}&show=missing").text)
    assert "Bác Mười" not in missing and "Trưởng nhóm 0" in missing
    assert "Chưa ai đến hạn" in mai.get(f"{path}&show=due").text
    with clock.travel(clock.now() + timedelta(days=370)):
        later = as_("mai")
        due = words(later.get(f"{path}&show=due").text)
        assert "quá hạn" in due and "Bác Mười" in due and "Trưởng nhóm 0" not in due and "1 đến hạn" in due
        file = later.get(f"/units/{world['phuong']}/training?track=khu-pho&show=due&as=csv")
    rows = list(csv.reader(io.StringIO(file.data.decode("utf-8-sig"))))
    assert rows[0][0] == "Họ và tên" and [row[0] for row in rows[1:]] == ["Bác Mười Minh Hoạ"]
    assert rows[1][2] == "quá hạn" and rows[1][3] == "Cần dự lại một buổi tập huấn"


def test_people_are_paged_fifty_at_a_time_in_the_order_of_their_names(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        leads(world, 101)
    mai, path, seen, sizes = as_("mai"), f"/units/{world['phuong']}/training?track=khu-pho", [], []
    while path:
        page = mai.get(path).text
        here = [part.split("<")[0].strip() for part in page.split('<th scope="row">')[1:]]
        seen, sizes = [*seen, *here], [*sizes, len(here)]
        after = re.search(r'href="([^"]*[?&;]page=\d+[^"]*)">Trang sau', page)
        path = after[1].replace("&amp;", "&") if after else ""
    assert sizes == [50, 50, 2] and len(set(seen)) == 102
    with app.app_context():
        words_of = {one.full_name: one.name_words for one in db.session.scalars(sa.select(User))}
    assert seen == sorted(seen, key=lambda name: words_of[name]) and "Bác Mười Minh Hoạ" in seen


def test_what_the_table_costs_does_not_depend_on_how_many_there_are(
    app: Flask, world: World, as_: As, queries: list[str]
) -> None:
    mai, path = as_("mai"), f"/units/{world['phuong']}/training?track=khu-pho"

    def cost() -> int:
        mai.get(path)
        queries.clear()
        assert mai.get(path).status_code == 200
        return len([one for one in queries if not one.startswith(("BEGIN", "COMMIT", "ROLLBACK"))])

    before = cost()
    with app.app_context():
        for user_id in leads(world, 12):
            learns(user_id, OTP)
    assert cost() == before <= 30


def listed(page: str) -> list[tuple[str, str]]:
    """The rows of the table of people: name and how they are on the track."""
    found = re.findall(
        r'<th scope="row">([^<]+)</th>.*?data-label="Lộ trình này"><span class="tag[^>]*>(.*?)</span>', page, re.S
    )
    return [(name, re.sub(r"<[^>]+>", "", way).strip()) for name, way in found]


def boxes(page: str) -> list[str]:
    return re.findall(r'<input type="checkbox" name="member" value="(\d+)"', page)


def test_somebody_is_found_by_name_put_on_a_track_and_taken_off(world: World, as_: As) -> None:
    mai, path = as_("mai"), f"/units/{world['phuong']}/training/people"
    assert "Không có ai như vậy" in mai.get(f"{path}?track=quay&q=minh%20khong").text
    whole = mai.get(f"{path}?track=quay").text
    assert [name for name, _ in listed(whole)] == ["Chú Bảy Minh Hoạ", "Cô Mai Minh Hoạ", "Bác Mười Minh Hoạ"]
    by_unit = listed(mai.get(f"{path}?track=quay&q=khu%20pho%203&sort=-name").text)
    assert [name for name, _ in by_unit] == ["Bác Mười Minh Hoạ", "Chú Bảy Minh Hoạ"]
    page = mai.get(f"{path}?track=quay&q=bay").text
    assert listed(page) == [("Chú Bảy Minh Hoạ", "chưa có")]
    ids = boxes(page)
    assert "Chưa chọn ai" in mai.post(path, data={"track": "quay"}, follow_redirects=True).text
    data = {"track": "quay", "member": ids}
    answer = mai.post(f"{path}?track=quay&q=bay", data=data, follow_redirects=True)
    assert "Đã thêm 1 người vào lộ trình" in answer.text
    assert listed(answer.text) == [("Chú Bảy Minh Hoạ", "thêm bằng tay")]  # the same rows, in their new state
    assert "có lộ trình này rồi" in mai.post(path, data=data, follow_redirects=True).text
    bay = as_("bay")
    assert "Người ở quầy" in bay.get("/training").text and "/training" in bay.get("/").text
    for said in ("Đã bỏ 1 người khỏi lộ trình", "Chưa chọn ai đã thêm bằng tay"):  # another officer was quicker
        assert said in mai.post(f"{path}/remove", data=data, follow_redirects=True).text
    assert listed(mai.get(f"{path}?track=quay&show=hand").text) == []


def test_who_has_a_track_by_a_role_is_shown_and_has_no_box(world: World, as_: As) -> None:
    mai, path = as_("mai"), f"/units/{world['phuong']}/training/people?track=khu-pho"
    page = mai.get(f"{path}&show=role").text
    assert listed(page) == [("Bác Mười Minh Hoạ", "theo vai trò")] and boxes(page) == []
    assert "Mười" not in mai.get(f"{path}&show=none").text
    assert len(boxes(mai.get(path).text)) == 2 == mai.get(f"{path}&pick=all").text.count(" checked>")
    rows = list(csv.reader(io.StringIO(mai.get(f"{path}&as=csv&show=role").data.decode("utf-8-sig"))))
    assert [row[0] for row in rows] == ["Họ và tên", "Bác Mười Minh Hoạ"] and rows[1][3] == "theo vai trò"


def test_a_person_of_two_units_of_the_ward_is_one_row(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        db.session.add(
            Membership(user_id=world["bay"], unit_id=world["phuong"], role="learner", confirmed_at=clock.now())
        )
        db.session.commit()
    page = as_("mai").get(f"/units/{world['phuong']}/training/people?track=quay&q=bay").text
    assert len(listed(page)) == 1


def test_one_leaves_a_track_oneself(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        put_on(world, "bay", "quay")
        number = db.session.scalars(sa.select(TrainingAssignment.id)).one()
    answer = as_("bay").post(f"/training/assignments/{number}/leave", follow_redirects=True)
    assert "Bạn đã rời lộ trình này" in answer.text and "Bạn chưa có lộ trình" in answer.text


def test_one_s_own_page_says_what_comes_next(app: Flask, world: World, as_: As) -> None:
    muoi = as_("muoi")
    assert f"/lessons/{TEACH}" in muoi.get("/training").text and "chưa bắt đầu" in muoi.get("/training").text
    with app.app_context():
        learns(world["muoi"], TEACH, quiz=False)
    assert f"/lessons/{TEACH}/quiz" in muoi.get("/training").text
    with app.app_context():
        learns(world["muoi"], TEACH, OTP)
    assert "dự một buổi tập huấn" in muoi.get("/training").text
    with app.app_context():
        held_today(world, world["muoi"], seen=[(world["muoi"], TEACH)])
    page = words(muoi.get("/training").text)
    assert "sẵn sàng" in page and "Bạn đã xong mọi việc" in page and "Tập huấn có giá trị đến hết ngày" in page


def test_only_people_with_a_track_are_shown_the_way(as_: As) -> None:
    for name, shown in (("muoi", True), ("mai", True), ("bay", False), ("lan", False), ("minh", False)):
        assert ('href="/training"' in as_(name).get("/").text) is shown, name
    assert "Em chưa có lộ trình tập huấn" in as_("minh").get("/training").text


def test_the_city_sees_its_wards_as_lines(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        one, two = person(world["admin1"]), person(world["admin2"])
        other = community.create_unit(one, "demo-phuong-2", "ward", "Phường Hai", parent_id=world["tp"])
        code = community.create_code(one, world["tp"], "coordinator")
        if code.confirmed_at is None:
            community.confirm_code(two, code.id)
        member = use_code(person(world["lan"]), code.code)
        if member.state == "waiting":
            community.confirm_member(two, member.id)
        learns(world["muoi"], TEACH, OTP)
        held_today(world, world["muoi"], seen=[(world["muoi"], TEACH)])
        other_id = other.id
    lan = as_("lan")
    page = words(lan.get(f"/units/{world['tp']}/training").text)
    assert "1 / 1" in page and "0 / 0" in page and "Phường Hai" in page and "Bác Mười" not in page
    assert "Bác Mười" in lan.get(f"/units/{world['phuong']}/training?track=khu-pho").text
    assert lan.get(f"/units/{other_id}/training").status_code == 200
    assert as_("mai").get(f"/units/{world['tp']}/training").status_code == 404
    assert as_("mai").get(f"/units/{other_id}/training").status_code == 404
    assert as_("muoi").get(f"/units/{world['phuong']}/training").status_code == 404


def test_a_full_session_leads_to_the_waiting_list(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        number = announced(world, seats=2)
        for user_id in leads(world, 2):
            training_seats.sign_up(person(user_id), number)
    muoi = as_("muoi")
    assert "Vào danh sách chờ" in muoi.get("/training").text
    answer = muoi.post(f"/training/sessions/{number}/sign-up", follow_redirects=True)
    assert "Buổi này đã hết chỗ" in answer.text and "Chờ, số 1" in answer.text
    assert muoi.post(f"/training/sessions/{number}/sign-up", follow_redirects=True).status_code == 200
    with app.app_context():
        assert list(seats(number).values()) == ["in", "in", "waiting"]


def test_pages_stand_without_any_track(tracks: Path, world: World, as_: As) -> None:
    (tracks / "training.yml").write_text("schema: 1\ntracks: []\n", "utf-8")
    page = as_("mai").get(f"/units/{world['phuong']}/training")
    assert page.status_code == 200 and "Chưa có lộ trình tập huấn nào" in page.text
