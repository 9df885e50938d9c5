"""Cards of staged pupils: printed, claimed, frozen, expired, deleted; a claim gives no right."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from tests.community.class_cards.cards import MOTHER, PURPOSES, claimed, fill, line_of, printed, staged
from tests.factories import World, person
from tutoring.accounts.models import Guardian, User
from tutoring.community.class_cards import commands, queries
from tutoring.community.class_cards.commands import Answers, NewAccount
from tutoring.community.class_cards.models import ClassCard, ClassClaim
from tutoring.community.class_lists.models import ClassLine
from tutoring.community.models import Membership
from tutoring.kernel import clock
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, Forbidden, InvalidInput, NotFound

As = Callable[[str], FlaskClient]
TWO = (("Nguyễn Zulu An", 2016), ("Trần Zulu Bình", 2016))


def count(table: type) -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(table)) or 0


def test_only_digests_of_codes_are_stored_and_a_reprint_voids_the_old_card(inside: World) -> None:
    staged(inside, *TWO)
    first = printed(inside)
    assert set(first) == {"An", "Bình"} and all(len(code) == queries.CODE_LENGTH for code in first.values())
    for row in db.session.execute(sa.text("SELECT * FROM class_card")):
        assert not any(code in str(value) for value in row for code in first.values())
    again = commands.print_cards(person(inside["hang"]), inside["lop4a"], [line_of("An").id])
    assert [one.called for one in again] == ["An"]
    assert queries.usable_card(f"{again[0].code[:5].lower()}-{again[0].code[5:]}").called == "An"
    with pytest.raises(InvalidInput, match="in lại"):
        queries.usable_card(first["An"])
    assert queries.usable_card(first["Bình"]).called == "Bình"


def test_who_may_not_print_does_not(inside: World) -> None:
    staged(inside, *TWO)
    for name in ("minh", "lan", "khoa", "muoi", "mai", "admin1"):
        with pytest.raises(NotFound):
            commands.print_cards(person(inside[name]), inside["lop4a"])
    with pytest.raises(NotFound):  # of a school, coordinators print the cards of adults alone
        commands.print_cards(person(inside["hang"]), inside["truong"])
    with pytest.raises(Conflict):
        commands.print_cards(person(inside["quang"]), inside["truong"])


def test_a_card_lives_fourteen_days(inside: World) -> None:
    staged(inside, *TWO)
    codes = printed(inside)
    with clock.travel(clock.now() + timedelta(days=13)):
        assert queries.usable_card(codes["An"]).called == "An"
    with clock.travel(clock.now() + timedelta(days=15)), pytest.raises(InvalidInput, match="hết hạn"):
        queries.usable_card(codes["An"])


def test_a_claim_makes_an_account_that_belongs_nowhere_and_no_pupil(inside: World) -> None:
    staged(inside, *TWO)
    codes, users, ties = printed(inside), count(User), count(Guardian)
    claim = claimed(codes["An"])
    assert (claim.state, claim.user.state, claim.user.kind) == ("waiting", "waiting", "adult")
    assert count(User) == users + 1 and count(Guardian) == ties
    assert not db.session.scalars(sa.select(Membership).where(Membership.user_id == claim.user_id)).all()
    assert claim.consents.keys() == set(PURPOSES) == claim.assents.keys()
    # Nothing to print for a pupil who is claimed.
    assert set(printed(inside)) == {"Bình"}


def test_the_same_form_twice_is_one_claim_and_another_person_freezes_both(inside: World) -> None:
    staged(inside, *TWO)
    code = printed(inside)["An"]
    one = claimed(code, once="form")
    assert claimed(code, once="form").id == one.id and count(ClassClaim) == 1
    other = claimed(code, "Lê Văn Lạ")
    assert other.state == "frozen"
    db.session.refresh(one)
    assert one.state == "frozen"
    with pytest.raises(InvalidInput):  # the mark of another's form is of no use with another password
        commands.claim_card(code, "form", MOTHER, None, NewAccount("Lê Văn Lạ", "một mật khẩu khác"))
    commands.withdraw_claim(other.user, other.id)
    db.session.refresh(one)
    assert one.state == "waiting"
    with pytest.raises(NotFound):
        commands.withdraw_claim(other.user, one.id)


def test_what_a_claim_needs(inside: World) -> None:
    staged(inside, *TWO)
    code, users = printed(inside)["An"], count(User)
    for answers in (("", PURPOSES, PURPOSES), ("mẹ", ["chat"], PURPOSES), ("mẹ", PURPOSES, ["chat"])):
        with pytest.raises(InvalidInput):
            claimed(code, answers=Answers(*answers))
    for name in ("minh", "khoa"):  # a child and a pupil of 17 are no guardians
        with pytest.raises(Forbidden):
            commands.claim_card(code, name, MOTHER, person(inside[name]), None)
    with pytest.raises(InvalidInput):
        claimed("AAAAAAAAAA")
    assert count(User) == users and count(ClassClaim) == 0


def test_a_parent_who_has_an_account_claims_with_it(inside: World) -> None:
    staged(inside, *TWO)
    lan, users = person(inside["lan"]), count(User)
    claim = commands.claim_card(printed(inside)["An"], "x", MOTHER, lan, None)
    assert claim.user_id == lan.id and lan.state == "active" and count(User) == users


def test_pupils_from_sixteen_on_claim_their_own(inside: World) -> None:
    year = clock.today().year
    staged(inside, ("Lê Zulu Tú", year - 17), ("Lê Zulu Vy", year - 19))
    codes = printed(inside)
    own = Answers(purposes=PURPOSES, guardian_name="Lê Văn Ba", guardian_contact="0912 345 678")
    new = NewAccount("Lê Zulu Tú", "bốn quả cam ngọt", called="Tú", address_form="em")
    with pytest.raises(InvalidInput):
        commands.claim_card(codes["Tú"], "a", Answers(purposes=PURPOSES), None, new)
    with pytest.raises(Forbidden):
        commands.claim_card(codes["Tú"], "b", MOTHER, person(inside["lan"]), None)
    claim = commands.claim_card(codes["Tú"], "c", own, None, new)
    assert (claim.user.kind, claim.user.state, claim.user.birth_year) == ("youth", "waiting", year - 17)
    tie = db.session.scalars(sa.select(Guardian).where(Guardian.child_id == claim.user_id)).one()
    assert (tie.named, tie.confirmed_at) == ("Lê Văn Ba", None)
    grown = commands.claim_card(codes["Vy"], "d", Answers(), None, NewAccount("Lê Zulu Vy", "bốn quả cam ngọt"))
    assert (grown.user.kind, grown.user.state) == ("adult", "waiting")


def test_a_line_is_deleted_by_its_card_until_somebody_claims_it(inside: World) -> None:
    staged(inside, *TWO)
    codes = printed(inside)
    commands.delete_line(codes["An"])
    assert [one.called for one in db.session.scalars(sa.select(ClassLine))] == ["Bình"]
    assert count(ClassCard) == 1
    claimed(codes["Bình"])
    with pytest.raises(Conflict):
        commands.delete_line(codes["Bình"])


def main_of(page: str) -> str:
    return page.split("<main", 1)[-1].split("</main>")[0]


# ---- pages ----------------------------------------------------------------------------------------------------


@pytest.fixture
def codes(app: Flask, world: World) -> dict[str, str]:
    with app.app_context():
        staged(world, *TWO)
        return printed(world)


def test_a_guardian_claims_on_the_page_and_sees_nothing_more(app: Flask, world: World, codes: dict[str, str]) -> None:
    phone = app.test_client()
    assert phone.post("/join", data={"code": codes["An"]}).headers["Location"] == f"/card/{codes['An']}"
    page = main_of(phone.get(f"/card/{codes['An']}").text)
    assert "An" in page and not any(word in page for word in ("Zulu", "2016", "Lớp 4A", "Bình", "checked"))
    answer = phone.post(f"/card/{codes['An']}", data=fill(phone, codes["An"]))
    assert answer.status_code == 302 and answer.headers["Location"] == "/card", answer.text
    assert "chờ thầy cô" in phone.get("/card").text
    for place in ("/", "/card", "/account", "/rooms", f"/units/{world['lop4a']}", f"/units/{world['lop4a']}/members",
                  "/search?q=An", "/week", "/circles", f"/units/{world['lop4a']}/class-list/claims"):  # fmt: skip
        text = main_of(phone.get(place, follow_redirects=True).text)
        assert "Zulu" not in text and "Bình" not in text and "2016" not in text, place
    assert phone.get("/children/new").status_code in (200, 302)
    assert phone.get(f"/card/{codes['An']}").headers["Location"] == "/card"


def test_a_photographed_card_freezes_and_its_line_cannot_be_deleted(
    app: Flask, world: World, codes: dict[str, str]
) -> None:
    phone, thief = app.test_client(), app.test_client()
    assert phone.post(f"/card/{codes['An']}", data=fill(phone, codes["An"])).status_code == 302
    page = thief.get(f"/card/{codes['An']}").text
    assert "đã có người nhận" in page and "Trần Thị" not in page and "/delete" not in page
    stolen = fill(thief, codes["An"], full_name="Lê Văn Lạ")
    assert thief.post(f"/card/{codes['An']}", data=stolen).status_code == 302
    assert thief.post(f"/card/{codes['An']}/delete").status_code == 409
    for one in (phone, thief):
        assert "hai người cùng nhận" in one.get("/card").text


def test_the_line_is_deleted_from_the_page(app: Flask, codes: dict[str, str]) -> None:
    phone = app.test_client()
    assert phone.get(f"/card/{codes['An']}/delete").status_code == 200
    assert phone.post(f"/card/{codes['An']}/delete").status_code == 302
    assert phone.get(f"/card/{codes['An']}").status_code == 422


def test_wrong_codes_are_counted(app: Flask, codes: dict[str, str]) -> None:
    phone = app.test_client()
    answers = [phone.get(f"/card/{'A' * 9}{sign}").status_code for sign in "BCDEFGHJKLMNPQRSTUVWXYZ2345"]
    assert answers[0] == 422 and answers[-1] == 429
    assert phone.get(f"/card/{codes['An']}").status_code == 200  # a right card still works


def test_cards_are_printed_as_a_sheet_without_full_names(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        staged(world, *((f"Nguyễn Zulu {name}", 2016) for name in "An Bình Châu Dũng Giang Hà Khoa Lan Minh".split()))  # noqa: SIM905
    path = f"/units/{world['lop4a']}/class-list"
    sheet = as_("hang").post(f"{path}/cards")
    assert sheet.status_code == 200 and sheet.headers["Content-Type"] == "application/pdf"
    assert sheet.data.count(b"/Type /Page\n") == 2 and b"Zulu" not in sheet.data
    assert as_("lan").post(f"{path}/cards").status_code in (403, 404)
    assert as_("admin1").post(f"{path}/cards").status_code in (403, 404)
    page = as_("hang").get(path).text
    assert page.count("thẻ dùng đến") == 9 and page.count("In lại thẻ") == 9
