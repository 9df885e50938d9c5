"""Diagrams of scenarios: complete, without anything on top of anything else, and the same as a table."""

import re
from itertools import combinations, pairwise
from xml.etree import ElementTree

from click.testing import CliRunner

from tests.practice.shipped_scenarios import each, rehearsal
from tutoring.cli.practice import group
from tutoring.practice.content import diagram
from tutoring.practice.content.condition_labels import describe_condition
from tutoring.practice.content.svg_diagram import WIDTH, Box, Drawing, Row, laid_out, ranks, svg
from tutoring.practice.engine.scenario import Scenario

SPACE = "{http://www.w3.org/2000/svg}"


def birth() -> Scenario:
    return rehearsal("ban-sao-khai-sinh")


def drawings(scenario: Scenario) -> list[Drawing]:
    return [one for one in (diagram.screens_drawn(scenario, "vi"), diagram.dossier_drawn(scenario, "vi")) if one]


@each
def test_no_box_lies_on_another(scenario: Scenario) -> None:
    for drawing in drawings(scenario):
        for one, other in combinations(drawing.boxes, 2):
            beside = one.x + WIDTH < other.x or other.x + WIDTH < one.x
            assert beside or one.y + one.height < other.y or other.y + other.height < one.y
        assert all(one.x >= 0 and one.x + WIDTH <= drawing.width for one in drawing.boxes)
        assert all(one.y >= 0 and one.y + one.height <= drawing.height for one in drawing.boxes)


@each
def test_no_way_runs_through_a_box_and_with_that_through_its_words(scenario: Scenario) -> None:
    for drawing in drawings(scenario):
        for way in drawing.ways:
            for (x, y), (a, b) in pairwise(way.points):
                assert x == a or y == b, "ways have right angles"
                for one in drawing.boxes:
                    across = min(x, a) < one.x + WIDTH and max(x, a) > one.x
                    along = min(y, b) < one.y + one.height and max(y, b) > one.y
                    assert not (across and along), (one.box.id, way)


@each
def test_ways_to_different_boxes_never_share_a_line(scenario: Scenario) -> None:
    for drawing in drawings(scenario):
        upright = [(way.points[-1], *sorted((one, two))) for way in drawing.ways
                   for one, two in pairwise(way.points) if one[0] == two[0]]  # fmt: skip
        for (end, low, high), (other_end, other_low, other_high) in combinations(upright, 2):
            if end != other_end and low[0] == other_low[0]:
                assert high[1] < other_low[1] or other_high[1] < low[1]


@each
def test_every_screen_and_every_button_is_drawn_and_stands_in_the_table(scenario: Scenario) -> None:
    drawing = diagram.screens_drawn(scenario, "vi")
    assert [one.box.id for one in drawing.boxes if one.box.id not in scenario.screens] == []
    assert len(drawing.boxes) == len(scenario.screens)
    buttons = [(name, one.to) for name, screen in scenario.screens.items() for one in screen.actions]
    answers = [(name, one.to) for name, screen in scenario.screens.items()
               for one in (screen.trap.options if screen.trap else ()) if one.to]  # fmt: skip
    passages = [(one.at, one.target) for one in diagram.screens(scenario, "vi")]
    assert sorted(passages) == sorted(buttons + answers)
    assert len(drawing.ways) == sum(one != to for one, to in passages)  # what stays on its screen is a sign


@each
def test_every_move_of_the_dossier_stands_in_its_table(scenario: Scenario) -> None:
    found = scenario.dossier
    moves = [] if found is None else [
        *((name, turn.to) for turns in found.on.values() for turn in turns for name in turn.from_),
        *((name, move.to) for name, state in found.states.items() for some in state.next_in_days.values()
          for move in some),
    ]  # fmt: skip
    assert sorted((one.at, one.target) for one in diagram.dossier(scenario, "vi")) == sorted(moves)


@each
def test_a_drawing_is_a_picture_that_needs_no_style_and_runs_nothing(scenario: Scenario) -> None:
    text = diagram.draw_diagram(scenario, "en")
    root = ElementTree.fromstring(text)
    assert {one.tag.removeprefix(SPACE) for one in root.iter()} <= {"svg", "g", "rect", "path", "text"}
    assert not [name for one in root.iter() for name in one.attrib if name == "style" or name.startswith("on")]


