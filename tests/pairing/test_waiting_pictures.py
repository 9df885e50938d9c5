"""Pictures that are added while a request waits: who sees them, and what becomes of them."""

from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import World, person
from tests.pairing.offers.test_dispatch import ask, at, request
from tests.safety.pictures import photo
from tests.swapped import swapped
from tutoring.kernel import clock, file_storage
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, Forbidden, InvalidInput, NotFound
from tutoring.kernel.file_storage import FileStorage
from tutoring.lessons.skills.queries import topics
from tutoring.pairing.offers import commands as offers_commands
from tutoring.pairing.requests import commands as requests_commands
from tutoring.pairing.requests import pictures
from tutoring.pairing.requests.models import RequestPicture, kept_names, pictures_of
from tutoring.policy.pairing.offers import FIRST_WORD_WITHIN
from tutoring.rooms.models import Message, Room, Seat, SentPicture

As = Callable[[str], FlaskClient]


@pytest.fixture(autouse=True)
def media(app: Flask, tmp_path: Path) -> Iterator[Path]:
    """A folder of its own for the files of each test."""
    with swapped(app, file_storage=FileStorage(tmp_path)):
        yield tmp_path


@command
def has_learned(world: World) -> None:
    """Minh has three sessions behind him."""
    for _ in range(3):
        moment = clock.now()
        room = Room(unit_id=world["lop6a"], topic=topics("vi")[0][0], minors=True, observed=True, closed_at=moment,
                    close_reason="ended")  # fmt: skip
        db.session.add(room)
        db.session.flush()
        db.session.add(Seat(room_id=room.id, user_id=world["minh"], role="learner", joined_at=moment))


@pytest.fixture
def inside(app: Flask, world: World) -> Iterator[World]:
    with app.app_context():
        has_learned(world)
        yield world


def on_disk(media: Path) -> int:
    return sum(one.is_file() for one in media.rglob("*"))


def add(world: World, asked: int, name: str = "minh") -> None:
    pictures.add_picture(person(world[name]), asked, photo())


def test_a_picture_waits_with_the_request_and_goes_into_its_room(inside: World, media: Path) -> None:
    asked = ask(inside)
    add(inside, asked)
    (row,) = pictures_of(asked)
    assert kept_names({row.name, "0" * 32}) == {row.name} and on_disk(media) == 1
    offers_commands.claim(person(inside["khoa"]), asked)
    with pytest.raises(Conflict):
        add(inside, asked)
    requests_commands.answer(person(inside["minh"]), asked, "accept")
    at(clock.now())
    own = sa.select(Message).where(Message.author_id == inside["minh"]).order_by(Message.seq)
    _words, posted = db.session.scalars(own).all()
    assert posted.room_id == request(asked).room_id and posted.status == "held"  # the teacher looks first
    copy = db.session.scalars(sa.select(SentPicture)).one()
    assert (
        copy.message_id == posted.id
        and copy.name != row.name
        and file_storage.read(copy.name) == file_storage.read(row.name)
    )
    at(clock.now())
    assert db.session.scalar(sa.select(sa.func.count()).select_from(SentPicture)) == 1


def test_a_picture_that_was_brought_in_is_no_first_word(inside: World) -> None:
    asked = ask(inside)
    add(inside, asked)
    offers_commands.claim(person(inside["khoa"]), asked)
    requests_commands.answer(person(inside["minh"]), asked, "accept")
    room_id = request(asked).room_id or 0
    at(clock.now())
    at(clock.now() + FIRST_WORD_WITHIN * 2)
    assert request(asked).stage == "waiting" and request(asked).in_front  # nobody wrote: the helper begins
    assert room_id and len(pictures_of(asked)) == 1  # it goes into the next room as well


def test_with_the_end_of_a_request_its_pictures_are_forgotten(inside: World, media: Path) -> None:
    asked = ask(inside)
    add(inside, asked)
    add(inside, asked)
    pictures.remove_picture(person(inside["minh"]), asked, pictures_of(asked)[0].id)
    assert on_disk(media) == 1
    requests_commands.cancel(person(inside["minh"]), asked)
    assert pictures_of(asked) == [] and on_disk(media) == 0


def test_somebody_new_tells_it_in_words_first(app: Flask, world: World, media: Path) -> None:
    with app.app_context():
        asked = ask(world)
        with pytest.raises(Forbidden):
            add(world, asked)
        assert on_disk(media) == 0


def test_what_is_refused_leaves_no_file(inside: World, media: Path) -> None:
    asked = ask(inside)
    for _ in range(3):
        add(inside, asked)
    with pytest.raises(Conflict):
        add(inside, asked)
    with pytest.raises(NotFound):
        add(inside, asked, "khoa")
    pictures.remove_picture(person(inside["minh"]), asked, pictures_of(asked)[0].id)
    with pytest.raises(InvalidInput):
        pictures.add_picture(person(inside["minh"]), asked, b"no picture")
    assert on_disk(media) == 2 == db.session.scalar(sa.select(sa.func.count()).select_from(RequestPicture))


def test_the_own_side_alone_sees_it(as_: As, world: World, app: Flask) -> None:
    with app.app_context():
        has_learned(world)
        asked = ask(world)
    minh, page = as_("minh"), f"/requests/{asked}"
    sent = minh.post(f"{page}/pictures", data={"file": (BytesIO(photo()), "a.jpg")}, follow_redirects=True)
    assert "Đã thêm ảnh" in sent.text and "Ảnh thứ 1 của yêu cầu" in sent.text
    refused = minh.post(f"{page}/pictures", data={"file": (BytesIO(b"x"), "a.jpg")}, follow_redirects=True)
    assert refused.status_code == 200 and "Ảnh thứ 2" not in refused.text
    with app.app_context():
        (row,) = pictures_of(asked)
    shown = minh.get(f"{page}/pictures/{row.id}")
    assert shown.mimetype == "image/webp" and shown.headers["Cache-Control"] == "no-store"
    assert as_("lan").get(f"{page}/pictures/{row.id}").status_code == 200
    for stranger in ("khoa", "an", "hang"):
        assert as_(stranger).get(f"{page}/pictures/{row.id}").status_code == 404
    assert "Ảnh thứ 1" not in minh.post(f"{page}/pictures/{row.id}/remove", follow_redirects=True).text
    assert minh.get(f"{page}/pictures/{row.id}").status_code == 404
