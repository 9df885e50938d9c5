"""A second claim on one card: it stays known until the teacher refuses a side, and there is no third."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from tests.community.class_cards.cards import MOTHER, claimed, fill, mother, printed, staged
from tests.factories import World, person
from tutoring.accounts.erasure import erase_account
from tutoring.community.class_cards import commands, confirmation, queries
from tutoring.community.class_cards.models import ClassCard, ClassClaim
from tutoring.community.models import Unit
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, InvalidInput
from tutoring.notifications.models import Notice

As = Callable[[str], FlaskClient]
BAO = ("Nguyễn Zulu Bảo", 2016)


def contested(world: World) -> tuple[str, ClassClaim, ClassClaim]:
    staged(world, BAO)
    code = printed(world)["Bảo"]
    return code, claimed(code), claimed(code, "Lê Văn Lạ")


def confirm(world: World, claim: ClassClaim, *, checked: bool = False) -> int:
    teacher = person(world["hang"])
    return confirmation.confirm_claims(teacher, world["lop4a"], [claim.id], checked=checked).done


def refuse(world: World, claim: ClassClaim) -> None:
    confirmation.refuse_claim(person(world["hang"]), world["lop4a"], claim.id, "Không phải người nhà của em")


def open_notices() -> list[int]:
    query = sa.select(Notice.user_id).where(Notice.key.like("card-twice:%"), Notice.read_at.is_(None))
    return list(db.session.scalars(query))


@pytest.mark.parametrize("way", ["withdrawn", "erased"])
def test_a_side_that_goes_by_itself_leaves_the_other_to_be_looked_at(inside: World, way: str) -> None:
    _code, one, other = contested(inside)
    notified = open_notices()
    assert inside["hang"] in notified
    if way == "withdrawn":
        commands.withdraw_claim(one.user, one.id)
    else:
        erase_account(one.user_id)
    db.session.expire_all()
    assert other.state == "waiting" and queries.needs_check(other)
    groups = queries.claims_at(db.session.get_one(Unit, inside["lop4a"]))
    assert groups.ready == [] and groups.single == [other]
    assert open_notices() == notified
    assert confirm(inside, other) == 0
    assert confirm(inside, other, checked=True) == 1
    assert open_notices() == []


def test_who_withdraws_and_claims_again_is_still_looked_at(inside: World) -> None:
    code, one, other = contested(inside)
    for claim in (one, other):
        commands.withdraw_claim(claim.user, claim.id)
    assert open_notices() == []  # nothing is left to decide
    again = claimed(code, "Lê Văn Lạ", once="again")
    assert (again.state, confirm(inside, again)) == ("waiting", 0)


def test_the_teacher_who_refuses_a_side_has_decided(inside: World) -> None:
    _code, one, other = contested(inside)
    refuse(inside, other)
    db.session.expire_all()
    assert not queries.needs_check(one) and open_notices() == []
    assert confirm(inside, one) == 1


def test_who_was_refused_cannot_use_the_card_again(inside: World) -> None:
    code, one, other = contested(inside)
    refuse(inside, other)
    assert db.session.scalar(sa.select(ClassCard.line_id)) is None
    with pytest.raises(InvalidInput):
        claimed(code, "Lê Văn Lạ", once="again")
    db.session.refresh(one)
    assert one.state == "waiting"


def test_a_third_claim_is_refused(app: Flask, inside: World) -> None:
    code, one, other = contested(inside)
    with pytest.raises(Conflict, match="hai người nhận"):
        claimed(code, "Vũ Thị Ba")
    with pytest.raises(Conflict, match="hai người nhận"):
        commands.claim_card(code, "x", MOTHER, person(inside["lan"]), None)
    assert {claim.id for claim in queries.open_claims(one.line_id)} == {one.id, other.id}


def test_a_form_that_was_withdrawn_is_not_sent_again(inside: World) -> None:
    staged(inside, BAO)
    code = printed(inside)["Bảo"]
    claim = claimed(code, once="form")
    commands.withdraw_claim(claim.user, claim.id)
    with pytest.raises(InvalidInput, match="quét thẻ lại"):
        commands.claim_card(code, "form", MOTHER, None, mother())
    assert claimed(code, once="new form").id != claim.id


def test_refusal_and_withdrawal_say_when_the_claim_was_confirmed(inside: World) -> None:
    staged(inside, BAO)
    claim = claimed(printed(inside)["Bảo"])
    assert confirm(inside, claim) == 1
    with pytest.raises(Conflict, match="vừa được xác nhận"):
        refuse(inside, claim)
    with pytest.raises(Conflict, match="vừa được xác nhận"):
        commands.withdraw_claim(claim.user, claim.id)
    assert claim.state == "confirmed"


def test_open_claims_come_before_those_that_are_confirmed(inside: World, monkeypatch: pytest.MonkeyPatch) -> None:
    staged(inside, BAO, ("Trần Zulu Châu", 2016))
    codes = printed(inside)
    first, later = claimed(codes["Bảo"]), claimed(codes["Châu"], "Trần Thị Hai")
    assert confirm(inside, first) == 1
    monkeypatch.setattr(queries, "MOST", 1)
    assert queries.claims_at(db.session.get_one(Unit, inside["lop4a"])).ready == [later]


def test_pages_speak_of_the_second_person(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        code, one, other = contested(world)
        path = f"/units/{world['lop4a']}/class-list/claims/{other.id}"
        phone = app.test_client()
        page = phone.get(f"/card/{code}")
        assert "đã có hai người nhận" in page.text and 'name="once"' not in page.text
        commands.withdraw_claim(one.user, one.id)
    assert "từng có hai người nhận" in as_("hang").get(path).text
    assert phone.post(f"/card/{code}", data=fill(phone, code, full_name="Vũ Thị Ba")).status_code == 302
    assert "Hai người cùng nhận thẻ này" in as_("hang").get(path).text
