"""Pages of needs: each sees what is theirs, staff decide, and the basis stands before nobody but those who decide."""

import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.devices import need_fixtures as build
from tests.devices.need_fixtures import asked, confirmed, device, machine, proposed, row
from tests.factories import World, client_of, person
from tutoring.devices.allocation import commands as allocation_commands
from tutoring.devices.labels import BASIS_IN_A_LIST, BASIS_WORDS
from tutoring.kernel import rate_limits
from tutoring.kernel.db import db

As = Callable[[str], FlaskClient]

ASK = {"kind": "device", "wants": "any", "at_home": "none", "learners": "2", "elsewhere": "no"}


def main(page: str) -> str:
    """What the main part of a page says, without its marks."""
    text = page[page.index("<main") : page.index("</main>")]
    return " ".join(re.sub(r"<[^>]+>", " ", text).split())


def made(app: Flask, act: Callable[[], int]) -> int:
    with app.app_context():
        found = act()
        db.session.remove()
    return found


def test_a_guardian_asks_on_a_page_and_finds_it_again(app: Flask, world: World, as_: As) -> None:
    lan = as_("lan")
    assert "Bạn chưa gửi đăng ký nào" in main(lan.get("/devices/needs").text)
    page = main(lan.get("/devices/needs/new").text)
    assert "Không cần giấy tờ, không gửi ảnh." in page and "người khác chỉ thấy là gia đình cần hỗ trợ" in page
    assert "<textarea" not in lan.get("/devices/needs/new").text and 'type="file"' not in page
    sent = lan.post("/devices/needs/new", data={**ASK, "person": str(world["minh"])})
    assert sent.status_code == 302
    page = main(lan.get(sent.location).text)
    assert "Chờ xác nhận" in page and "Bạn không phải nộp giấy tờ" in page and "2 người" in page
    assert "Chờ xác nhận" in main(lan.get("/devices/needs").text)
    assert "Chưa có đăng ký nào cho em" in main(as_("an").get("/devices/needs").text)
    minh = as_("minh")
    assert "Chờ xác nhận" in main(minh.get(sent.location).text)  # the pupil sees how it stands


@pytest.mark.parametrize(("change", "said"), [({"at_home": ""}, "Hãy chọn nhà mình hiện có gì."),
                                              ({"learners": "nhiều"}, "Hãy ghi một số từ 1 đến 9."),
                                              ({"elsewhere": ""}, "Hãy chọn chưa hoặc đã có."),
                                              ({"person": ""}, "Hãy chọn người sẽ dùng.")])  # fmt: skip
def test_a_refused_form_keeps_what_was_chosen(world: World, as_: As, change: dict[str, str], said: str) -> None:
    data = {**ASK, "person": str(world["minh"]), "wants": "laptop", **change}
    answer = as_("lan").post("/devices/needs/new", data=data)
    assert answer.status_code == 422 and said in answer.text
    assert '<option selected value="laptop">' in answer.text


def test_a_minor_reads_who_may_ask(as_: As) -> None:
    answer = as_("minh").get("/devices/needs/new")
    assert answer.status_code == 403 and "ba mẹ hoặc thầy cô" in answer.text


def test_a_teacher_asks_for_a_family_and_comes_back_to_the_class(app: Flask, world: World, as_: As) -> None:
    hang = as_("hang")
    path = f"/devices/needs/new?for={world['minh']}"
    assert "Gửi giúp gia đình của" in main(hang.get(path).text)
    sent = hang.post(path, data=ASK)
    assert sent.status_code == 302 and f"/units/{world['lop6a']}/needs" in sent.location
    assert "Minh" in main(hang.get(sent.location).text)
    assert as_("bay").get(path).status_code == 404
    assert hang.get("/devices/needs/new?for=999999").status_code == 404


