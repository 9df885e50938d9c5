"""Cards of helpers and of staff: nothing before the confirmation, a role by a second person, no kind from a form."""

import re
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from tests.community.class_cards.cards import PASSWORD, PURPOSES, claimed, form_of, line_of, printed, staged
from tests.community.class_lists.test_class_lists import send, switch_on
from tests.factories import World, person
from tutoring.accounts.models import SignIn, User
from tutoring.community.class_cards import commands, confirmation
from tutoring.community.class_cards.commands import Answers, NewAccount
from tutoring.community.class_cards.models import ClassClaim
from tutoring.community.class_files import staff as file_of_staff
from tutoring.community.class_files.staff import NAMESAKE
from tutoring.community.class_lists import commands as class_lists
from tutoring.community.class_lists import queries
from tutoring.community.class_lists.models import ClassLine, ClassListDraft
from tutoring.community.memberships import nominations
from tutoring.community.models import Membership, Nomination
from tutoring.community.queries import roles_of
from tutoring.kernel import clock
from tutoring.kernel.db import db
from tutoring.kernel.errors import Forbidden, NotFound
from tutoring.pairing.eligibility import is_vouched

As = Callable[[str], FlaskClient]
LONG = "bốn quả cam ngọt trên bàn gỗ"
STAFF_LIST = "Họ và tên,Vai trò\nTrần Zulu Xuyến,Giáo viên\nLê Zulu Quyên,Điều phối viên\nVõ Zulu Quế,người giúp\n"


def helpers(world: World, *pupils: tuple[str, int], by: str = "hang") -> None:
    switch_on(world)
    text = "Họ tên,Năm sinh\n" + "".join(f"{name},{year}\n" for name, year in pupils)
    user = person(world[by])
    draft = class_lists.check_file(user, world["lop4a"], text.encode(), None, "helper")
    class_lists.accept_draft(user, world["lop4a"], draft)


def staff(world: World, text: str = STAFF_LIST, by: str = "quang") -> dict[str, str]:
    """Stages adults of the school, and prints their cards; returns the codes by called name."""
    switch_on(world)
    user = person(world[by])
    class_lists.accept_draft(
        user, world["truong"], class_lists.check_file(user, world["truong"], text.encode(), None, "staff")
    )
    return printed(world, "truong", by)


def adult(name: str) -> NewAccount:
    return NewAccount(name, LONG)


def second(world: World) -> User:
    """Another coordinator of the school."""
    values = {"unit_id": world["truong"], "role": "coordinator", "confirmed_at": clock.now()}
    db.session.add(Membership(user_id=world["hang"], confirmed_by_id=world["admin1"], **values))
    db.session.commit()
    return person(world["hang"])


# ---- helpers ----------------------------------------------------------------------------------------------------


def test_a_helper_is_nominated_at_the_confirmation_and_helps_after_a_second_person(inside: World) -> None:
    helpers(inside, ("Nguyễn Zulu Xuyến", 2016))
    claim = claimed(printed(inside)["Xuyến"])
    before = db.session.scalar(sa.select(sa.func.count()).select_from(Nomination))
    assert confirmation.confirm_claims(person(inside["quang"]), inside["lop4a"], [claim.id]).done == 1
    child = db.session.get_one(User, claim.child_id)
    vouch = db.session.scalars(sa.select(Nomination).where(Nomination.user_id == child.id)).one()
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Nomination)) == (before or 0) + 1
    assert (vouch.state, vouch.nominated_by_id, vouch.unit_id) == ("nominated", inside["hang"], inside["lop4a"])
    assert not is_vouched(child) and (child.kind, child.grade) == ("child", 4)
    with pytest.raises(Forbidden):  # who brought the list is not the second person
        nominations.set_nomination(person(inside["hang"]), child.id, "active")
    nominations.set_nomination(person(inside["quang"]), child.id, "active")


