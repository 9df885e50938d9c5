"""Risk over time: scripted talks reach a teacher in time, good talk is left alone, and the rules of weighing hold."""

from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from tests.growth import growth
from tests.safety.dialogues import SENTENCES, Talk, hostile, play, sentences, talks
from tutoring.safety import risk
from tutoring.safety.risk import phrases
from tutoring.safety.risk.normalization import plain

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)


def every_text() -> list[str]:
    texts = [text for some in sentences().values() for text in some]
    return texts + [turn.text for name in ("bad", "benign") for talk in talks(name) for turn in talk.turns]


def kinds(text: str, *, minor: bool = True, adult: bool = False, hour: int = 15) -> dict[str, int]:
    return {sign.kind: sign.points for sign in risk.find_signals(text, hour=hour, minor=minor, adult=adult)}


def point(kind: str, points: int, days: float = 0) -> risk.Point:
    return risk.Point(kind, points, NOW - timedelta(days=days))


# ---- scripted talks --------------------------------------------------------------------------------------


def _by_name(found: list[Talk]) -> dict[str, bool]:
    return {talk.name: play(talk).in_time for talk in found}


def test_of_twenty_bad_talks_eighteen_reach_a_teacher_before_the_invitation_elsewhere_is_delivered() -> None:
    heard = _by_name(talks("bad"))
    print(f"\nin time: {sum(heard.values())} of {len(heard)}")
    assert len(heard) == 20
    assert sum(heard.values()) >= 18, [name for name, yes in heard.items() if not yes]


def test_of_twenty_good_talks_at_most_one_has_something_held() -> None:
    held = {talk.name: play(talk).held for talk in talks("benign")}
    print(f"\nheld: {sum(map(bool, held.values()))} of {len(held)}")
    assert len(held) == 20
    assert sum(map(bool, held.values())) <= 1, held


def test_of_talks_written_after_the_phrases_were_fixed_as_many_reach_a_teacher() -> None:
    heard = _by_name(talks("second_bad"))
    held = {talk.name: play(talk).held for talk in talks("second_benign")}
    assert len(heard) == len(held) == 10
    assert sum(heard.values()) >= 9, heard
    assert sum(map(bool, held.values())) == 0, held


@pytest.mark.parametrize("name", ["bad", "benign", "second_bad", "second_benign"])
def test_the_talks_are_of_a_length_and_the_bad_ones_end_in_one_invitation(name: str) -> None:
    for talk in talks(name):
        assert 8 <= len(talk.turns) <= 20, talk.name
        assert sum(turn.away for turn in talk.turns) == name.endswith("bad"), talk.name


# ---- signs in one text -----------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [kind for kind in SENTENCES if kind != "plain"])
def test_sentences_of_a_kind_are_signs_of_it(kind: str) -> None:
    missed = [text for text in sentences()[kind] if kind not in kinds(text)]
    assert len(missed) <= len(sentences()[kind]) // 20, missed


def test_plain_talk_of_lessons_holds_nothing_back_by_itself() -> None:
    held = [
        text
        for text in sentences()["plain"]
        if risk.score_signals([], risk.find_signals(text, hour=15, minor=True), NOW).hold
    ]
    assert len(held) <= len(sentences()["plain"]) // 100, held


@pytest.mark.parametrize(
    "text",
    [
        "Cho anh xin zalo của em đi",
        "cho anh xin zalo cua em di",
        "CHO ANH XIN ZALO CỦA EM ĐI",
        "cho a xin zl của e đi",
        "cho anh xin z.a.l.o của em đi",
        "cho anh xin z a l o cua em di",
        "cho anh xin zalooo của em điiii",
        "cho anh xin z4l0 của em đi",
        "cho anh xin za\u200blo của em đi",
        "cho\nanh xin,  zalo của em đi!!!",
    ],
)
def test_the_way_of_writing_does_not_matter(text: str) -> None:
    assert kinds(text) == {"elsewhere": 5}


def test_what_is_warned_of_or_turned_down_is_no_sign() -> None:
    for text in (
        "Đừng gửi ảnh cho người lạ nhé",
        "Nếu ai rủ em gặp riêng thì nhớ nói với ba mẹ",
        "anh không gửi ảnh mặt em lên đây đâu",
        "Mật khẩu là bí mật của riêng em, đừng nói cho ai biết nhé",
        "Trong truyện, cô bé giữ bí mật với mẹ nhé",
    ):
        assert kinds(text) == {}, text


def test_a_question_before_a_request_does_not_turn_it_down() -> None:
    assert kinds("em có zalo không, kết bạn với anh đi")["elsewhere"] == 5
    assert kinds("Con thích điện thoại mới không, chú mua cho")["gift"] == 3