def test_everybody_reads_the_order_and_where_it_comes_from(client: FlaskClient) -> None:
    page = main(client.get("/devices/order").text)
    order = ("Căn cứ mà phường", "Nhà đang có gì", "Ưu tiên trẻ đang đi học", "Ưu tiên nhà chưa nhận gì",
             "Ưu tiên nhà nhiều người", "Ai đăng ký trước xếp trước")  # fmt: skip
    at = [page.index(words) for words in order]
    assert at == sorted(at)
    assert [page.index(words) for words in BASIS_WORDS.values()] == sorted(page.index(w) for w in BASIS_WORDS.values())
    assert "14/2022/TT-BTTTT" in page and "không phải chế độ của Nhà nước" in page and "Chưa kiểm tra" in page
    client.post("/language", data={"language": "en"})
    page = client.get("/devices/order").text
    assert '<html lang="en">' in page and "Circular 14/2022/TT-BTTTT" in page


def test_the_family_sees_its_place_and_why(app: Flask, world: World, as_: As) -> None:
    need_id = made(app, lambda: confirmed(world))
    made(app, lambda: confirmed(world, "bay", "bay", basis="poor"))
    page = main(as_("lan").get(f"/devices/needs/{need_id}").text)
    assert "đứng thứ 2 trong 2 nhà đang chờ ở Phường Minh Hoạ" in page and "Ở nhà chưa có máy nào." in page


def test_a_device_goes_from_the_line_to_the_family_on_pages(app: Flask, world: World, as_: As) -> None:
    need_id, chosen = made(app, lambda: asked(world)), made(app, lambda: device(world))
    other, mai, hang = made(app, lambda: build.staff_of(world)), as_("mai"), as_("hang")
    listed = hang.get(f"/units/{world['lop6a']}/needs?tab=asked").text
    assert f"/devices/needs/{need_id}" in listed
    data = {"basis": "near_poor", "valid_until": "2020-01-01"}
    answer = hang.post(f"/devices/needs/{need_id}/confirm", data=data)
    assert answer.status_code == 422 and "phải sau hôm nay" in answer.text and "checked" in answer.text
    with app.app_context():
        data["valid_until"] = build.day().isoformat()
    assert hang.post(f"/devices/needs/{need_id}/confirm", data=data).status_code == 302
    page = mai.get(f"/units/{world['phuong']}/needs").text
    assert "Hộ cận nghèo" in page and "Minh" in page
    assert f'value="{chosen}"' in mai.get(f"/devices/needs/{need_id}/propose").text
    sent = mai.post(f"/devices/needs/{need_id}/propose", data={"device": str(chosen)})
    assert sent.status_code == 302 and "một người khác phải duyệt" in main(mai.get(sent.location).text)
    second = client_of(app, other)
    assert "1 đăng ký chờ người thứ hai duyệt" in main(second.get(f"/units/{world['phuong']}/needs").text)
    assert "Duyệt" in main(second.get(f"/devices/needs/{need_id}").text)
    assert second.post(f"/devices/needs/{need_id}/approve").status_code == 302
    with app.app_context():
        assert row(need_id).state == "approved" and machine(chosen).state == "reserved"
    assert "Hai người đã duyệt" in main(as_("lan").get(f"/devices/needs/{need_id}").text)


def test_a_counted_proposal_is_found_behind_its_link_whatever_it_is_for(app: Flask, world: World, as_: As) -> None:
    need_id = made(app, lambda: confirmed(world, kind="internet"))
    batch_id = made(app, lambda: build.batch(world))
    with app.app_context():
        allocation_commands.propose_vouchers(person(world["mai"]), batch_id, [need_id])
    other = client_of(app, made(app, lambda: build.staff_of(world)))
    page = other.get(f"/units/{world['phuong']}").text
    assert "1 đề xuất chờ người thứ hai duyệt" in main(page)
    listed = main(other.get(f"/units/{world['phuong']}/needs?tab=second").text)
    assert "Minh" in listed and "Không có lời nào ở đây" not in listed


