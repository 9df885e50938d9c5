"""The pages of asking: from a step in one tap, beside an open request, and as a visitor."""

import re
from collections.abc import Callable
from io import BytesIO

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from markupsafe import escape

from tests.factories import World, person
from tests.pairing.awaiting_device.fixtures import lacks
from tests.pairing.offers.test_dispatch import at
from tests.parametrize import some
from tests.safety.pictures import photo
from tutoring.community.models import Unit
from tutoring.kernel import clock
from tutoring.kernel.db import db
from tutoring.kernel.errors import NotFound
from tutoring.lessons.catalogue import queries as catalogue_queries
from tutoring.lessons.catalogue.models import Lesson, LessonStep
from tutoring.lessons.skills.queries import skills
from tutoring.pairing.models import HelpRequest
from tutoring.pairing.offers import commands as offers_commands
from tutoring.pairing.requests import commands as requests_commands
from tutoring.pairing.requests import topics
from tutoring.pairing.requests.models import first_message_id, pictures_of
from tutoring.pairing.requests.queries import added_words, open_requests
from tutoring.policy.pairing.offers import FIRST_WORD_WITHIN
from tutoring.rooms.models import Message
from tutoring.welfare.models import Disclosure

As = Callable[[str], FlaskClient]
LESSON = "vao-lop-bang-duong-dan"
HERE = f"/ask?lesson={LESSON}&step=2"
BEATEN = "Dượng đánh em hoài, em sợ lắm"


def main(page: str) -> str:
    return page[page.index("<main") : page.index("</main")]


def hidden(page: str) -> dict[str, str]:
    """What the form of a page sends when nothing is touched: hidden fields and what is chosen."""
    found = dict(re.findall(r'<input[^>]*type="hidden"[^>]*name="([^"]+)"[^>]*value="([^"]*)"', page))
    for one in re.findall(r'<input type="radio"[^>]*>', page):
        if " checked" in one:
            name, value = re.search(r'name="([^"]+)"', one), re.search(r'value="([^"]*)"', one)
            assert name and value
            found[name[1]] = value[1]
    return found


def sheet(client: FlaskClient, path: str) -> dict[str, str]:
    page = client.get(path).text
    ids = dict(re.findall(r'<input id="(lesson|step)" name="\1" type="hidden" value="([^"]*)"', page))
    return hidden(main(page)) | ids


def open_one(app: Flask, user_id: int) -> HelpRequest:
    with app.app_context():
        (found,) = open_requests(user_id)
        db.session.expunge(found)
        return found


def test_from_a_step_nothing_has_to_be_filled_in(app: Flask, world: World, as_: As) -> None:
    minh = as_("minh")
    answer = minh.post("/ask", data=sheet(minh, HERE))
    assert answer.status_code == 302
    asked = open_one(app, world["minh"])
    with app.app_context():
        step = catalogue_queries.step(LESSON, 2, "vi")
    assert step.stuck is not None
    assert (asked.lesson_slug, asked.step_number, asked.topic) == (LESSON, 2, step.stuck["topic"])
    assert asked.words == step.stuck["ask"] and (asked.wish, asked.urgency) == ("now", 3)


def test_every_step_of_every_lesson_names_a_topic_and_has_a_sentence_ready(app: Flask) -> None:
    with app.app_context():
        known = skills()
        rows = db.session.execute(sa.select(Lesson, LessonStep).join(LessonStep)).all()
        assert rows
        for lesson, row in rows:
            step = catalogue_queries.find_step(lesson.slug, row.position, "vi")
            assert topics.topic_of(lesson, step) in known, (lesson.slug, row.position)
            assert len(topics.ready_sentences(True, step)) >= 3


