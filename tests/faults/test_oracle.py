"""The oracle is not blind: it finds what is put into its evidence, and what is put into the product."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.faults.load_scenario import on_sqlite
from tests.faults.oracle import Row, Verdict, judge, plain
from tests.faults.page_clients import Acknowledged, Page
from tests.rooms.people import Person

Evidence = tuple[list[Row], dict[str, int], list[Page]]
NEVER = 3600.0


def evidence() -> Evidence:
    """Two people in a room, who wrote three messages and saw all of them."""
    pages = [Page(Person(user, "", "", "7"), []) for user in ("1", "2")]
    rows = [Row("7", seq, by, f"id{seq}", f"tin {seq}") for seq, by in ((1, "1"), (2, "2"), (3, "1"))]
    for row in rows:
        by = next(page for page in pages if page.person.user == row.author)
        by.acknowledged.append(Acknowledged(str(row.client_id), row.seq, row.text, row.seq - 0.1, row.seq))
        for page in pages:
            page.saw[row.seq] = row.seq + 0.1, {"text": row.text, "author": row.author}
    return rows, {"7": 3}, pages


def test_nothing_is_wrong_where_nothing_is() -> None:
    found = judge(*evidence())
    assert found.wrong() == [] and found.acknowledged == 3
    assert found.gap == pytest.approx(0.1) and found.recovery == pytest.approx(0.1)


def lost(rows: list[Row], heads: dict[str, int], pages: list[Page]) -> None:
    pages[1].acknowledged.append(Acknowledged("gone", 4, "tin mất", 4, 4))


def other_words(rows: list[Row], heads: dict[str, int], pages: list[Page]) -> None:
    rows[0] = replace(rows[0], text="khác")


def twice(rows: list[Row], heads: dict[str, int], pages: list[Page]) -> None:
    rows.append(replace(rows[0], seq=4, client_id="again"))
    heads["7"] = 4


def same_number(rows: list[Row], heads: dict[str, int], pages: list[Page]) -> None:
    rows.append(replace(rows[0], client_id="again", text="khác"))


def hole(rows: list[Row], heads: dict[str, int], pages: list[Page]) -> None:
    rows[2] = replace(rows[2], seq=4)
    heads["7"] = 4


def head_behind(rows: list[Row], heads: dict[str, int], pages: list[Page]) -> None:
    heads["7"] = 2


def disorder(rows: list[Row], heads: dict[str, int], pages: list[Page]) -> None:
    rows[0], rows[2] = replace(rows[0], seq=3), replace(rows[2], seq=1)


def unseen(rows: list[Row], heads: dict[str, int], pages: list[Page]) -> None:
    del pages[0].saw[2]


def seen_otherwise(rows: list[Row], heads: dict[str, int], pages: list[Page]) -> None:
    pages[0].saw[2] = 2.1, {"text": "khác", "author": "2"}


def signed_out(rows: list[Row], heads: dict[str, int], pages: list[Page]) -> None:
    pages[0].refused.append((1.0, "signed_out"))


def traceback(rows: list[Row], heads: dict[str, int], pages: list[Page]) -> None:
    pages[0].told.append("OperationalError: database or disk is full")


PLANTED = {
    lost: "lost", other_words: "lost", twice: "doubled", same_number: "doubled", hole: "holes", head_behind: "holes",
    disorder: "disorder", unseen: "unseen", seen_otherwise: "unseen", signed_out: "signed_out", traceback: "not plain",
}  # fmt: skip


@pytest.mark.parametrize("plant", PLANTED, ids=lambda plant: plant.__name__)
def test_what_is_put_into_the_evidence_is_found(plant: Callable[..., None]) -> None:
    rows, heads, pages = evidence()
    plant(rows, heads, pages)
    assert any(PLANTED[plant] in one for one in judge(rows, heads, pages).wrong())


def test_the_time_in_which_something_was_broken_does_not_count_and_what_follows_does() -> None:
    rows, heads, pages = evidence()
    pages[0].saw[2] = 12.0, pages[0].saw[2][1]
    assert judge(rows, heads, pages).gap == pytest.approx(10)
    assert judge(rows, heads, pages, [(1.5, 9.0)]).gap == pytest.approx(3)
    assert judge(rows, heads, pages, [(13.0, 14.0)]).gap == pytest.approx(10)
    pages[1].windows.append((1.5, 9.0))  # broken for somebody else
    assert judge(rows, heads, pages).gap == pytest.approx(10)


@pytest.mark.parametrize("sentence", ["Máy chủ đang bận. Hãy thử lại.", "Bấm nhanh quá. Hãy chờ một chút rồi thử lại."])
def test_a_sentence_of_the_product_is_plain(sentence: str) -> None:
    assert plain(sentence)


@pytest.mark.parametrize("sentence", ["", "Try again.", "Lỗi: IntegrityError", "Có lỗi HTTP 500.", "Thử lại nhé"])
def test_what_is_no_sentence_for_people_is_not(sentence: str) -> None:
    assert not plain(sentence)


def planted(plant: str, kill: bool = False) -> Verdict:
    """An evening with a product that has this fault in it."""
    with on_sqlite(wsgi="tests.faults.planted_faults:app", PLANT=plant) as evening:
        evening.come(rooms=2, members=2, pause=0.02)
        evening.write()
        evening.more(60)
        if kill:
            evening.kill_worker()
            evening.more(8)
        return evening.end(seconds=1)


@pytest.mark.full
def test_what_is_acknowledged_before_it_is_stored_is_found_lost_after_a_kill() -> None:
    assert planted("early", kill=True).lost > 0


@pytest.mark.full
def test_what_is_stored_twice_is_found_doubled() -> None:
    assert planted("twice").doubled > 0


@pytest.mark.full
def test_what_is_not_pushed_is_found_unseen() -> None:
    with on_sqlite(wsgi="tests.faults.planted_faults:app", PLANT="silent") as evening:
        evening.come(rooms=1, members=2, pause=30)
        for page in evening.pages:
            page.quiet = NEVER  # no page asks by itself
        evening.pages[0].writing = True  # what the other one does not write does not make its page ask
        evening.more(1)
        found = evening.end(seconds=1)
    assert found.unseen > 0
