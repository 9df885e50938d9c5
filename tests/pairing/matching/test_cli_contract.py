"""`flask pairing solve`: every detail of the door, on examples worked out by hand."""

import copy
import json
import random
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from tests.forked_processes import done
from tutoring.cli import pairing

Json = dict[str, Any]

REQUEST: Json = {
    "id": 1, "topic": "vao-lop", "topics": ["vao-lop", "mic-camera"], "level": 1, "language": "vi", "grade": 4,
    "adult": False, "needs_adult": False, "gender": "f", "same_gender": "no", "school": "s1", "ward": "w1",
    "device": "android", "minutes": 45, "free": [["mon", "18:00", "20:00"]], "waited_hours": 30, "urgency": 1,
    "previous": None, "last_round": None, "blocked": [],
}  # fmt: skip
HELPER: Json = {
    "id": 7, "skills": {"vao-lop": 2}, "languages": ["vi"], "first_language": "vi", "grade": 11, "adult": False,
    "observed": True, "gender": "f", "school": "s1", "ward": "w1", "devices": ["android"], "capacity": 2,
    "rating_sum": 45, "rating_count": 10, "pairs_this_week": 1, "free": [["mon", "17:30", "21:00"]],
}  # fmt: skip
# Level 88·18, cover 50·8, time 6 of 16 starts = 37·14, grade seven above = 40·10, language 100·10, school 100·8,
# device 100·6, rating (2250 − 1500 + 325) / 15 = 71.67 → 72·10, no wish 100·4, no earlier helper, load 90·4.
SUIT = 1584 + 400 + 518 + 400 + 1000 + 800 + 600 + 720 + 400 + 0 + 360


def a_request(**changes: Any) -> Json:
    return copy.deepcopy(REQUEST) | changes


def a_helper(**changes: Any) -> Json:
    return copy.deepcopy(HELPER) | changes


def run(given: object, *options: str) -> Any:
    text = given if isinstance(given, bytes) else json.dumps(given).encode()
    return CliRunner().invoke(pairing.group, ["solve", "-", *options], input=text)


def solve(requests: list[Json], helpers: list[Json], *options: str) -> Json:
    done = run({"requests": requests, "helpers": helpers}, *options)
    assert (done.exit_code, done.stderr) == (0, "")
    answer: Json = json.loads(done.stdout)
    return answer


def suit_of(request: Json, helper: Json) -> int:
    (pair,) = solve([request], [helper])["pairs"]
    return int(pair["suit"])


def because(request: Json, *helpers: Json) -> object:
    (one,) = solve([request], list(helpers))["unserved"]
    assert one["request"] == request["id"]
    return one["because"]


@pytest.mark.parametrize("as_a_process", [False, pytest.param(True, marks=pytest.mark.full)])
def test_the_example_is_answered_to_the_last_point(tmp_path: Path, as_a_process: bool) -> None:
    file = tmp_path / "round.json"
    file.write_text(json.dumps({"requests": [REQUEST], "helpers": [HELPER]}), "utf-8")
    if as_a_process:
        status, out, _err = done("flask", "--app", "tutoring.cli", "pairing", "solve", str(file), timeout=600)
    else:
        ran = CliRunner().invoke(pairing.group, ["solve", str(file)])
        status, out = ran.exit_code, ran.stdout
    assert status == 0
    assert json.loads(out) == {
        "pairs": [
            {
                "request": 1,
                "helper": 7,
                "suit": SUIT,
                "why": [
                    {"feature": "level", "value": 88, "points": 1584},
                    {"feature": "lang", "value": 100, "points": 1000},
                    {"feature": "place", "value": 100, "points": 800},
                    {"feature": "time", "value": 37, "points": 518},
                ],
                "starts": [["mon", f"{hour}:{minute:02}"] for hour in (18, 19) for minute in (0, 15, 30, 45)][:6],
            }
        ],
        "objective": 10_000 + 60 * 30 + 1_000 + SUIT,
        "unserved": [],
    }