def test_late_hours_count_only_together_with_something_else() -> None:
    assert kinds("Câu này dùng định lý Pytago nè", hour=23) == {}
    assert kinds("em ở nhà một mình à", hour=23) == {"personal": 3, "late": 1}
    assert "late" not in kinds("em ở nhà một mình à", hour=21)


def test_a_grown_up_weighs_more_toward_a_child() -> None:
    assert kinds("em ở nhà một mình à", adult=True)["personal"] > kinds("em ở nhà một mình à")["personal"]


def test_among_adults_only_scams_and_threats_are_signs() -> None:
    for text in ("qua zalo nói chuyện riêng nhé", "gửi anh tấm hình của em đi", "đừng kể với ai nhé", "em xinh quá"):
        assert kinds(text, minor=False, adult=True, hour=23) == {}
    assert kinds("không gửi tiền thì tao tung hình lên mạng", minor=False) == {"threat": 6}
    assert "scam" in kinds("bác chuyển khoản đặt cọc trước nhé", minor=False, adult=True)


def test_what_was_to_be_masked_is_one_sign() -> None:
    assert [(one.kind, one.points) for one in risk.masked(["link", "phone", "handle"])] == [("masked", 2)]
    assert risk.masked(["school", "idno"]) == []


# ---- weighing --------------------------------------------------------------------------------------------


def test_kinds_that_meet_count_more_than_one_kind_repeated() -> None:
    repeated = risk.score_signals([point("personal", 3)] * 6, [], NOW)
    met = risk.score_signals([point("personal", 3), point("secrecy", 3)], [], NOW)
    assert repeated.total == 6 and met.total == 9


def test_points_fade_over_thirty_days_and_are_then_nothing() -> None:
    totals = [risk.score_signals([point("secrecy", 4, days)], [], NOW).total for days in (0, 7, 15, 25, 29, 30, 90)]
    assert totals[:2] == [4, 4] and totals == sorted(totals, reverse=True) and totals[-2:] == [0, 0]


def test_only_the_text_that_asks_waits() -> None:
    history = [point("personal", 3), point("secrecy", 4)]
    assert not risk.score_signals(history, risk.find_signals("Em làm đúng rồi đó", hour=15, minor=True), NOW).hold
    assert not risk.score_signals(history, risk.find_signals("Em mấy tuổi", hour=15, minor=True), NOW).hold
    assert risk.score_signals(history, risk.find_signals("bật cam lên đi em", hour=15, minor=True), NOW).hold


def test_a_single_personal_question_or_compliment_is_no_notice() -> None:
    for text in ("em ở nhà một mình à", "em dễ thương quá", "em có người yêu chưa", "Em học trường nào"):
        assert risk.score_signals([], risk.find_signals(text, hour=15, minor=True), NOW).level == ""


def test_reasons_are_sentences_with_kind_number_and_day_and_never_what_was_said() -> None:
    history = [point("personal", 3, 9), point("personal", 2, 3)]
    said = risk.score_signals(history, risk.find_signals("Đừng kể với ba mẹ nha", hour=15, minor=True), NOW).reasons
    assert "Hỏi chuyện riêng tư: 2 lần, từ ngày 16/11." in said
    assert "Dặn giấu người lớn: 1 lần, hôm nay." in said
    assert all(reason.endswith(".") and "ba mẹ" not in reason for reason in said)
    assert risk.score_signals([], [], NOW) == risk.RiskScore()


# ---- how it is done --------------------------------------------------------------------------------------


@pytest.mark.parametrize("every", [5, pytest.param(1, marks=pytest.mark.full)])
def test_looking_by_words_finds_all_that_the_phrases_themselves_would(every: int) -> None:
    for text in list(every_text())[::every]:
        words = plain(text).replace(", ", "")
        held = set(words.split())
        for phrase in phrases.PHRASES:
            if phrase.occurs(words):
                assert all(not some.isdisjoint(held) for some in phrase.needed), (text, phrase.written)


def test_among_adults_the_same_is_found_as_by_leaving_out_what_is_for_children() -> None:
    found = 0
    for text in every_text():
        adults = kinds(text, minor=False)
        assert adults == {name: points for name, points in kinds(text).items() if name in {"scam", "threat"}}, text
        found += bool(adults)
    assert found > 40


def test_every_kind_has_phrases_but_those_that_come_from_elsewhere() -> None:
    assert {phrase.kind for phrase in phrases.PHRASES} == set(risk.KINDS) - {"masked", "late"}


@pytest.mark.full
def test_four_times_the_text_costs_about_four_times_as_much() -> None:
    """How long texts take is measured by benchmarks/bench_detector.py."""
    for text in hostile():
        work = partial(risk.find_signals, hour=15, minor=True)
        assert growth(work, text, f"{text} {text} {text} {text}", within=10) < 10, text[:40]