def test_a_pupils_card_makes_no_helper_and_a_later_list_of_helpers_does(inside: World) -> None:
    staged(inside, ("Nguyễn Zulu Xuyến", 2016), ("Nguyễn Zulu Quyên", 2016))
    codes = printed(inside)
    helpers(inside, ("Nguyễn Zulu Quyên", 2016))  # the same pupil: no second line, and the card goes on
    assert (line_of("Xuyến").kind, line_of("Quyên").kind) == ("pupil", "helper")
    for name in ("Xuyến", "Quyên"):
        claim = claimed(codes[name], f"Mẹ của {name}")
        confirmation.confirm_claims(person(inside["hang"]), inside["lop4a"], [claim.id])
    named = db.session.scalars(sa.select(User.called_name).join(Nomination, Nomination.user_id == User.id)).all()
    assert "Quyên" in named and "Xuyến" not in named


def test_who_brings_the_later_list_of_helpers_is_not_the_second_person(inside: World) -> None:
    """Hằng staged the pupil; the list of Quang nominates, so Quang does not also let the pupil help."""
    staged(inside, ("Nguyễn Zulu Xuyến", 2016))
    codes = printed(inside)
    helpers(inside, ("Nguyễn Zulu Xuyến", 2016), by="quang")
    claim = claimed(codes["Xuyến"])
    assert confirmation.confirm_claims(person(inside["hang"]), inside["lop4a"], [claim.id]).done == 1
    vouch = db.session.scalars(sa.select(Nomination).where(Nomination.user_id == claim.child_id)).one()
    assert vouch.nominated_by_id == inside["quang"]
    with pytest.raises(Forbidden):
        nominations.set_nomination(person(inside["quang"]), vouch.user_id, "active")


def test_a_helper_of_sixteen_claims_alone_and_names_a_guardian(inside: World) -> None:
    helpers(inside, ("Nguyễn Zulu Xuyến", clock.today().year - 17))
    answers = Answers("", PURPOSES, (), "Nguyễn Thị Mẹ", "0912000111")
    new = NewAccount("Nguyễn Zulu Xuyến", PASSWORD, called="Xuyến", address_form="em")
    claim = commands.claim_card(printed(inside)["Xuyến"], "once", answers, None, new)
    assert confirmation.confirm_claims(person(inside["hang"]), inside["lop4a"], [claim.id]).done == 0  # looked at first
    assert confirmation.confirm_claims(person(inside["hang"]), inside["lop4a"], [claim.id], checked=True).done == 1
    assert (
        db.session.scalars(sa.select(Nomination.state).where(Nomination.user_id == claim.user_id)).one() == "nominated"
    )


# ---- staff ------------------------------------------------------------------------------------------------------


def test_a_staff_card_gives_nothing_until_a_second_coordinator_confirms(inside: World) -> None:
    codes = staff(inside)
    claim = commands.claim_card(codes["Xuyến"], "once", Answers(), None, adult("Trần Zulu Xuyến"))
    user = db.session.get_one(User, claim.user_id)
    assert (user.state, roles_of(user.id)) == ("waiting", frozenset())
    first = confirmation.confirm_claims(person(inside["quang"]), inside["truong"], [claim.id], checked=True)
    assert first.done == 0 and "điều phối viên khác" in next(iter(first.refused))
    assert roles_of(user.id) == frozenset()
    other = second(inside)
    assert confirmation.confirm_claims(other, inside["truong"], [claim.id]).done == 0  # each by itself
    assert confirmation.confirm_claims(other, inside["truong"], [claim.id], checked=True).done == 1
    assert roles_of(user.id) == {"teacher"} and db.session.get_one(User, user.id).state == "active"
    member = db.session.scalars(sa.select(Membership).where(Membership.user_id == user.id)).one()
    assert (member.brought_by_id, member.confirmed_by_id) == (inside["quang"], inside["hang"])
    assert db.session.scalars(sa.select(Nomination).where(Nomination.user_id == user.id)).all() == []