# --- The score ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("on_request", "on_helper", "difference"),
    [
        ({}, {"skills": {"vao-lop": 1}}, 12 * 18),
        ({}, {"skills": {"vao-lop": 3}}, -16 * 18),
        ({}, {"skills": {"vao-lop": 2, "mic-camera": 1}}, 50 * 8),  # held at any level
        ({"topics": ["vao-lop", "mic-camera", "zalo"]}, {}, -17 * 8),  # a third, rounded down
        ({"topics": ["vao-lop", "vao-lop"]}, {}, 50 * 8),
        ({"minutes": 30}, {}, 6 * 14),  # 7 of 16 = 43
        ({"minutes": 31}, {}, 0),  # rounded up to three quarters
        ({"free": [["mon", "17:30", "21:00"]]}, {}, 38 * 14),  # 12 of 16 = 75
        ({"free": [["mon", "07:00", "23:00"]]}, {"free": [["mon", "07:00", "23:00"]]}, 63 * 14),
        ({}, {"grade": 6}, 60 * 10),
        ({}, {"grade": 7}, 48 * 10),
        ({}, {"adult": True}, 30 * 10),  # whatever the grade
        ({"grade": 1}, {"grade": 12}, -20 * 10),
        ({}, {"first_language": "en"}, -30 * 10),
        ({}, {"school": "s2"}, -40 * 8),
        ({}, {"school": "s2", "ward": "w2"}, -100 * 8),
        ({"school": None}, {"school": None}, -40 * 8),  # null equals nothing
        ({"ward": None}, {"school": None, "ward": None}, -100 * 8),
        ({}, {"devices": ["mac"]}, -70 * 6),
        ({"device": None}, {}, -70 * 6),
        ({}, {"rating_sum": 0, "rating_count": 0}, -7 * 10),
        ({}, {"rating_sum": 10, "rating_count": 10}, -72 * 10),  # not under 0
        ({}, {"rating_sum": 4999, "rating_count": 1000}, 28 * 10),
        ({"same_gender": "prefer"}, {}, 0),
        ({"same_gender": "prefer"}, {"gender": "m"}, -100 * 4),
        ({"same_gender": "prefer", "gender": None}, {"gender": None}, -100 * 4),
        ({"same_gender": "must"}, {}, 0),
        ({"previous": 7}, {}, 100 * 8),
        ({"previous": 8}, {}, 0),
        ({"last_round": 7}, {}, 0),  # not part of suit
        ({}, {"pairs_this_week": 0}, 10 * 4),
        ({}, {"pairs_this_week": 99}, -90 * 4),
    ],
)
def test_each_feature_counts_as_the_table_says(on_request: Json, on_helper: Json, difference: int) -> None:
    assert suit_of(a_request(**on_request), a_helper(**on_helper)) - SUIT == difference


def test_a_pair_of_the_last_round_earns_800_in_the_objective_alone() -> None:
    first, again = (solve([a_request(last_round=one)], [HELPER]) for one in (None, 7))
    assert again["objective"] - first["objective"] == 800
    assert again["pairs"] == first["pairs"]


def test_last_round_may_be_left_out() -> None:
    request = a_request()
    del request["last_round"]
    assert solve([request], [HELPER]) == solve([REQUEST], [HELPER])


def test_the_rising_price_counts_the_pairs_of_this_round_alone() -> None:
    five = [a_request(id=number) for number in range(1, 6)]
    whole = solve(five, [a_helper(capacity=9)])
    assert len(whole["pairs"]) == 5
    assert whole["objective"] == 5 * (12_800 + SUIT) - (0 + 300 + 600 + 900 + 900)


def test_reasons_of_equal_points_stand_in_the_order_of_the_table() -> None:
    # Rating 72 · 10 is below the three of 800: cover, place and cont.
    request = a_request(topics=["vao-lop"], previous=7, minutes=120)
    helper = a_helper(first_language="en", grade=12)
    (pair,) = solve([request], [helper])["pairs"]
    assert [one["feature"] for one in pair["why"]] == ["level", "cover", "place", "time"]
    assert pair["starts"] == [["mon", "18:00"]]


# --- The hard rules -------------------------------------------------------------------------------


def test_because_names_the_first_rule_that_leaves_no_helper() -> None:
    assert because(REQUEST) == 1
    assert because(REQUEST, a_helper(skills={"mic-camera": 3})) == 1
    assert because(a_request(level=3), HELPER) == 1
    assert because(REQUEST, a_helper(languages=["en"]), a_helper(id=8, skills={})) == 2
    assert because(a_request(grade=11), HELPER) == 3
    assert because(a_request(same_gender="must"), a_helper(gender="m")) == 4
    assert because(a_request(same_gender="must", gender=None), a_helper(gender=None)) == 4
    assert because(a_request(blocked=[7]), HELPER) == 4
    assert because(REQUEST, a_helper(capacity=0)) == 5
    assert because(REQUEST, a_helper(free=[["tue", "18:00", "20:00"]])) == 6
    assert because(REQUEST, a_helper(free=[["mon", "17:00", "18:30"]])) == 6  # two quarters are not three
    assert because(REQUEST, a_helper(free=[])) == 6


def test_who_finds_all_places_taken_hears_that() -> None:
    answer = solve([REQUEST, a_request(id=2, waited_hours=31)], [a_helper(capacity=1)])
    assert answer["unserved"] == [{"request": 1, "because": "places"}]