@pytest.mark.parametrize(("name", "own", "others"), [("minh", "Em", r"\btôi\b"), ("bay", "Tôi", r"\bem\b")])
@pytest.mark.parametrize("every", some(7, rest=[1]))
def test_ready_sentences_speak_in_the_own_voice(app: Flask, name: str, own: str, others: str, every: int) -> None:
    with app.app_context():
        for row in db.session.scalars(sa.select(LessonStep)).all()[::every]:
            step = catalogue_queries.find_step(row.lesson_slug, row.position, "vi")
            said = topics.ready_sentences(name == "minh", step)
            assert any(own in one for one in said)
            assert not re.search(others, said[0], re.IGNORECASE) or step is None or not step.stuck, said[0]


def test_own_words_are_sent_in_the_place_of_the_sentence(app: Flask, world: World, as_: As) -> None:
    minh = as_("minh")
    minh.post("/ask", data=sheet(minh, HERE) | {"words": "Máy em hỏi mã phòng"})
    assert open_one(app, world["minh"]).words == "Máy em hỏi mã phòng"


@pytest.mark.parametrize(
    "say",
    some("99", "own", "²", rest=["-1", "1" * 400]),
)
def test_a_sentence_that_is_not_offered_is_no_sentence(app: Flask, world: World, as_: As, say: str) -> None:
    minh = as_("minh")
    assert minh.post("/ask", data=sheet(minh, HERE) | {"say": say}).status_code == 302
    assert open_one(app, world["minh"]).words == ""


def test_a_picture_goes_with_the_form(app: Flask, world: World, as_: As) -> None:
    bay = as_("bay")
    assert 'name="picture"' in bay.get(HERE).text
    data = sheet(bay, HERE) | {"picture": (BytesIO(photo()), "man-hinh.png")}
    assert bay.post("/ask", data=data, content_type="multipart/form-data").status_code == 302
    asked = open_one(app, world["bay"])
    with app.app_context():
        assert len(pictures_of(asked.id)) == 1


def test_a_picture_that_is_none_is_refused_and_the_request_stands(app: Flask, world: World, as_: As) -> None:
    bay = as_("bay")
    data = sheet(bay, HERE) | {"picture": (BytesIO(b"no picture"), "a.png")}
    page = bay.post("/ask", data=data, content_type="multipart/form-data", follow_redirects=True).text
    assert "Yêu cầu đã gửi, nhưng chưa thêm được ảnh" in page
    assert open_one(app, world["bay"]).lesson_slug == LESSON


def test_the_words_are_the_first_message_of_the_room_once(app: Flask, world: World) -> None:
    with app.app_context():
        minh = person(world["minh"])
        asked = requests_commands.ask_for_help(minh, minh, "hoc.vao-lop", "Em bấm mà không mở lớp").id
        requests_commands.add_words(minh, asked, "Máy em là máy mượn")
        offers_commands.claim(person(world["khoa"]), asked)
        room_id = requests_commands.answer(minh, asked, "accept").room_id or 0
        at(clock.now())
        at(clock.now())
        own = sa.select(Message).where(Message.room_id == room_id, Message.author_id == world["minh"])
        (first,) = db.session.scalars(own).all()
        assert first.text == "Em bấm mà không mở lớp\nMáy em là máy mượn"
        assert first.client_id == first_message_id(asked)
        at(clock.now() + FIRST_WORD_WITHIN * 2)  # neither side wrote in the room: the helper did not begin
        assert db.session.get_one(HelpRequest, asked).stage == "waiting"


def test_at_most_eight_topics_stand_first_and_no_pupil_sees_those_of_staff(as_: As) -> None:
    for name in ("minh", "lan", "bay", "hang"):
        page = main(as_(name).get("/ask").text)
        tiles = [one for one in re.findall(r'name="topic" value="([^"]+)"', page) if one != "other"]
        assert 1 <= len(tiles) <= topics.MAX_TILES, name
        assert ("can-bo." in page) is (name != "minh")


def looked_for(client: FlaskClient, typed: str, **more: str) -> str:
    """The page after the button of the search, which works without a script."""
    answer = client.post("/ask", data={"find": typed, "look": "1", **more})
    assert answer.status_code == 200
    return main(answer.text)


