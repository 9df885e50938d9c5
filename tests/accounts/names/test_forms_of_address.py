"""A name is said as its reader says it: who is "anh Khoa" to a younger pupil is "em Khoa" to her mother."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from tests.factories import World
from tests.rooms.conftest import open_pair
from tutoring.accounts.erasure import erase_account
from tutoring.accounts.models import User
from tutoring.accounts.person_names import all_spoken
from tutoring.kernel.db import db
from tutoring.notifications.inbox.commands import notify
from tutoring.notifications.models import Notice

As = Callable[[str], FlaskClient]
Who = Callable[[str], User]


@pytest.mark.parametrize(
    ("whom", "by", "said"),
    [
        ("khoa", "minh", "anh Khoa"), ("khoa", "lan", "em Khoa"), ("khoa", "hang", "em Khoa"),
        ("khoa", "bay", "em Khoa"),
        ("minh", "khoa", "em Minh"), ("minh", "hang", "em Minh"), ("an", "minh", "em An"), ("minh", "an", "Minh"),
        ("hang", "minh", "cô Hằng"), ("hang", "khoa", "cô Hằng"), ("hang", "lan", "cô Hằng"),
        ("lan", "hang", "chị Lan"),
        ("khoa", "khoa", "Khoa"),
    ],
)  # fmt: skip
def test_the_form_of_address_follows_who_says_it(who: Who, whom: str, by: str, said: str) -> None:
    assert who(whom).said_by(who(by)) == said
    assert who(whom).shown_to(who(by)) == said[0].upper() + said[1:]


def test_a_text_for_many_readers_calls_a_pupil_by_the_bare_name(who: Who) -> None:
    assert (who("khoa").shown_name, who("minh").said_name, who("hang").shown_name) == ("Khoa", "Minh", "Cô Hằng")


def test_other_languages_have_no_forms(who: Who) -> None:
    assert [who(name).said_by(who("minh"), "en") for name in ("khoa", "hang")] == ["Khoa", "Hằng"]


def test_pupils_of_one_year_and_of_unknown_age_say_the_bare_name(who: Who) -> None:
    minh, khoa = who("minh"), who("khoa")
    minh.birth_year = khoa.birth_year
    assert khoa.said_by(minh) == "Khoa" and minh.said_by(khoa) == "Minh"
    minh.birth_year = None
    assert minh.is_minor and khoa.said_by(minh) == "Khoa" and minh.said_by(khoa) == "Minh"


def test_who_has_grown_up_is_called_as_chosen(who: Who) -> None:
    who("khoa").kind, who("khoa").birth_year = "adult", 1990
    assert who("khoa").said_by(who("lan")) == "anh Khoa" and who("khoa").shown_name == "Anh Khoa"


def test_a_page_names_a_helper_as_its_reader_does(app: object, world: World, as_: As) -> None:
    with app.app_context():  # type: ignore[attr-defined]
        room = open_pair(world)
    for name, called in {"minh": "Anh Khoa", "lan": "Em Khoa", "khoa": "Khoa"}.items():
        page = as_(name).get(f"/rooms/{room}").text
        assert f"<b>{called}</b>" in page and page.count("Khoa</b>") == page.count(f"{called}</b>")
    lan = as_("lan")
    lan.set_cookie("language", "en")
    assert "<b>Khoa</b>" in lan.get(f"/rooms/{room}").text and "Em Khoa" not in lan.get(f"/rooms/{room}").text


def test_a_notice_names_people_as_the_owner_of_the_inbox_does(inside: World, who: Who, as_: As) -> None:
    say = "%(staff)s đã nhờ %(helper)s giúp bạn tiếp. Hai bên đồng ý thì phòng mới mở; bạn ở đầu hàng."
    for name in ("minh", "lan"):
        notify(inside[name], "handed:1", say, staff=who("hang"), helper=who("khoa"))
    told = {one.user_id: one.params for one in db.session.query(Notice).filter_by(key="handed:1")}
    assert (told[inside["minh"]]["staff"], told[inside["minh"]]["helper"]) == ("Cô Hằng", "anh Khoa")
    assert told[inside["lan"]]["helper"] == "em Khoa"


def test_an_english_inbox_has_bare_names(app: object, world: World, as_: As) -> None:
    with app.app_context():  # type: ignore[attr-defined]
        notify(world["lan"], "x:1", "%(helper)s có thể giúp %(child)s hằng tuần. Mở để xem.", "/weekly",
               helper=db.session.get_one(User, world["khoa"]), child="Minh")  # fmt: skip
    lan = as_("lan")
    assert "Em Khoa có thể giúp Minh hằng tuần." in lan.get("/notices").text
    lan.set_cookie("language", "en")
    assert "Khoa can help Minh" in lan.get("/notices").text and "Em Khoa" not in lan.get("/notices").text


def test_every_form_of_an_erased_name_is_erased(inside: World, who: Who) -> None:
    spoken = all_spoken("anh", "Khoa")
    assert {"Khoa", "anh Khoa", "Anh Khoa", "em Khoa", "Em Khoa"} <= spoken
    for at, said in enumerate(sorted(spoken)):
        notify(inside["lan"], f"y:{at}", "%(helper)s sẵn sàng giúp bạn. Mở để xem và trả lời.", helper=said)
    erase_account(inside["khoa"])
    db.session.expire_all()
    told = [one.params["helper"] for one in db.session.query(Notice).filter(Notice.key.startswith("y:"))]
    assert len(told) == len(spoken) and set(told) == {"Người đã rời"}