def test_a_child_is_offered_no_form_of_grown_ups(as_: As) -> None:
    page = as_("an").get("/devices/order").text
    assert 'href="/devices/needs/new"' not in page and "Người lớn đăng ký giúp em" in main(page)
    assert 'href="/devices/needs/new"' in as_("lan").get("/devices/order").text


def test_whoever_belongs_to_no_ward_is_offered_no_form_that_needs_one(as_: As) -> None:
    admin = as_("admin1")
    for path, form in (("/devices", "/devices/offers/new"), ("/visits", "/visits/new"), ("/ask", 'name="topic"')):
        page = admin.get(path).text
        assert form not in page and "Bạn chưa thuộc" in main(page), path
        assert form in as_("bay").get(path).text, path


def test_empty_lists_of_a_class_lead_where_its_staff_may_go(world: World, as_: As) -> None:
    hang, place = as_("hang"), f"/units/{world['lop4a']}"
    page = hang.get(f"{place}/needs?tab=asked&kind=internet").text
    assert f'href="{place}/devices"' not in page and f'href="{place}"' in page


def test_a_ward_with_one_member_of_staff_is_told_to_wait(app: Flask, world: World, as_: As) -> None:
    path = f"/units/{world['phuong']}/needs"
    assert "Phường mới có một người phụ trách" in main(as_("mai").get(path).text)
    made(app, lambda: build.staff_of(world))
    assert "Phường mới có một người phụ trách" not in main(as_("mai").get(path).text)


def test_several_families_are_ticked_for_vouchers(app: Flask, world: World, as_: As) -> None:
    batch_id = made(app, lambda: build.batch(world))
    ids = [made(app, lambda: confirmed(world, kind="internet")),
           made(app, lambda: confirmed(world, "bay", "bay", kind="internet"))]  # fmt: skip
    mai, path = as_("mai"), f"/units/{world['phuong']}/needs/vouchers"
    assert "Công ty A: 30 GB, 30 ngày" in mai.get(path).text
    answer = mai.post(path, data={"batch": str(batch_id)})
    assert answer.status_code == 422 and "Hãy đánh dấu ít nhất một gia đình." in answer.text
    sent = mai.post(path, data={"batch": str(batch_id), "needs": [str(one) for one in ids]})
    assert sent.status_code == 302
    with app.app_context():
        assert {row(one).state for one in ids} == {"proposed"}


def test_a_duplicate_is_said_without_a_name_and_asks_for_a_reason(app: Flask, world: World, as_: As) -> None:
    first, second = made(app, lambda: confirmed(world)), made(app, lambda: confirmed(world, whose="an"))
    made(app, lambda: proposed(world, first))
    chosen, mai = made(app, lambda: device(world)), as_("mai")
    page = main(mai.get(f"/devices/needs/{second}/propose").text)
    assert "Trong nhà có một đăng ký khác đang được đề xuất hoặc đã duyệt." in page
    assert "Minh" not in page.split("Xem lại")[1]
    answer = mai.post(f"/devices/needs/{second}/propose", data={"device": str(chosen), "although": ""})
    assert answer.status_code == 422 and "Hãy ghi lý do vẫn đề xuất" in answer.text
    words = {"device": str(chosen), "although": "Hai em học khác buổi"}
    assert mai.post(f"/devices/needs/{second}/propose", data=words).status_code == 302
    other = client_of(app, made(app, lambda: build.staff_of(world)))
    assert "Hai em học khác buổi" in other.get(f"/devices/needs/{second}").text
    assert "Hai em học khác buổi" not in as_("lan").get(f"/devices/needs/{second}").text


def test_what_the_family_left_is_put_back_from_the_list(app: Flask, world: World, as_: As) -> None:
    other, need_id = made(app, lambda: build.staff_of(world)), made(app, lambda: confirmed(world))
    chosen = made(app, lambda: proposed(world, need_id))
    made(app, lambda: allocation_commands.approve_need(person(other), need_id).id)
    as_("lan").post(f"/devices/needs/{need_id}/withdraw")
    mai, path = as_("mai"), f"/units/{world['phuong']}/needs"
    assert "Gia đình đã rời, trả máy về kho" in main(mai.get(path).text)
    assert mai.post(f"/devices/needs/{need_id}/put-back").status_code == 302
    assert "Gia đình đã rời" not in main(mai.get(path).text)
    with app.app_context():
        assert machine(chosen).state == "ready"