@pytest.mark.parametrize(
    ("on_request", "on_helper", "may"),
    [
        ({"grade": 10}, {}, True),
        ({"grade": 11}, {}, False),
        ({"grade": 8}, {"observed": False}, True),
        ({"grade": 7}, {"observed": False}, False),
        ({}, {"adult": True, "grade": None}, True),
        ({}, {"adult": True, "grade": None, "observed": False}, False),
        ({"needs_adult": True}, {}, False),
        ({"needs_adult": True}, {"adult": True, "grade": None}, True),
        ({"adult": True, "grade": None}, {}, False),  # adults only at this door
        ({"adult": True, "grade": None}, {"adult": True, "grade": None, "observed": False}, True),
        ({"adult": True, "grade": 99}, {"adult": True, "grade": -1}, True),  # the grade of an adult is ignored
        ({"grade": None}, {}, False),  # unknown is not allowed
        ({"grade": None}, {"adult": True, "grade": None}, True),
        ({}, {"grade": None}, False),
    ],
)
def test_ages_that_may_meet(on_request: Json, on_helper: Json, may: bool) -> None:
    answer = solve([a_request(**on_request)], [a_helper(**on_helper)])
    assert [len(answer["pairs"]), answer["unserved"]] == ([1, []] if may else [0, [{"request": 1, "because": 3}]])


def test_windows_that_touch_or_overlap_are_one() -> None:
    windows = [
        ["sun", "22:15", "22:45"],
        ["sun", "22:30", "23:00"],
        ["mon", "07:00", "07:30"],
        ["mon", "07:30", "07:45"],
    ]
    answer = solve([a_request(free=windows)], [a_helper(free=windows)])
    assert answer["pairs"][0]["starts"] == [["mon", "07:00"], ["sun", "22:15"]]


# --- Instant --------------------------------------------------------------------------------------


def test_an_instant_ranking_ignores_times_and_orders_equals_by_id() -> None:
    helpers = [
        a_helper(id=9, free=[]),
        a_helper(id=-3),
        a_helper(id=8, skills={"vao-lop": 1}),
        a_helper(id=5, capacity=0),
    ]
    answer = solve([REQUEST, a_request(id=2)], helpers, "--instant", "1")
    assert set(answer) == {"request", "ranking"}
    assert answer["request"] == 1
    now = SUIT + 63 * 14
    ranking = [(one["helper"], one["suit"]) for one in answer["ranking"]]
    assert ranking == [(8, now + 12 * 18), (-3, now), (9, now)]
    assert answer["ranking"][1]["why"][:2] == [
        {"feature": "level", "value": 88, "points": 1584},
        {"feature": "time", "value": 100, "points": 1400},
    ]
    assert solve([a_request(blocked=[9])], [a_helper(id=9)], "--instant", "1")["ranking"] == []


# --- What is refused ------------------------------------------------------------------------------


def refused(given: object, *options: str) -> str:
    done = run(given, *options)
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr.endswith("\n") and done.stderr.count("\n") == 1
    return str(done.stderr[:-1])


FAULTS: list[tuple[str, Json, str]] = [
    ("requests", {"id": 1.0}, "id"),
    ("requests", {"id": "1"}, "id"),
    ("requests", {"id": True}, "id"),
    ("requests", {"id": 2**63}, "id"),
    ("requests", {"topic": None}, "topic"),
    ("requests", {"topics": []}, "topics"),
    ("requests", {"topics": ["mic-camera"]}, "topics"),
    ("requests", {"topics": ["vao-lop", 1]}, "topics[1]"),
    ("requests", {"topics": "vao-lop"}, "topics"),
    ("requests", {"level": 0}, "level"),
    ("requests", {"level": 4}, "level"),
    ("requests", {"language": None}, "language"),
    ("requests", {"grade": 13}, "grade"),
    ("requests", {"grade": "4"}, "grade"),
    ("requests", {"adult": 1}, "adult"),
    ("requests", {"needs_adult": None}, "needs_adult"),
    ("requests", {"gender": 1}, "gender"),
    ("requests", {"same_gender": "yes"}, "same_gender"),
    ("requests", {"same_gender": []}, "same_gender"),
    ("requests", {"school": 1}, "school"),
    ("requests", {"minutes": 0}, "minutes"),
    ("requests", {"minutes": 961}, "minutes"),
    ("requests", {"free": [["mon", "18:00", "20:00"], ["mon", "18:10", "20:00"]]}, "free[1]"),
    ("requests", {"free": [["Mon", "18:00", "20:00"]]}, "free[0]"),
    ("requests", {"free": [["mon", "06:45", "20:00"]]}, "free[0]"),
    ("requests", {"free": [["mon", "18:00", "23:15"]]}, "free[0]"),
    ("requests", {"free": [["mon", "18:00", "18:00"]]}, "free[0]"),
    ("requests", {"free": [["mon", "20:00", "18:00"]]}, "free[0]"),
    ("requests", {"free": [["mon", "8:00", "18:00"]]}, "free[0]"),
    ("requests", {"free": [["mon", "18:00"]]}, "free[0]"),
    ("requests", {"free": [["mon", 18, 20]]}, "free[0]"),
    ("requests", {"free": None}, "free"),
    ("requests", {"waited_hours": -1}, "waited_hours"),
    ("requests", {"waited_hours": 1.5}, "waited_hours"),
    ("requests", {"urgency": 4}, "urgency"),
    ("requests", {"previous": "7"}, "previous"),
    ("requests", {"last_round": 7.5}, "last_round"),
    ("requests", {"blocked": [7, None]}, "blocked[1]"),
    ("helpers", {"skills": []}, "skills"),
    ("helpers", {"skills": {"vao-lop": 4}}, 'skills["vao-lop"]'),
    ("helpers", {"skills": {"a\nb": 0}}, 'skills["a\\nb"]'),
    ("helpers", {"languages": "vi"}, "languages"),
    ("helpers", {"first_language": None}, "first_language"),
    ("helpers", {"grade": 0}, "grade"),
    ("helpers", {"observed": "yes"}, "observed"),
    ("helpers", {"devices": None}, "devices"),
    ("helpers", {"capacity": -1}, "capacity"),
    ("helpers", {"rating_sum": -1}, "rating_sum"),
    ("helpers", {"rating_count": 2.5}, "rating_count"),
    ("helpers", {"pairs_this_week": None}, "pairs_this_week"),
]


