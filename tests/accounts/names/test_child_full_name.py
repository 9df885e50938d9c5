"""A guardian confirms or corrects a child's full name, once both agreed to it."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import World, person
from tutoring.accounts.consents.commands import give_consent, withdraw
from tutoring.accounts.models import User
from tutoring.accounts.names.commands import set_child_full_name, update_profile
from tutoring.accounts.names.models import FormerName
from tutoring.accounts.queries import consents
from tutoring.accounts.registration import record_assent
from tutoring.community.models import Membership
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, InvalidInput, NotFound

As = Callable[[str], FlaskClient]
Who = Callable[[str], User]
NAME = "Trần Zulu An"


def agree(who: Who) -> None:
    give_consent(who("lan"), who("an"), "full_name")
    record_assent(who("lan"), who("an").id, ["full_name"])


def test_a_full_name_needs_both_words_and_goes_with_either(who: Who) -> None:
    lan, an = who("lan"), who("an")
    with pytest.raises(Conflict):
        set_child_full_name(lan, an.id, NAME)
    agree(who)
    for stranger in ("hang", "khoa"):
        with pytest.raises(NotFound):
            set_child_full_name(who(stranger), an.id, NAME)
    with pytest.raises(InvalidInput) as refused:
        set_child_full_name(lan, an.id, "An 0912345678")
    assert refused.value.field == "full_name"
    set_child_full_name(lan, an.id, "Trần Zulu Ann")
    set_child_full_name(lan, an.id, NAME)
    assert (an.full_name, an.called_name) == (NAME, "An")
    withdraw(lan, an.id, "full_name")
    assert an.full_name == "An" and consents(an.id)
    assert set(db.session.scalars(sa.select(FormerName.full_name).where(FormerName.user_id == an.id))) == {"An"}


def test_a_child_who_takes_another_name_keeps_the_full_one(who: Who) -> None:
    agree(who)
    set_child_full_name(who("lan"), who("an").id, NAME)
    update_profile(who("an"), "", "An Nhiên", "em")
    assert (who("an").full_name, who("an").called_name) == (NAME, "An Nhiên")


def test_a_guardian_who_left_it_out_on_the_card_agrees_later(app: Flask, world: World, as_: As) -> None:
    """The child's page asks quietly, leads to the text, then asks the child, and then for the name itself."""
    lan, page = as_("lan"), f"/children/{world['an']}"
    answer = f"{page}/consents/full_name"
    assert answer in lan.get(page).text and "như trong danh sách lớp" in lan.get(answer).text
    assert as_("an").get(answer).status_code == 404  # the guardian speaks first
    assert all(as_(name).get(answer).status_code == 404 for name in ("hang", "khoa", "quang", "admin1"))
    assert lan.post(answer, data={"word": "give"}).status_code == 302
    asked = lan.get(page).text
    assert f"{page}/assent" in asked and "Lớp có hai em cùng tên" not in asked and "/full-name" not in asked
    assert lan.post(f"{page}/assent", data={"answer_full_name": "yes"}).status_code == 302
    assert lan.post(f"{page}/full-name", data={"full_name": NAME}).status_code == 302
    lan.post(answer, data={"word": "withdraw"})
    assert "Lớp có hai em cùng tên" not in lan.get(page).text  # who withdrew is not asked again; the list leads there
    assert answer in lan.get(page).text
    with app.app_context():
        assert person(world["an"]).full_name == "An"


def test_the_full_name_is_asked_of_pupils_of_classes_with_a_called_name_alone(
    app: Flask, world: World, as_: As
) -> None:
    lan, page = as_("lan"), f"/children/{world['an']}"
    with app.app_context():
        person(world["an"]).full_name = NAME
        db.session.commit()
    assert "/consents/full_name" not in lan.get(page).text
    assert lan.get(f"{page}/consents/full_name").status_code == 404
    with app.app_context():
        person(world["an"]).full_name = "An"
        db.session.execute(sa.update(Membership).where(Membership.user_id == world["an"]).values(state="ended"))
        db.session.commit()
    assert "Lớp có hai em cùng tên" not in lan.get(page).text


def test_the_page_of_a_child_asks_once_it_may(app: Flask, world: World, as_: As) -> None:
    lan, page = as_("lan"), f"/children/{world['an']}"
    assert "/full-name" not in lan.get(page).text
    with app.app_context():
        agree(lambda name: person(world[name]))
    assert "mới có tên gọi" in lan.get(page).text
    wrong = lan.post(f"{page}/full-name", data={"full_name": "An 123"})
    assert wrong.status_code == 422 and 'value="An 123"' in wrong.text
    assert lan.post(f"{page}/full-name", data={"full_name": NAME}).status_code == 302
    assert f'value="{NAME}"' in lan.get(page).text