def hits(page: str) -> list[str]:
    return re.findall(r'value="([^"]+)" data-undrafted', page)


@pytest.mark.parametrize("typed", ["mật khẩu", "MAT KHAU", "khau mat", "mật khẩ", "  mật   khẩu! "])
def test_a_topic_is_found_by_its_words_with_or_without_accents(as_: As, typed: str) -> None:
    page = looked_for(as_("minh"), typed)
    assert hits(page) == ["thiet-bi.mat-khau"] and "Tìm thấy: 1" in page
    assert re.search(r'id="find" name="find" value="[^"]+"', page)


def test_the_name_of_a_group_finds_its_topics_after_those_of_that_name_and_few_are_shown(as_: As) -> None:
    found = hits(looked_for(as_("bay"), "dịch vụ công"))
    assert found[0] == "dvc.dang-nhap" and len(found) == topics.MAX_FOUND
    assert all(one.startswith("dvc.") for one in found)


def test_a_search_sends_nothing_and_keeps_all_that_was_typed_and_chosen(app: Flask, world: World, as_: As) -> None:
    page = looked_for(as_("minh"), "wi-fi", words="Máy em rớt mạng", topic="hoc.nop-bai", device="iphone", when="later")
    assert "Máy em rớt mạng" in page and "thiet-bi.mang" in hits(page)
    for chosen in ('value="hoc.nop-bai"', 'value="iphone"', 'value="later"'):
        assert re.search(rf"{chosen}\s+checked", page), chosen
    assert stages(app, world) == {}


@pytest.mark.parametrize("typed", ["làm bánh", "%", "<b>x</b> zz"])
def test_where_nothing_is_found_the_list_is_chosen_and_the_words_go_along(as_: As, typed: str) -> None:
    minh = as_("minh")
    page = looked_for(minh, typed)
    said = re.search(r'id="find-status">([^<]*)', page)
    assert hits(page) == [] and said and ("Chưa thấy việc nào" in said[1]) is (typed != "%")
    if typed != "%":  # no word at all is no search
        assert re.search(r'value="other"\s+checked', page) and str(escape(typed)) in page[page.index("<textarea") :]
        own = looked_for(minh, typed, words="Lời của em")
        assert str(escape(typed)) not in own[own.index("<textarea") :] and "Lời của em" in own


def test_what_was_found_and_chosen_stays_chosen_where_the_form_is_refused(app: Flask, world: World, as_: As) -> None:
    minh = as_("minh")
    data = {"find": "tài liệu", "topic": "hoc.tim-tai-lieu", "words": "Gọi em 0912 345 678"}
    refused = minh.post("/ask", data=data)
    assert refused.status_code == 422
    assert re.search(r'value="hoc.tim-tai-lieu" data-undrafted\s+checked', main(refused.text))
    again = main(minh.post("/ask", data=data | {"find": ""}).text)
    assert hits(again) == ["hoc.tim-tai-lieu"] and "Tìm thấy" not in again[again.index("find-status") :][:80]
    assert minh.post("/ask", data=data | {"words": "Em tìm mãi"}).status_code == 302
    assert open_one(app, world["minh"]).topic == "hoc.tim-tai-lieu"


@pytest.mark.parametrize("typed", ["cán bộ", "can bo", "việc của cán bộ", "tham mưu"])
def test_a_pupil_finds_no_topic_of_staff_and_an_adult_does(as_: As, typed: str) -> None:
    assert not [one for one in hits(looked_for(as_("minh"), typed)) if one.startswith("can-bo.")]
    assert [one for one in hits(looked_for(as_("bay"), typed)) if one.startswith("can-bo.")]


