"""Pages of handovers, loans and thanks: each sees what is theirs, the record on paper, what the pages cost."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.devices import loan_fixtures as made
from tests.factories import World, person
from tests.insights.pdf_text import words_of
from tutoring.accounts.erasure import erase_account
from tutoring.devices.handovers import commands as handovers_commands
from tutoring.devices.thanks import commands as thanks_commands
from tutoring.kernel import clock, rate_limits

As = Callable[[str], FlaskClient]


def main(page: str) -> str:
    """What the main part of a page says, without its marks."""
    text = page[page.index("<main") : page.index("</main>")]
    return " ".join(re.sub(r"<[^>]+>", " ", text).split())


@pytest.mark.full
def test_staff_set_a_place_and_a_day_and_hand_over_at_the_table(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        need = made.approved(world, made.found_officer(world), made.ready(world, "R58-SERIAL"))
    mai, ward = as_("mai"), world["phuong"]
    assert "Thêm một nơi công cộng trước" in mai.get(f"/device-needs/{need}/handover").text
    typed = {"name": "Trung tâm Phục vụ hành chính công", "address": "12 đường Cây Bàng"}
    refused = mai.post(f"/units/{ward}/handover-points", data=typed)
    assert refused.status_code == 422 and "không phải nhà riêng" in refused.text and typed["address"] in refused.text
    assert mai.post(f"/units/{ward}/handover-points", data=typed | {"public": "y"}).status_code == 302
    assert f"/device-needs/{need}/handover" in mai.get(f"/units/{ward}/device-handovers").text
    found = re.search(r'<option value="(\d+)"', mai.get(f"/device-needs/{need}/handover").text)
    assert found is not None
    day = clock.local(made.at()).date().isoformat()
    late = mai.post(f"/device-needs/{need}/handover", data={"point": found[1], "day": day, "time": "20:00"})
    assert late.status_code == 422 and 'value="20:00"' in late.text
    sent = mai.post(f"/device-needs/{need}/handover", data={"point": found[1], "day": day, "time": "9:00"})
    path = sent.location
    lan = main(as_("lan").get(path).text)
    shown = re.search(r"Số cần đọc khi nhận (\d{4})", lan)
    assert shown is not None and "Không phải đóng tiền" in lan and "12 đường Cây Bàng" in lan
    assert shown[1] not in main(mai.get(path).text)
    data = {"number": shown[1], "condition": "good", "accessories": ["charger"], "due_on": clock.today().isoformat()}
    unsigned = mai.post(f"{path}/hand-over", data=data)
    assert unsigned.status_code == 422 and "cùng ký" in unsigned.text
    assert mai.post(f"{path}/hand-over", data=data | {"signed": "y"}).status_code == 302
    page = main(mai.get(path).text)
    assert "Đã bàn giao" in page and "/demo-phuong" in page
    assert mai.get(f"{path}/hand-over").status_code == 409


def test_a_passphrase_that_was_typed_is_never_sent_back(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        path = f"/device-handovers/{made.planned(world)}/hand-over"
    answer = as_("mai").post(path, data={"passphrase": "bí mật của ba mẹ", "condition": "good", "signed": "y",
                                         "due_on": clock.today().isoformat()})  # fmt: skip
    assert answer.status_code == 422 and "bí mật của ba mẹ" not in answer.text and "chưa đúng" in answer.text


def test_the_draft_and_the_record_say_what_was_handed_over_and_no_number_of_a_person(
    app: Flask, world: World, as_: As
) -> None:
    with app.app_context():
        handover_id = made.planned(world, "R58-SERIAL")
        row = made.handover(handover_id)
        imei, label, number = row.device.imei or "", row.device.code, row.number or ""
    path = f"/device-handovers/{handover_id}/record.pdf"
    mai, lan = as_("mai"), as_("lan")
    draft = mai.get(path)
    said = words_of(draft.data)
    assert draft.mimetype == "application/pdf" and "no-store" in draft.headers["Cache-Control"]
    for words in ("BIÊN BẢN", "Bàn giao máy", "ngày ..... tháng .....", "Bản để ký",
                  "R58-SERIAL", imei, label, "Chị Lan Minh Hoạ", "Minh",
                  "Đã xoá hết dữ liệu", "Không ai phải đóng tiền", "Trung tâm Phục vụ hành chính công"):  # fmt: skip
        assert words in said, words
    assert number not in said.split() and not re.search(r"(?<!\d)\d{12}(?!\d)", said)
    assert b"/Lang (vi)" in draft.data and b"/Outlines" in draft.data and b"/Title" in draft.data
    assert lan.get(path).status_code == 404  # until it is signed it is the ward's sheet
    for name in ("bay", "minh", "hang", "muoi"):
        assert as_(name).get(path).status_code in (403, 404), name
    with app.app_context():
        handovers_commands.hand_over(person(world["mai"]), handover_id, made.told(made.handover(handover_id)))
    said = words_of(lan.get(path).data)
    assert (
        f"Biên bản bàn giao số BB-{clock.today().year}-0001/demo-phuong" in said
        and "Cô Mai Minh Hoạ" in said
        and "Củ sạc" in said
    )
    assert "hẹn trả ngày" in said and not re.search(r"(?<!\d)\d{12}(?!\d)", said)


@pytest.mark.full
def test_the_return_has_a_record_too(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        loan_id = made.lent(world, "R58-SERIAL")
    path = f"/device-loans/{loan_id}"
    assert as_("lan").get(f"{path}/record.pdf").status_code == 409
    mai = as_("mai")
    assert mai.post(f"{path}/take-back", data={}).status_code == 422
    assert mai.post(f"{path}/take-back", data={"condition": "worn", "accessories": ["charger"]}).status_code == 302
    assert "Còn thiếu Dây cáp" in main(mai.get(path).text)
    said = words_of(as_("lan").get(f"{path}/record.pdf").data)
    for words in ("BIÊN BẢN", "Trả máy", "Theo biên bản bàn giao số", "R58-SERIAL", "Dây cáp", "không phải đóng tiền"):
        assert words in said, words
    assert as_("minh").get(f"{path}/record.pdf").status_code == 404


def test_a_family_sees_its_machines_and_the_pupil_decides_nothing(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        loan_id = made.lent(world)
        made.handed(world, "SN-0002", "bay", True, donor="muoi")
    lan, minh, bay = as_("lan"), as_("minh"), as_("bay")
    for client in (lan, minh):
        page = client.get("/devices/loans").text
        assert f"/device-loans/{loan_id}" in page and "còn" in main(page) and "/d/" in page
        assert "nhan-may-tang-may-muon" in page
    assert "Gửi lời cảm ơn" in main(lan.get("/devices/loans").text)
    assert "Gửi lời cảm ơn" not in main(minh.get("/devices/loans").text)
    own = main(minh.get(f"/device-loans/{loan_id}").text)
    assert "nói với ba mẹ" in own and "Xin mượn thêm" not in own and "Báo phường" not in own and "Mai" not in own
    for act in ("renewal", "told"):
        assert minh.post(f"/device-loans/{loan_id}/{act}", data={"told": "lost", "sure": "y"}).status_code == 404
    assert "Máy là của gia đình" in main(bay.get("/devices/loans").text)
    assert "Chưa có máy nào" in main(as_("khoa").get("/devices/loans").text)
    assert 'href="/devices"' in lan.get("/account").text and 'href="/devices/loans"' in minh.get("/account").text
    assert 'href="/devices' not in as_("khoa").get("/account").text


def test_a_family_asks_and_tells_and_staff_answer_on_pages(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        loan_id = made.lent(world)
        due = made.loan(loan_id).due_on
    path = f"/device-loans/{loan_id}"
    assert "từ 30 ngày trước" in main(as_("lan").get(path).text)
    with clock.travel(made.morning(due - timedelta(days=10))):
        lan, mai = as_("lan"), as_("mai")
        lan.post(f"{path}/renewal")
        assert "đang chờ phường trả lời" in main(lan.get(path).text)
        assert f"{path}" in mai.get(f"/units/{world['phuong']}/device-loans?show=renewal").text
        new = (due + timedelta(days=60)).isoformat()
        mai.post(f"{path}/answer", data={"yes": "1", "due_on": new})
        assert "Đã mượn thêm" in main(mai.get(path).text)
        unsure = lan.post(f"{path}/told", data={"told": "broken"})
        assert unsure.status_code == 422 and "<details open>" in unsure.text
        lan.post(f"{path}/told", data={"told": "broken", "sure": "y"})
        assert "Máy bị hỏng" in main(mai.get(f"/units/{world['phuong']}/device-loans?show=told").text)
        assert mai.post(f"{path}/write-off", data={"reason": ""}).status_code == 422
        mai.post(f"{path}/write-off", data={"reason": "Đã cùng tìm hai tuần"})
        assert "tìm hai tuần" not in lan.get(path).text
        mai.post(f"{path}/found")
        assert "Đã tìm thấy máy" not in mai.get(path).text


@pytest.mark.full
def test_staff_see_that_an_account_is_closed(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        loan_id = made.lent(world)
        erase_account(world["lan"])
    mai = as_("mai")
    assert "theo biên bản giấy" in main(mai.get(f"/units/{world['phuong']}/device-loans").text)
    assert "theo biên bản giấy" in main(mai.get(f"/device-loans/{loan_id}").text)
    sent = mai.post(f"/device-loans/{loan_id}/take-back", data={"condition": "good"})
    assert sent.status_code == 302


def test_thanks_tell_nothing_of_who_wrote_them(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        need = made.loan(made.lent(world)).need_id
    lan, mai, bay = as_("lan"), as_("mai"), as_("bay")
    refused = lan.post(f"/device-needs/{need}/thanks", data={"words": "Gọi em 0912 345 678 nhé"})
    assert refused.status_code == 422
    assert lan.post(f"/device-needs/{need}/thanks", data={"words": "Cảm ơn cô chú nhiều lắm"}).status_code == 302
    desk = main(mai.get(f"/units/{world['phuong']}/device-thanks").text)
    found = re.search(r"/device-thanks/(\d+)/pass", mai.get(f"/units/{world['phuong']}/device-thanks").text)
    assert found is not None and "Cảm ơn cô chú" in desk and "Lan" not in desk and "Bảy" not in desk
    assert "Cảm ơn cô chú" not in bay.get("/devices/thanks").text
    mai.post(f"/device-thanks/{found[1]}/pass")
    came = main(bay.get("/devices/thanks").text)
    assert "Từ gia đình nhận máy" in came and "Cảm ơn cô chú" in came
    for name in ("Lan", "Minh", "Khu phố", "Lớp"):
        assert name not in came
    bay.post(f"/device-thanks/{found[1]}/answer", data={"words": "Chúc em học tốt"})
    assert "Bạn đã trả lời" in main(bay.get("/devices/thanks").text)
    with app.app_context():
        query = thanks_commands.standing([need], "donor")
        thanks_commands.pass_thanks(person(world["mai"]), query[need].id)
    back = main(lan.get("/devices/thanks").text)
    assert "Từ người tặng máy" in back and "Bảy" not in back


def test_a_donor_without_an_account_reads_what_the_desk_passed_on(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        loan = made.loan(made.lent(world))
        need, code = loan.need_id, loan.device.offer.story_code
        thanks_commands.thank(person(world["lan"]), need, "Cảm ơn cô chú nhiều lắm")
    mai, visitor = as_("mai"), app.test_client()
    assert "Cảm ơn cô chú" not in visitor.get(f"/devices/story/{code}").text
    with app.app_context():
        thanks_commands.pass_thanks(person(world["mai"]), thanks_commands.standing([need], "family")[need].id)
    story = main(visitor.get(f"/devices/story/{code}").text)
    assert "Từ gia đình nhận máy Cảm ơn cô chú nhiều lắm" in story
    assert "Lan" not in story and "Minh" not in story.replace("Phường Minh Hoạ", "")
    assert mai.get("/devices/story/AAAABBBBCCCC").status_code == 404


def test_the_page_of_a_machine_leads_to_the_need_and_the_loan_where_it_is_taken_back(
    app: Flask, world: World, as_: As
) -> None:
    with app.app_context():
        loan_id = made.lent(world)
        row = made.loan(loan_id)
        device, need, nobodys = row.device_id, row.need_id, made.ready(world, "SN-0002")
    mai = as_("mai")
    page = mai.get(f"/devices/{device}").text
    assert f'href="/device-loans/{loan_id}"' in page and f'href="/devices/needs/{need}"' in page
    assert mai.get(f"/device-loans/{loan_id}").status_code == mai.get(f"/devices/needs/{need}").status_code == 200
    assert "/device-loans/" not in mai.get(f"/devices/{nobodys}").text
    mai.post(f"/device-loans/{loan_id}/write-off", data={"reason": "Gia đình báo mất", "sure": "y"})
    assert "Ghi là tìm thấy" in main(mai.get(f"/devices/{device}").text)


def test_who_reads_stands_before_the_words(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        need = made.loan(made.lent(world)).need_id
    page = as_("lan").get(f"/device-needs/{need}/thanks").text
    assert page.index("data-readers") < page.index('name="words"')


PAGES_AND_MOST = [
    ("lan", "/devices/loans", 14),
    ("lan", "/device-loans/{loan}", 19),
    ("mai", "/device-loans/{loan}", 18),
    ("mai", "/device-handovers/{handover}", 14),
    ("mai", "/units/{ward}/device-loans", 11),
    ("mai", "/units/{ward}/device-handovers", 11),
    ("mai", "/units/{ward}/device-handovers?tab=past", 11),
    ("mai", "/units/{ward}/device-thanks", 11),
    ("bay", "/devices/thanks", 10),
]


@pytest.mark.full
def test_what_the_pages_cost_does_not_grow_with_the_machines(
    app: Flask, world: World, as_: As, queries: list[str]
) -> None:
    with app.app_context():
        loan_id = made.lent(world)
        need = made.loan(loan_id).need_id
        thanks_commands.pass_thanks(
            person(world["mai"]), thanks_commands.thank(person(world["lan"]), need, "Cảm ơn nhiều").id
        )
        known = {"loan": loan_id, "handover": made.loan(loan_id).handover_id, "ward": world["phuong"]}
    pages = [(name, path.format(**known), most) for name, path, most in PAGES_AND_MOST]
    clients = {name: as_(name) for name, _path, _most in pages}
    costs: dict[tuple[str, str], list[int]] = {(name, path): [] for name, path, _most in pages}
    for serial, who, donor in (("", "", ""), ("SN-0002", "an", "bay"), ("SN-0003", "bay", "muoi")):
        if serial:
            with app.app_context():
                other = made.loan(made.lent(world, serial, who, donor=donor))
                thanks_commands.thank(person(other.receiver_id), other.need_id, "Cảm ơn nhiều")
        for name, path, _most in pages:
            rate_limits.clear()
            clients[name].get(path)
            queries.clear()
            assert clients[name].get(path).status_code == 200
            costs[name, path].append(sum(not one.startswith(("BEGIN", "COMMIT", "ROLLBACK")) for one in queries))
    for name, path, most in pages:
        first, second, third = costs[name, path]
        assert second == third and first <= second <= most, (name, path, costs[name, path])