def test_an_adult_helper_is_nominated_and_nobody_confirms_oneself(inside: World) -> None:
    codes = staff(inside)
    other = second(inside)
    mine = commands.claim_card(codes["Quyên"], "once", Answers(), other, None)  # hang, with her own account
    assert mine.user_id == other.id and not mine.made_account
    refused = confirmation.confirm_claims(other, inside["truong"], [mine.id], checked=True)
    assert refused.done == 0 and refused.refused
    claim = commands.claim_card(codes["Quế"], "twice", Answers(), None, adult("Võ Zulu Quế"))
    assert confirmation.confirm_claims(other, inside["truong"], [claim.id], checked=True).done == 1
    assert roles_of(claim.user_id) == {"helper"}
    assert (
        db.session.scalars(sa.select(Nomination.state).where(Nomination.user_id == claim.user_id)).one() == "nominated"
    )


@pytest.mark.parametrize("name", ["hang", "mai", "admin1", "lan"])
def test_only_coordinators_of_the_school_stage_adults(inside: World, name: str) -> None:
    codes = staff(inside)
    claim = commands.claim_card(codes["Xuyến"], "once", Answers(), None, adult("Trần Zulu Xuyến"))
    user = person(inside[name])
    for act in (
        lambda: class_lists.check_file(user, inside["truong"], STAFF_LIST.encode(), None, "staff"),
        lambda: commands.print_cards(user, inside["truong"]),
        lambda: confirmation.confirm_claims(user, inside["truong"], [claim.id], checked=True),
        lambda: confirmation.refuse_claim(user, inside["truong"], claim.id, "Không phải người này"),
        lambda: class_lists.remove_line(user, inside["truong"], claim.line_id),
    ):
        with pytest.raises(NotFound):
            act()
    with pytest.raises(NotFound):  # a class has no staff list
        class_lists.check_file(person(inside["quang"]), inside["lop4a"], STAFF_LIST.encode(), None, "staff")
    with pytest.raises(NotFound):  # and a claim is decided at its own place
        confirmation.refuse_claim(person(inside["quang"]), inside["lop4a"], claim.id, "Không phải người này")


def test_a_minor_claims_no_staff_card(inside: World) -> None:
    codes = staff(inside)
    with pytest.raises(Forbidden, match="18 tuổi"):
        commands.claim_card(codes["Xuyến"], "once", Answers(), person(inside["khoa"]), None)


def test_a_second_claim_freezes_both_and_a_row_without_role_is_a_fault(inside: World) -> None:
    codes = staff(inside)
    one = commands.claim_card(codes["Quyên"], "once", Answers(), None, adult("Lê Zulu Quyên"))
    two = commands.claim_card(codes["Quyên"], "other", Answers(), None, adult("Kẻ Chụp Ảnh"))
    states = db.session.scalars(sa.select(ClassClaim.state).where(ClassClaim.id.in_([one.id, two.id])))
    assert set(states) == {"frozen"}
    assert confirmation.confirm_claims(second(inside), inside["truong"], [one.id, two.id], checked=True).done == 0
    text = "Họ và tên,Chức vụ\nNguyễn Văn Ba,hiệu trưởng\nNguyễn Văn Tư,GV Toán\n"
    draft = class_lists.check_file(person(inside["quang"]), inside["truong"], text.encode(), None, "staff")
    assert class_lists.accept_draft(person(inside["quang"]), inside["truong"], draft) == 1
    assert line_of("Tư").role == "teacher"


# ---- the file of adults -----------------------------------------------------------------------------------------

NAMESAKES = "Họ và tên,Vai trò\nTrần Zulu An,Giáo viên\nTRẦN ZULU AN,GV\nTrần Zulu An,điều phối viên\n"


def check(world: World, text: str) -> ClassListDraft:
    switch_on(world)
    made = class_lists.check_file(person(world["quang"]), world["truong"], text.encode(), None, "staff")
    return db.session.get_one(ClassListDraft, made)


def roles_staged() -> list[tuple[str, str]]:
    return sorted((one.called, one.role) for one in db.session.scalars(sa.select(ClassLine)))