def test_no_address_and_no_form_gives_a_pupil_a_topic_of_staff(app: Flask, world: World, as_: As) -> None:
    minh = as_("minh")
    for path in ("/ask?topic=can-bo.he-thong", "/ask?find=can+bo", "/ask?find=can+bo&topic=can-bo.he-thong"):
        page = main(minh.get(path).text)
        assert "Cán bộ:" not in page and 'value="can-bo.' not in page
    answer = minh.post("/ask", data={"topic": "can-bo.he-thong", "words": "Em hỏi"})
    assert answer.status_code == 422 and "Cán bộ:" not in answer.text and stages(app, world) == {}


def test_the_search_has_an_address_too_but_words_of_danger_do_not_stay_in_it(as_: As) -> None:
    minh = as_("minh")
    assert hits(main(minh.get("/ask", query_string={"find": "nop bai"}).text)) == ["hoc.nop-bai"]
    answer = minh.get("/ask", query_string={"find": BEATEN})
    assert (answer.status_code, answer.location) == (303, "/safety")
    assert minh.post("/ask", data={"find": BEATEN, "look": "1"}).location == "/safety"


def test_the_page_costs_no_more_statements_with_a_search(as_: As, queries: list[str]) -> None:
    minh, counts = as_("minh"), []
    for path in ("/ask", "/ask?find=mat+khau"):
        minh.get(path)
        queries.clear()
        minh.get(path)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_without_a_topic_the_form_says_so_and_keeps_the_words(as_: As) -> None:
    answer = as_("bay").post("/ask", data={"words": "Máy không lên"})
    assert answer.status_code == 422 and "Hãy chọn việc cần giúp." in answer.text and "Máy không lên" in answer.text


def test_an_open_request_is_shown_beside_the_new_wish_and_takes_more_words(app: Flask, world: World, as_: As) -> None:
    minh = as_("minh")
    minh.post("/ask", data=sheet(minh, HERE))
    before = open_one(app, world["minh"])
    page = minh.get(f"/ask?lesson={LESSON}&step=3").text
    assert "Em đang có yêu cầu chưa xong" in page and f"/requests/{before.id}" in page
    answer = minh.post("/ask", data=sheet(minh, f"/ask?lesson={LESSON}&step=3") | {"words": "Giờ em kẹt ở bước 3"})
    assert answer.location.endswith(f"/requests/{before.id}")
    with app.app_context():
        assert [one.words for one in added_words(before.id)] == ["Giờ em kẹt ở bước 3"]


def test_a_new_wish_takes_the_place_of_the_open_one(app: Flask, world: World, as_: As) -> None:
    minh = as_("minh")
    minh.post("/ask", data=sheet(minh, HERE))
    before = open_one(app, world["minh"])
    minh.post("/ask", data=sheet(minh, f"/ask?lesson={LESSON}&step=3") | {"open": f"replace-{before.id}"})
    after = open_one(app, world["minh"])
    assert after.id != before.id and after.step_number == 3
    with app.app_context():
        assert db.session.get_one(HelpRequest, before.id).state == "cancelled"


def test_the_page_of_whom_to_call_carries_on_what_becomes_of_the_open_request(as_: As) -> None:
    minh = as_("minh")
    minh.post("/ask", data=sheet(minh, HERE))
    page = minh.post(
        "/ask", data={"topic": "an-toan.bat-nat", "open": "replace-1", "words": "Em muốn học bài này"}
    ).text
    assert "tel:111" in page and hidden(main(page))["open"] == "replace-1"


def test_where_the_new_wish_is_refused_the_open_one_stays(app: Flask, world: World, as_: As) -> None:
    minh = as_("minh")
    minh.post("/ask", data=sheet(minh, HERE))
    before = open_one(app, world["minh"])
    data = sheet(minh, f"/ask?lesson={LESSON}&step=3") | {
        "open": f"replace-{before.id}",
        "words": "Gọi em 0912 345 678",
    }
    assert minh.post("/ask", data=data).status_code == 422
    assert open_one(app, world["minh"]).id == before.id