@pytest.mark.parametrize(("rows", "change", "where"), FAULTS, ids=lambda one: str(one))
def test_a_fault_names_the_row_and_the_field(rows: str, change: Json, where: str) -> None:
    given = {"requests": [a_request(id=0), a_request()], "helpers": [a_helper(id=0), a_helper()]}
    given[rows][1] |= change
    assert refused(given).startswith(f"{rows}[1].{where}: ")


@pytest.mark.parametrize(("rows", "example"), [("requests", REQUEST), ("helpers", HELPER)])
def test_every_field_is_there_and_every_id_once(rows: str, example: Json) -> None:
    whole = {"requests": [REQUEST], "helpers": [HELPER]}
    for field in example.keys() - {"last_round"}:
        short = [example, {name: value for name, value in (example | {"id": 2}).items() if name != field}]
        assert refused(whole | {rows: short}) == f"{rows}[1].{field}: is missing"
    assert refused(whole | {rows: [example, example]}).startswith(f"{rows}[1].id: ")
    assert refused(whole | {rows: [example, []]}).startswith(f"{rows}[1]: ")
    assert refused(whole | {rows: {}}).startswith(f"{rows}: ")
    del whole[rows]
    assert refused(whole).startswith(f"{rows}: ")


@pytest.mark.parametrize("text", [b"", b"[]", b"{", b"\xff", b"[" * 100_000, b'{"requests": NaN, "helpers": []}'])
def test_what_is_no_such_json_is_refused_in_one_line(text: bytes) -> None:
    assert refused(text)


def test_an_unknown_request_or_file_is_refused_in_one_line() -> None:
    whole = {"requests": [REQUEST], "helpers": [HELPER]}
    for number in ("2", "x", ""):
        assert refused(whole, "--instant", number).startswith("--instant: ")
    done = CliRunner().invoke(pairing.group, ["solve", "/there/is/no/such/file.json"])
    assert (done.exit_code, done.stderr.count("\n")) == (2, 1)
    assert done.stderr.startswith("/there/is/no/such/file.json: ")


def test_numbers_at_their_ends_are_taken() -> None:
    most = 2**63 - 1
    request = a_request(id=-most, waited_hours=1_000_000, blocked=[most - 1])
    helper = a_helper(id=most, capacity=most, rating_sum=most, rating_count=most, pairs_this_week=most)
    answer = solve([request], [helper])
    assert [(one["request"], one["helper"]) for one in answer["pairs"]] == [(-most, most)]
    assert answer["objective"] == 10_000 + 60_000_000 + 1_000 + answer["pairs"][0]["suit"]


def test_nothing_at_all_is_an_empty_round() -> None:
    assert solve([], []) == {"pairs": [], "objective": 0, "unserved": []}


def test_the_same_rows_in_any_order_give_the_same_output() -> None:
    chance = random.Random(5)
    requests = [
        a_request(id=n, waited_hours=n % 3, topics=chance.choice([["vao-lop"], ["b", "vao-lop"]])) for n in range(30)
    ]
    helpers = [a_helper(id=n, capacity=n % 3, school=f"s{n % 2}") for n in range(12)]
    first = run({"requests": requests, "helpers": helpers}).stdout
    for _ in range(3):
        mixed = [{key: one[key] for key in chance.sample(sorted(one), len(one))} for one in chance.sample(requests, 30)]
        assert run({"helpers": chance.sample(helpers, 12), "requests": mixed}).stdout == first