def test_a_namesake_with_the_same_role_comes_in_when_a_person_says_so(inside: World) -> None:
    draft = check(inside, NAMESAKES)
    found = {one.row: one.fault for one in queries.rows_of(draft)}
    assert found == {2: None, 3: NAMESAKE, 4: None} and (draft.good, draft.faulty) == (2, 0)
    quang = person(inside["quang"])
    assert class_lists.accept_draft(quang, inside["truong"], draft.id) == 2  # unsaid: the list has one adult twice
    assert roles_staged() == [("An", "coordinator"), ("An", "teacher")]
    again = check(inside, NAMESAKES)
    assert class_lists.accept_draft(quang, inside["truong"], again.id, {3}) == 1
    assert roles_staged() == [("An", "coordinator"), ("An", "teacher"), ("An", "teacher")]
    third = check(inside, NAMESAKES)
    assert class_lists.accept_draft(quang, inside["truong"], third.id, {3}) == 0  # the same file changes nothing
    assert class_lists.accept_draft(quang, inside["truong"], check(inside, NAMESAKES).id, {2, 4, 99}) == 0


def test_a_row_called_a_namesake_brings_no_faulty_row_in(inside: World) -> None:
    draft = check(inside, "Họ và tên,Vai trò\nTrần Zulu An,Giáo viên\nLê 12,Giáo viên\nVõ Zulu Bê,hiệu trưởng\n")
    assert class_lists.accept_draft(person(inside["quang"]), inside["truong"], draft.id, {3, 4}) == 1
    assert roles_staged() == [("An", "teacher")]


@pytest.mark.parametrize(
    "text",
    [
        "STT;Họ đệm;Tên;Chức vụ\n1;Trần Zulu;An;Giáo viên\n",
        "Họ và tên;;Vai trò\nTrần Zulu;An;Giáo viên\nLê Zulu;Bê;người giúp\n",
        "Trường Minh Hoạ;;;\nSTT;Họ và tên;;Vai trò\n;Họ đệm;Tên;\n1;TRẦN ZULU;AN;GV\n",
    ],
)
def test_names_of_adults_stand_in_two_columns_too(text: str) -> None:
    first, *_others = file_of_staff.staff_rows(*file_of_staff.read_file(text.encode()))
    assert (first.full, first.called, first.role, first.fault) == ("Trần Zulu An", "An", "teacher", None)


def test_an_adult_without_a_given_name_is_a_fault() -> None:
    text = "Họ đệm,Tên,Vai trò\nTrần Zulu,,Giáo viên\n,,\n,,Giáo viên\n"
    rows = file_of_staff.staff_rows(*file_of_staff.read_file(text.encode()))
    assert [one.fault for one in rows] == ["no_name", "not_a_row", "no_name"]


def test_the_check_page_says_roles_in_words_and_the_file_to_correct_keeps_them(
    app: Flask, world: World, as_: As
) -> None:
    text = (
        "Họ và tên,Vai trò\nTrần Zulu An,Giáo viên\nTrần Zulu An,Giáo viên\nLê 12,người giúp\n"
        "Võ Zulu Bê,hiệu trưởng\nHồ Zulu Ca,079216000001\nĐỗ 7,người giúp 2\n"
    )
    with app.app_context():
        switch_on(world)
    quang, at = as_("quang"), f"/units/{world['truong']}/class-list"
    there = send(quang, at, text.encode(), kind="staff")
    page = quang.get(there).text
    assert "giáo viên" in page and "teacher" not in page and "Năm sinh" not in page
    assert re.search(r'name="namesake" value="3"', page)
    faulty = quang.get(f"{there}/faulty.csv").text
    assert "079216000001" not in faulty and "Vai trò" in faulty and "Năm sinh" not in faulty
    again = file_of_staff.staff_rows(*file_of_staff.read_file(faulty.encode()))
    found = [(one.full, one.group, one.fault) for one in again]
    assert found == [
        (None, "người giúp", "no_name"),
        ("Võ Zulu Bê", "hiệu trưởng", "no_role"),
        ("Hồ Zulu Ca", "", "no_role"),
        (None, "bạn đồng hành", "no_name"),
    ]
    assert quang.post(f"{there}/accept", data={"namesake": ["3", "x"]}).status_code == 302
    assert "2 người mới" in quang.get(there).text
    with app.app_context():
        assert roles_staged() == [("An", "teacher"), ("An", "teacher")]