def test_nobody_replaces_the_request_of_another(app: Flask, world: World) -> None:
    with app.app_context():
        minh, bay = person(world["minh"]), person(world["bay"])
        other = requests_commands.ask_for_help(minh, minh, "hoc.vao-lop", "Em bị kẹt").id
        with pytest.raises(NotFound):
            requests_commands.ask_for_help(bay, bay, "hoc.vao-lop", "Tôi kẹt", instead_of=other)
        db.session.rollback()
        assert len(open_requests(world["minh"])) == 1 and open_requests(world["bay"]) == []


def keeps(app: Flask, world: World, name: str = "minh", by: str = "") -> int:
    """Somebody has a request that waits for a device."""
    with app.app_context():
        return lacks(world, name, by=by, words="Nhà em chưa có máy")


def stages(app: Flask, world: World, name: str = "minh") -> dict[int, str]:
    with app.app_context():
        return {one.id: one.stage for one in open_requests(world[name])}


def test_beside_a_request_that_waits_for_a_device_both_are_kept_unless_somebody_chooses(
    app: Flask, world: World, as_: As
) -> None:
    device = keeps(app, world)
    minh = as_("minh")
    for path in (HERE, "/ask"):
        page = main(minh.get(path).text)
        assert "Nhà em chưa có máy" in page and hidden(page)["open"] == "both", path
    answer = minh.post("/ask", data=sheet(minh, HERE))
    new = int(answer.location.rsplit("/", 1)[1])
    assert stages(app, world) == {new: "waiting", device: "parked"}
    both = main(minh.get("/ask").text)  # now both stand there, and a third of their kinds is not offered
    assert f'value="add-{new}" checked' in both and f"add-{device}" in both and 'value="both"' not in both
    assert f"replace-{new}" in both and f"replace-{device}" not in both
    minh.post("/ask", data={"topic": "hoc.nop-bai", "open": f"add-{device}", "words": "Chiều em ở nhà"})
    with app.app_context():
        assert [one.words for one in added_words(device)] == ["Chiều em ở nhà"]


def test_what_is_kept_is_said_on_the_page_of_the_one_that_waits_its_turn(app: Flask, world: World, as_: As) -> None:
    device, minh = keeps(app, world), as_("minh")
    helper = int(minh.post("/ask", data=sheet(minh, HERE)).location.rsplit("/", 1)[1])
    page = minh.post(f"/requests/{device}/unpark", follow_redirects=True).text
    assert "Việc đang nhờ xong thì yêu cầu này vào hàng chờ." in page
    assert "Yêu cầu này chờ việc kia xong." in page and f'href="/requests/{helper}"' in main(page)
    assert "Chờ việc kia xong" in minh.get("/requests").text and "/pictures" in page and "/pause" not in page
    assert minh.post(f"/requests/{device}/unpark").status_code == 409


def test_the_start_page_shows_them_all_to_whose_they_are_and_to_the_parent(app: Flask, world: World, as_: As) -> None:
    device, minh = keeps(app, world), as_("minh")
    helper = int(minh.post("/ask", data=sheet(minh, HERE)).location.rsplit("/", 1)[1])
    for name in ("minh", "lan"):
        page = as_(name).get("/").text
        assert page.index(f"/requests/{helper}") < page.index(f"/requests/{device}"), name


def test_a_form_that_is_older_than_the_open_request_says_so_and_keeps_what_was_written(
    app: Flask, world: World, as_: As
) -> None:
    minh = as_("minh")
    old = sheet(minh, HERE)
    device = keeps(app, world)
    answer = minh.post("/ask", data=old | {"words": "Máy em hỏi mã phòng"})
    assert answer.status_code == 409 and "Đang có yêu cầu chưa xong" in answer.text
    assert "Máy em hỏi mã phòng" in answer.text and 'value="both" checked' in answer.text
    assert stages(app, world) == {device: "parked"}
    stale = old | {"open": "replace-99999", "words": "Máy em hỏi mã phòng"}
    assert minh.post("/ask", data=stale).status_code == 409
    assert stages(app, world) == {device: "parked"}


