"""The first real dossier: a grown-up's own word, said once, of nobody's concern but the figures'."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import World, person
from tutoring.accounts.erasure import erase_account
from tutoring.accounts.models import User
from tutoring.kernel import clock
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, NotFound
from tutoring.kernel.events import on
from tutoring.notebook import commands as notebook_commands
from tutoring.notebook import first_dossier
from tutoring.notebook.commands import EntryInput
from tutoring.notebook.events import FirstDossierReported
from tutoring.notebook.models import FirstDossier

heard: list[int] = []


@on(FirstDossierReported)
def _hear(event: FirstDossierReported) -> None:
    heard.append(event.owner_id)


@pytest.fixture
def lan(app: Flask, world: World) -> Iterator[User]:
    heard.clear()
    with app.app_context():
        yield person(world["lan"])


def test_it_is_said_once_and_stays_the_first_time(lan: User) -> None:
    first_dossier.say_first_dossier(lan)
    first = first_dossier.first_dossier_day(lan)
    with clock.travel(clock.now() + timedelta(days=3)):
        first_dossier.say_first_dossier(lan)
    assert first == clock.today() and first_dossier.first_dossier_day(lan) == first and heard == [lan.id]


def test_it_is_taken_back_on_the_same_day_alone(lan: User) -> None:
    first_dossier.take_back_first_dossier(lan)  # nothing was said: nothing happens
    first_dossier.say_first_dossier(lan)
    first_dossier.take_back_first_dossier(lan)
    assert first_dossier.first_dossier_day(lan) is None
    first_dossier.say_first_dossier(lan)
    with clock.travel(clock.now() + timedelta(days=1)), pytest.raises(Conflict):
        first_dossier.take_back_first_dossier(lan)
    assert first_dossier.first_dossier_day(lan) is not None


def test_there_is_nothing_to_say_for_a_child(lan: User, world: World) -> None:
    for act in (
        first_dossier.say_first_dossier,
        first_dossier.take_back_first_dossier,
        first_dossier.first_dossier_day,
    ):
        with pytest.raises(NotFound):
            act(person(world["minh"]))
    assert db.session.scalar(sa.select(sa.func.count()).select_from(FirstDossier)) == 0


def test_nothing_is_left_of_it_with_the_account(lan: User) -> None:
    first_dossier.say_first_dossier(lan)
    erase_account(lan.id)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(FirstDossier)) == 0


def test_the_notebook_asks_once_something_stands_in_it(
    app: Flask, world: World, as_: Callable[[str], FlaskClient]
) -> None:
    client = as_("lan")
    assert "Bạn đã nộp hồ sơ thật chưa?" not in client.get("/notebook").text
    with app.app_context():
        notebook_commands.write_entry(person(world["lan"]), EntryInput("H29.24-260115-0012"), "1")
    assert "Tôi đã nộp hồ sơ thật" in client.get("/notebook").text
    answer = client.post("/notebook/first-dossier", follow_redirects=True)
    assert "Tôi bấm nhầm, rút lại" in answer.text and "Tôi đã nộp hồ sơ thật" not in answer.text
    answer = client.post("/notebook/first-dossier", data={"said": "no"}, follow_redirects=True)
    assert "Tôi đã nộp hồ sơ thật" in answer.text
    assert as_("minh").post("/notebook/first-dossier").status_code == 404