def test_nobody_but_those_who_decide_reads_the_basis_anywhere(app: Flask, world: World, as_: As) -> None:
    need_id = made(app, lambda: confirmed(world, basis="poor_policy"))
    made(app, lambda: proposed(world, made(app, lambda: confirmed(world, "bay", "bay", basis="poor"))))
    paths = ["/", "/devices/needs", f"/devices/needs/{need_id}", f"/units/{world['phuong']}/needs", "/notices",
             f"/units/{world['lop6a']}/needs", f"/units/{world['truong']}/needs", f"/units/{world['kp3']}/needs",
             f"/units/{world['kp3']}", f"/groups/{world['phuong']}", f"/groups/{world['kp3']}"]  # fmt: skip
    words = [*BASIS_WORDS.values(), *BASIS_IN_A_LIST.values(), "poor", "nghèo"]
    for name in ("lan", "minh", "an", "khoa", "bay", "muoi", "hang", "admin1"):
        rate_limits.clear()
        client = as_(name)
        for path in paths:
            text = client.get(path).text
            assert not any(one in text for one in words), (name, path)
    quang, mai = as_("quang"), as_("mai")
    assert BASIS_WORDS["poor_policy"] in quang.get(f"/devices/needs/{need_id}").text  # confirmed it
    assert BASIS_WORDS["poor_policy"] not in quang.get(f"/units/{world['truong']}/needs").text
    assert BASIS_WORDS["poor_policy"] in mai.get(f"/devices/needs/{need_id}").text
    assert BASIS_IN_A_LIST["poor_policy"] in mai.get(f"/units/{world['phuong']}/needs").text
    with app.app_context():
        build.tie(world["mai"], world["minh"])
        db.session.remove()
    mai = as_("mai")
    assert BASIS_WORDS["poor_policy"] not in mai.get(f"/devices/needs/{need_id}").text  # her own family
    assert BASIS_IN_A_LIST["poor_policy"] not in mai.get(f"/units/{world['phuong']}/needs").text


PAGES = [("lan", "/devices/needs", 8), ("lan", "/devices/needs/new", 12), ("mai", "/units/{phuong}/needs", 22),
         ("mai", "/units/{phuong}/needs?tab=second", 22), ("hang", "/units/{lop6a}/needs", 22),
         ("mai", "/units/{phuong}/needs/vouchers?x=1", 22)]  # fmt: skip


@pytest.mark.full
def test_a_page_costs_the_same_however_many_wait(app: Flask, world: World, as_: As, queries: list[str]) -> None:
    pages = [(name, path.format(**world.units), most) for name, path, most in PAGES]
    clients = {name: as_(name) for name, _path, _most in pages}
    counts: dict[tuple[str, str], list[list[str]]] = {(name, path): [] for name, path, _most in pages}
    made(app, lambda: confirmed(world))
    made(app, lambda: confirmed(world, kind="internet"))
    made(app, lambda: build.batch(world))
    for n in range(2):
        for name, path, _most in pages:
            rate_limits.clear()
            clients[name].get(path)
            queries.clear()
            assert clients[name].get(path).status_code == 200
            counts[name, path].append([one for one in queries if one.startswith(("SELECT", "WITH"))])
        if n == 0:
            for more in range(4):
                user = made(app, lambda more=more: build.grown_up(world, f"n{more}"))
                made(app, lambda user=user: build.asked_and_confirmed(world, user))
                made(app, lambda user=user: build.asked_and_confirmed(world, user, "internet"))
            made(app, lambda: confirmed(world, whose="an"))
    for name, path, most in pages:
        few, many = counts[name, path]
        assert len(few) == len(many) <= most, "\n".join([name, path, *many])