def test_a_form_of_a_request_that_is_over_asks_anew(app: Flask, world: World, as_: As) -> None:
    minh = as_("minh")
    minh.post("/ask", data=sheet(minh, HERE))
    before, old = open_one(app, world["minh"]).id, sheet(minh, HERE)
    minh.post(f"/requests/{before}/cancel")
    minh.post("/ask", data=old | {"open": f"add-{before}", "words": "Em lại bị kẹt"})
    assert open_one(app, world["minh"]).words == "Em lại bị kẹt"


def test_what_is_sent_twice_is_asked_once(app: Flask, world: World, as_: As) -> None:
    device, minh = keeps(app, world), as_("minh")
    data = sheet(minh, HERE)
    assert [minh.post("/ask", data=data).status_code for _ in range(2)] == [302, 409]
    assert sorted(stages(app, world).values()) == ["parked", "waiting"] and device in stages(app, world)


def test_adding_nothing_says_how_to_ask_for_the_new_thing_instead(app: Flask, world: World, as_: As) -> None:
    minh = as_("minh")
    first = {"topic": "hoc.nop-bai", "words": "Em kẹt", "when": "now", "device": "android"}
    assert minh.post("/ask", data=first).status_code == 302
    (mine,) = stages(app, world)
    refused = minh.post("/ask", data={**first, "words": " ", "topic": "hoc.vao-lop", "open": f"add-{mine}"})
    assert refused.status_code == 422 and "Muốn nhờ việc mới này thì chọn “Bỏ yêu cầu kia” ở trên." in refused.text
    assert stages(app, world) == {mine: "waiting"}


@pytest.mark.parametrize("choice", ["add", "replace"])
def test_the_open_request_of_another_is_neither_shown_nor_touched(
    app: Flask, world: World, as_: As, choice: str
) -> None:
    others = keeps(app, world)
    bay = as_("bay")
    data = {"topic": "hoc.nop-bai", "words": "Tôi hỏi", "open": f"{choice}-{others}"}
    assert bay.post("/ask", data=data).status_code == 302  # nothing of his own is open: it is simply asked
    refused = bay.post("/ask", data=data)
    assert refused.status_code == 409 and "Nhà em chưa có máy" not in refused.text
    assert stages(app, world) == {others: "parked"} and len(stages(app, world, "bay")) == 1
    with app.app_context():
        assert added_words(others) == []


def test_a_parent_sees_the_open_request_of_the_child_they_chose_and_of_no_other_child(
    app: Flask, world: World, as_: As
) -> None:
    own, lan = keeps(app, world, "an", by="lan"), as_("lan")
    data = {"topic": "hoc.nop-bai", "words": "Con em bị kẹt", "learner": str(world["an"])}
    refused = lan.post("/ask", data=data)
    assert refused.status_code == 409 and "Nhà em chưa có máy" in refused.text and "An đang có yêu cầu" in refused.text
    assert lan.post("/ask", data=data | {"open": "both"}).status_code == 302
    assert sorted(stages(app, world, "an").values()) == ["parked", "waiting"] and own in stages(app, world, "an")
    stranger = as_("bay").post("/ask", data=data | {"open": f"replace-{own}"})
    assert stranger.status_code == 422 and "Nhà em chưa có máy" not in stranger.text
    assert own in stages(app, world, "an")


def test_a_parent_adds_no_words_to_what_the_child_asked_alone(app: Flask, world: World, as_: As) -> None:
    own, lan = keeps(app, world), as_("lan")
    data = {"topic": "hoc.nop-bai", "words": "Con em bị kẹt", "learner": str(world["minh"])}
    page = lan.post("/ask", data=data).text
    assert f"replace-{own}" in page and f"add-{own}" not in page
    assert lan.post("/ask", data=data | {"open": f"add-{own}"}).status_code == 404
    with app.app_context():
        assert added_words(own) == []


