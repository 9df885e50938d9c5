"""Conditions and inserts that SQLAlchemy lacks mean the same on both databases."""

from datetime import UTC, date, datetime

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.factories import World
from tutoring.accounts.models import User
from tutoring.kernel import clock
from tutoring.kernel.database.sql import built_once, has_text, has_words, in_ids, insert_if_absent, local_day, upsert
from tutoring.kernel.db import UtcDateTime, db
from tutoring.lessons.search.models import SearchMiss


def test_a_statement_is_built_once_for_the_same_arguments(app: Flask) -> None:
    built: list[tuple[int, bool]] = []
    ask = built_once(lambda room, admin: built.append((room, admin)) or sa.select(sa.literal(room)))
    with app.app_context():
        found = [db.session.scalar(ask(*key)) for key in [(1, True), (2, True), (1, True), (1, False)]]
    assert found == [1, 2, 1, 1] and built == [(1, True), (2, True), (1, False)]


@pytest.mark.parametrize(("text", "inside"), [
    (" ba ", True), ("nga", True), ("", True), ("NGA", False), ("%", False), ("b_", False), ("cá", False),
])  # fmt: skip
def test_a_text_is_found_as_it_is_written(app: Flask, text: str, inside: bool) -> None:
    with app.app_context():
        assert db.session.scalar(sa.select(has_text(sa.literal(" ba nga ca "), text))) is inside


@pytest.mark.parametrize(("words", "inside"), [
    (["nga"], True), (["ng"], True), (["ng", "ba"], False), (["nga", "b"], True), (["a"], False),
    (["ba", "nga", "c"], True),
])  # fmt: skip
def test_all_words_are_whole_but_the_last(app: Flask, words: list[str], inside: bool) -> None:
    with app.app_context():
        found = sa.select(sa.and_(*has_words(sa.literal(" ba nga ca "), words)))
        assert db.session.scalar(found) is inside


def test_many_ids_are_one_parameter(app: Flask, world: World) -> None:
    with app.app_context():
        some = [world["minh"], world["khoa"], *range(10**6, 10**6 + 40_000)]  # more than SQLite takes parameters
        found = db.session.scalars(sa.select(User.id).where(in_ids(User.id, some)))
        assert set(found) == {world["minh"], world["khoa"]}
        assert db.session.scalars(sa.select(User.id).where(in_ids(User.id, []))).all() == []


def test_a_row_that_exists_is_left_as_it_is(app: Flask) -> None:
    with app.app_context():
        row = {"day": clock.today(), "lang": "vi", "words": "bài"}
        assert insert_if_absent(SearchMiss, **row, times=2) and not insert_if_absent(SearchMiss, **row, times=9)
        db.session.execute(upsert(SearchMiss).values(**row, times=1).on_conflict_do_nothing())
        assert db.session.scalars(sa.select(SearchMiss.times).where(SearchMiss.words == "bài")).all() == [2]


@pytest.mark.parametrize(("moment", "day"), [
    (datetime(2026, 12, 1, 16, 59, 59, 999_999, UTC), date(2026, 12, 1)),
    (datetime(2026, 12, 1, 17, tzinfo=UTC), date(2026, 12, 2)),
    (datetime(2026, 12, 31, 17, tzinfo=UTC), date(2027, 1, 1)),
])  # fmt: skip
def test_the_day_of_a_moment_is_that_of_vietnam(app: Flask, moment: datetime, day: date) -> None:
    with app.app_context():
        found = db.session.scalar(sa.select(local_day(sa.literal(moment, UtcDateTime()))))
        assert found == day == clock.local(moment).date()