def test_a_namesake_who_was_not_ticked_is_in_the_file_to_correct(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        switch_on(world)
    quang, at = as_("quang"), f"/units/{world['truong']}/class-list"
    there = send(quang, at, f"{NAMESAKES}trần zulu an,giáo viên\nLê 12,giáo viên\n".encode(), kind="staff")
    assert "chưa nhận" not in quang.get(f"{there}/faulty.csv").text  # the sender has not decided yet
    assert quang.post(f"{there}/accept", data={"namesake": ["3"]}).status_code == 302
    rows = quang.get(f"{there}/faulty.csv").text.splitlines()[1:]
    assert [row.split(",")[0].strip('"') for row in rows] == ["5", "6"]
    assert "Trần Zulu An" in rows[0] and "hãy gửi lại cả danh sách" in rows[0]
    assert "Trùng tên và vai trò với một dòng phía trên nên chưa nhận" in quang.get(there).text


def test_the_card_of_an_adult_has_the_full_name_and_that_of_a_pupil_has_not(inside: World) -> None:
    helpers(inside, ("Nguyễn Zulu Bình", 2016))
    staff(inside)
    adults = commands.print_cards(person(inside["quang"]), inside["truong"])
    assert {one.full_name for one in adults} == {"Trần Zulu Xuyến", "Lê Zulu Quyên", "Võ Zulu Quế"}
    assert [one.full_name for one in commands.print_cards(person(inside["hang"]), inside["lop4a"])] == [None]


FAMILY_WORDS = ("ba mẹ", "Ba mẹ", "thầy cô", "Thầy cô", "của con", "của lớp", "của em", "ai trong nhà")


def test_adults_read_no_words_for_families(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        codes = staff(world)
        second(world)
    phone, other, third = (app.test_client() for _one in range(3))
    at = f"/card/{codes['Xuyến']}"

    def read(client: FlaskClient, address: str) -> None:
        answer = client.get(address)
        main = answer.text.partition("<main")[2].partition("</main>")[0]
        assert answer.status_code == 200 and main, address
        assert [word for word in FAMILY_WORDS if word in main] == [], address

    read(phone, at)
    read(phone, f"{at}/delete")
    form = {"adult": "y", "full_name": "Trần Zulu Xuyến", "called": "Xuyến", "password": LONG, "address_form": "cô"}
    for client in (phone, other):
        read(client, at)
        assert client.post(at, data=form_of(client.get(at).text) | form).status_code == 302
        read(client, "/card")
    read(third, at)  # two have claimed it
    desk = f"/units/{world['truong']}/class-list"
    read(as_("hang"), f"{desk}/claims")
    page = as_("hang").get(f"{desk}/claims").text
    assert "Trần Zulu Xuyến" in page  # who decides tells adults apart by the whole name
    for claim in re.findall(rf"{desk}/claims/(\d+)", page):
        read(as_("hang"), f"{desk}/claims/{claim}")


# ---- pages ------------------------------------------------------------------------------------------------------


def test_a_forged_form_changes_neither_kind_nor_role(app: Flask, world: World) -> None:
    with app.app_context():
        staged(world, ("Nguyễn Zulu Bình", 2016))
        pupil, codes = printed(world)["Bình"], staff(world)
    phone = app.test_client()
    page = phone.get(f"/card/{codes['Xuyến']}").text
    assert "Giáo viên" not in page and "Trường Minh Hoạ" not in page and "Zulu" not in page
    forged = {"kind": "staff", "role": "coordinator", "adult": "y", "full_name": "Trần Zulu Xuyến", "password": LONG,
              "address_form": "cô", "birth_year": "1990", "relation": "mẹ"}  # fmt: skip
    assert phone.post(f"/card/{codes['Xuyến']}", data=form_of(page) | forged).status_code == 302
    other = app.test_client()
    refused = other.post(f"/card/{pupil}", data=form_of(other.get(f"/card/{pupil}").text) | forged)
    assert (
        refused.status_code in (400, 409, 422) or "Chưa đúng" in refused.text
    )  # a guardian still consents for a pupil
    with app.app_context():
        found = {one.called: (one.kind, one.role) for one in db.session.scalars(sa.select(ClassLine))}
        assert found["Xuyến"] == ("staff", "teacher") and found["Bình"] == ("pupil", "")
        assert len(db.session.scalars(sa.select(ClassClaim)).all()) == 1


def test_from_the_file_to_the_role_in_the_browser(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        switch_on(world)
        second(world)
    quang, at = as_("quang"), f"/units/{world['truong']}/class-list"
    page = quang.get(at).text
    assert "Thầy cô và người lớn của trường" in page
    assert "Thầy cô và người lớn" not in as_("hang").get(f"/units/{world['lop4a']}/class-list").text
    check = send(quang, at, STAFF_LIST.encode(), kind="staff")
    assert quang.post(f"{check}/accept").status_code == 302
    assert re.search(r"<b>Trần Zulu Xuyến</b>, giáo viên", quang.get(at).text)
    sheet = quang.post(f"{at}/cards")
    assert sheet.mimetype == "application/pdf"
    with app.app_context():
        code = printed(world, "truong", "quang")["Xuyến"]
        claim = commands.claim_card(code, "once", Answers(), None, adult("Trần Zulu Xuyến")).id
    assert "1 thẻ chờ bạn xác nhận" in as_("hang").get("/").text
    assert "1 thẻ chờ bạn xác nhận" not in quang.get("/").text  # not the second person
    page = as_("hang").get(f"{at}/claims/{claim}").text
    assert "giáo viên" in page and "Người đưa tên vào danh sách không tự xác nhận được" in page
    assert as_("hang").post(f"{at}/claims/{claim}", data={"checked": "y"}).status_code == 302
    with app.app_context():
        assert db.session.get_one(ClassClaim, claim).state == "confirmed"
        db.session.execute(sa.update(SignIn).values(stepped_up_at=None))
        db.session.commit()
    assert "next=" in (quang.get(f"{at}/claims/{claim}").location or "")  # giving a role asks who one is


def test_staged_adults_and_helpers_stand_on_no_other_page(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        helpers(world, ("Nguyễn Zulu Xuyến", 2016))
        staff(world, STAFF_LIST.replace("Xuyến", "Quỳnh"))
    words = ("Zulu", "Xuyến", "Quỳnh", "Quế")
    for name in ("hang", "mai", "admin1", "lan", "khoa", None):
        client = as_(name) if name else app.test_client()
        tabs = ("", "/members", "/classes", "/members?q=Xuy", "/class-list/claims")
        for unit in ("truong", "lop4a", "lop6a"):
            for place in (f"/units/{world[unit]}{tab}" for tab in tabs):
                text = client.get(place, follow_redirects=True).text
                assert not any(word in text for word in words), (name, place)
        list_of_school = client.get(f"/units/{world['truong']}/class-list", follow_redirects=True).text
        assert not any(word in list_of_school for word in words), name


def test_the_list_says_when_it_shows_only_some(
    app: Flask, world: World, as_: As, monkeypatch: pytest.MonkeyPatch
) -> None:
    with app.app_context():
        staged(world, ("Nguyễn Zulu Bình", 2016), ("Nguyễn Zulu Châu", 2016))
    at = f"/units/{world['lop4a']}/class-list"
    assert "dòng đầu trong" not in as_("hang").get(at).text
    monkeypatch.setattr(queries, "MOST_SHOWN", 1)
    assert "1 dòng đầu trong 2 dòng" in as_("hang").get(at).text