def test_the_page_costs_no_more_statements_with_three_open_requests(
    app: Flask, world: World, as_: As, queries: list[str]
) -> None:
    minh, counts = as_("minh"), []
    with app.app_context():
        learner = person(world["minh"])
        for wish in (None, {"lack": "device"}, {"wish": "weekly"}, {}):
            if wish is not None:
                requests_commands.ask_for_help(learner, learner, "hoc.vao-lop", keep_others=True, **wish)
            for path in ("/ask", "/"):
                minh.get(path)
                queries.clear()
                minh.get(path)
                counts.append(len(queries))
    assert counts[2:] == counts[:2] * 3


def test_a_visitor_keeps_lesson_step_and_words_through_the_sign_in(app: Flask, world: World, as_: As) -> None:
    client = app.test_client()
    page = client.get(HERE).text
    assert "Thầy cô chủ nhiệm" in page and "Uỷ ban phường, xã" in page and "tel:111" in page
    answer = client.post("/ask", data={"lesson": LESSON, "step": "2", "words": "Máy hỏi mã phòng", "to": "sign-in"})
    assert answer.location.startswith("/sign-in") and "Máy" not in answer.location and "M%C3" not in answer.location
    cookie = client.get_cookie("asking", path="/ask")
    assert cookie is not None and cookie.http_only and cookie.path == "/ask"
    minh = as_("minh")
    minh.set_cookie("asking", cookie.value, path="/ask")
    page = minh.get("/ask").text
    assert "Máy hỏi mã phòng" in page and f'value="{LESSON}"' in page
    answer = minh.post("/ask", data=sheet(minh, "/ask") | {"words": "Máy hỏi mã phòng"})
    assert answer.status_code == 302 and minh.get_cookie("asking", path="/ask") is None
    assert open_one(app, world["minh"]).step_number == 2


def test_a_cookie_that_this_site_did_not_sign_is_ignored(as_: As) -> None:
    minh = as_("minh")
    minh.set_cookie("asking", "eyJ3b3JkcyI6IngifQ.abc", path="/ask")
    assert minh.get("/ask").status_code == 200


def test_a_visitor_in_danger_is_shown_whom_to_call_and_nothing_is_kept(app: Flask) -> None:
    client = app.test_client()
    answer = client.post("/ask", data={"words": BEATEN, "to": "sign-in"}, follow_redirects=True)
    assert "tel:111" in answer.text and client.get_cookie("asking", path="/ask") is None
    with app.app_context():
        assert db.session.scalar(sa.select(Disclosure.id)) is None


def test_a_visitor_finds_the_own_ward_by_name(app: Flask, world: World) -> None:
    client = app.test_client()
    with app.app_context():
        name = db.session.get_one(Unit, world["phuong"]).name
    assert f"<b>{name}</b>" in client.get("/ask", query_string={"unit": name}).text
    assert "Chưa thấy nơi này" in client.get("/ask?unit=khongcodau").text


@pytest.mark.parametrize(
    "path", ["/ask?lesson=khong-co&step=2", f"/ask?lesson={LESSON}&step=999", "/ask?step=x", "/ask?topic=zz"]
)
def test_an_old_link_still_leads_to_asking(as_: As, path: str) -> None:
    assert as_("minh").get(path).status_code in (200, 422)


@pytest.mark.parametrize(
    ("agent", "device"),
    [
        ("Mozilla/5.0 (Linux; Android 10; SM-A107F) Chrome/120", "android"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X)", "iphone"),
        ("Mozilla/5.0 (Windows NT 10.0; Win64)", "computer"),
        ("", "other"),
    ],
)
def test_the_device_is_read_from_the_browser(as_: As, agent: str, device: str) -> None:
    page = as_("minh").get("/ask", headers={"User-Agent": agent}).text
    assert re.search(rf'value="{device}" checked', page)