def test_what_a_screen_is_shows_in_its_shape_and_in_words() -> None:
    shown = {one.box.id: one.box for one in diagram.screens_drawn(birth(), "vi").boxes}
    assert shown["trang-chu"].signs == ("Bắt đầu ở đây",) and "start" in shown["trang-chu"].kinds
    assert shown["thanh-toan"].signs == ("Có bẫy, 3 cách đáp",)
    assert shown["ket-thuc"].signs == ("Kết thúc",)
    wrong = {name for name, box in shown.items() if "wrong" in box.kinds}
    assert wrong == {"nham-thu-tuc", "da-luu-nhap", "nop-trung"}
    labels = [row.label for row in shown["theo-doi"].rows]
    assert labels[0].endswith("\u00a0◇\u00a0↻") and labels[2].startswith("✗")


def test_conditions_are_put_into_words() -> None:
    by = {one.by: one for one in diagram.screens(birth(), "vi")}
    assert by["Xem lại hồ sơ"].when == "hồ sơ đang là “Chưa nộp”"
    assert by["Sang ngày hôm sau"].when == "hồ sơ đang là “Mới đăng ký” hoặc “Đang xử lý”"
    assert by["Sang ngày hôm sau"].notes == ("qua 1 ngày",) and by["Sang ngày hôm sau"].stays
    assert by["Lưu nháp rồi thoát"].wrong
    moves = diagram.dossier(birth(), "vi")
    assert ("sau 1 ngày", "ô “Ảnh giấy khai sinh cũ” là “Ảnh mờ, mất một góc”") in [(one.by, one.when) for one in moves]
    goal = describe_condition(birth(), birth().goals["nhan-ket-qua"].met, "vi", str)
    assert goal == "đang ở màn hình “Đã có bản sao trích lục” và hồ sơ đang là “Đã trả kết quả”"


@each
def test_no_condition_is_left_without_words(scenario: Scenario) -> None:
    conditions = [one.met for one in scenario.goals.values()]
    conditions += [one.when for screen in scenario.screens.values() for one in screen.actions if one.when]
    for language in ("vi", "en"):
        assert all(describe_condition(scenario, one, language, str) for one in conditions)


def test_boxes_stand_by_their_distance_from_the_start_and_what_cannot_be_reached_last() -> None:
    boxes = [Box("far", "4"), Box("a", "1", (Row("x", "b"), Row("y", "c", wrong=True))), Box("c", "3"), Box("b", "2")]
    assert [[one.id for one in row] for row in ranks(boxes, "a")] == [["a"], ["b", "c"], ["far"]]


def test_twenty_five_screens_in_a_tangle_still_lie_apart() -> None:
    names = [f"s{n}" for n in range(25)]
    boxes = [
        Box(name, f"Màn hình {name}", tuple(Row(f"Nút {k}", names[(n * 7 + k * 5 + 1) % 25]) for k in range(4)))
        for n, name in enumerate(names)
    ]
    drawing = laid_out(boxes, "s0")
    for one, other in combinations(drawing.boxes, 2):
        assert one.x != other.x or one.y + one.height < other.y or other.y + other.height < one.y
    assert drawing.width < 1400


def test_words_of_a_file_stay_words_in_the_drawing() -> None:
    text = svg(laid_out([Box("a", "<script>alert(1)</script>", (Row("A & B", "a"),))], "a"), 'x" onload="y')
    assert "<script" not in text and "A &amp; B" in text
    assert ElementTree.fromstring(text).attrib.keys().isdisjoint({"onload"})


def test_the_command_writes_a_file_that_stands_by_itself() -> None:
    done = CliRunner().invoke(group, ["diagram", "ban-sao-khai-sinh", "--language", "en"])
    assert done.exit_code == 0
    assert ElementTree.fromstring(done.output).tag == f"{SPACE}svg"
    assert re.search(r"<text[^>]*>Search results</text>", done.output)
