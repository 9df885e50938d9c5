"""Claims are confirmed in bulk, refused and undone by the teacher; nothing of a pupil exists before."""

import re
from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from tests.community.class_cards.cards import (
    MOTHER,
    PASSWORD,
    PURPOSES,
    claimed,
    line_of,
    printed,
    staged,
)
from tests.factories import World, person
from tests.statements import asked
from tutoring.accounts.consents import commands as consents_commands
from tutoring.accounts.erasure import erase_account
from tutoring.accounts.models import Consent, Guardian, User
from tutoring.accounts.queries import purposes_in_force
from tutoring.accounts.registration import issue_card
from tutoring.community import commands as community
from tutoring.community.alarm_tests.models import AlarmCall
from tutoring.community.class_cards import commands, confirmation, confirmation_jobs, queries
from tutoring.community.class_cards.commands import Answers, NewAccount
from tutoring.community.class_cards.models import ClassClaim
from tutoring.community.class_lists.models import ClassLine
from tutoring.community.join_codes.commands import use_code
from tutoring.community.memberships.queries import classes_of
from tutoring.community.models import Membership, Unit
from tutoring.kernel import clock, jobs
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, InvalidInput, NotFound
from tutoring.notifications.models import Notice

As = Callable[[str], FlaskClient]
NAMES = "Bảo Bình Châu Dũng Giang Hà Khoa Lan Nam Nga".split()  # noqa: SIM905


def claims(world: World, names: list[str]) -> list[ClassClaim]:
    staged(world, *((f"Nguyễn Zulu {name}", 2016) for name in names))
    return [claimed(code, f"Trần Thị {name}") for name, code in printed(world).items()]


def confirm(world: World, made: list[ClassClaim], by: str = "hang", *, checked: bool = False) -> confirmation.Outcome:
    return confirmation.confirm_claims(person(world[by]), world["lop4a"], [one.id for one in made], checked=checked)


def pupils() -> list[User]:
    return list(db.session.scalars(sa.select(User).where(User.kind == "child").order_by(User.id)))


def count(table: type) -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(table)) or 0


def test_a_class_is_confirmed_at_once(inside: World) -> None:
    made, before = claims(inside, NAMES), len(pupils())
    assert confirm(inside, made).done == 10
    new = pupils()[before:]
    assert [one.called_name for one in new] == NAMES
    for child, claim in zip(new, made, strict=True):
        assert child.full_name == child.called_name  # consent covers no more
        assert (child.state, child.birth_year, child.grade, child.password_hash) == ("active", 2016, 4, "")
        assert classes_of(child.id) == {inside["lop4a"]}
        tie = db.session.scalars(sa.select(Guardian).where(Guardian.child_id == child.id)).one()
        assert (tie.guardian_id, tie.confirmed_by_id) == (claim.user_id, inside["hang"])
        assert purposes_in_force(child.id) == purposes_in_force(child.id, "assent") == set(PURPOSES)
        assert {
            one.given_at for one in db.session.scalars(sa.select(Consent).where(Consent.subject_id == child.id))
        } == {claim.at}
        roles = sa.select(Membership.role, Membership.state).where(Membership.user_id == claim.user_id)
        assert [tuple(row) for row in db.session.execute(roles)] == [("parent", "active")]
        assert claim.user.state == "active"
    assert len({one.username for one in pupils()}) == len(pupils())
    jobs.run_due(100)
    notified = sa.select(Notice.user_id).where(Notice.key.like("confirmed:%"))
    assert {one.user_id for one in made} <= set(db.session.scalars(notified))


@pytest.mark.parametrize(("assents", "stored"), [(["profile"], "Bảo"), (["profile", "full_name"], "Nguyễn Zulu Bảo")])
def test_the_full_name_is_stored_only_with_a_consent_and_assent_of_its_own(
    inside: World, assents: list[str], stored: str
) -> None:
    staged(inside, ("Nguyễn Zulu Bảo", 2016))
    claim = claimed(printed(inside)["Bảo"], answers=Answers("mẹ", [*PURPOSES, "full_name"], assents))
    assert confirm(inside, [claim]).done == 1
    child = person(claim.child_id or 0)
    assert (child.full_name, child.called_name) == (stored, "Bảo")
    consents_commands.withdraw(claim.user, child.id, "full_name")
    assert child.full_name == "Bảo"


def test_a_second_teacher_and_a_second_press_change_nothing(inside: World) -> None:
    made = claims(inside, NAMES[:2])
    assert confirm(inside, made).done == 2
    users, ties = count(User), count(Guardian)
    assert confirm(inside, made).done == confirm(inside, made, "quang").done == 0
    assert (count(User), count(Guardian)) == (users, ties)


def test_the_number_of_statements_does_not_grow(app: Flask, inside: World) -> None:
    ids, hang, counts = [one.id for one in claims(inside, NAMES)], person(inside["hang"]), []
    for some in (ids[:2], ids[2:]):
        db.session.expire_all()
        with asked(app) as statements:
            assert confirmation.confirm_claims(hang, inside["lop4a"], some).done == len(some)
        counts.append(len(statements))
    assert counts[0] == counts[1], counts


def test_who_may_not_confirm_does_not(inside: World) -> None:
    made = claims(inside, NAMES[:1])
    for name in ("minh", "lan", "khoa", "muoi", "mai", "admin1"):
        with pytest.raises(NotFound):
            confirm(inside, made, name)
    with pytest.raises(NotFound):
        confirmation.confirm_claims(person(inside["hang"]), inside["truong"], [made[0].id])
    # By the door of the school, which has claims of adults alone, or of another class: the claim is none of theirs.
    assert confirmation.confirm_claims(person(inside["quang"]), inside["truong"], [made[0].id]).done == 0
    assert confirmation.confirm_claims(person(inside["quang"]), inside["lop6a"], [made[0].id]).done == 0
    for act in (partial(confirmation.refuse_claim, reason="Nhầm"), confirmation.read_guardian_contact):
        with pytest.raises(NotFound):
            act(person(inside["quang"]), inside["lop6a"], made[0].id)


def test_a_class_whose_school_is_not_ready_confirms_no_minor(inside: World) -> None:
    made, users = claims(inside, NAMES[:2]), count(User)
    db.session.execute(sa.delete(AlarmCall))
    db.session.commit()
    for checked in (False, True):
        with pytest.raises(Conflict, match="báo động thử"):
            confirm(inside, made, checked=checked)
    assert count(User) == users and {one.state for one in made} == {"waiting"}


def test_a_teacher_does_not_confirm_her_own_child(inside: World) -> None:
    staged(inside, ("Nguyễn Zulu Bảo", 2016))
    hang = person(inside["hang"])
    claim = commands.claim_card(printed(inside)["Bảo"], "x", MOTHER, hang, None)
    assert confirm(inside, [claim]).done == 0 == confirm(inside, [claim], checked=True).done
    assert confirm(inside, [claim], "quang").done == 1


def test_a_relative_is_confirmed_only_after_the_school_checked(inside: World) -> None:
    staged(inside, ("Nguyễn Zulu Bảo", 2016))
    claim = claimed(printed(inside)["Bảo"], "Lê Thị Bà", Answers("ông hoặc bà", PURPOSES, PURPOSES))
    consents = count(Consent)
    groups = queries.claims_at(db.session.get_one(Unit, inside["lop4a"]))
    assert groups.ready == [] and groups.single == [claim]
    assert confirm(inside, [claim]).refused.total() == 1
    assert count(Consent) == consents
    assert confirm(inside, [claim], checked=True).done == 1


def test_frozen_claims_wait_until_one_is_refused(inside: World) -> None:
    staged(inside, ("Nguyễn Zulu Bảo", 2016))
    code, hang = printed(inside)["Bảo"], person(inside["hang"])
    one, other = claimed(code), claimed(code, "Lê Văn Lạ")
    notified = sa.select(Notice.user_id).where(Notice.key.like("card-twice:%"), Notice.read_at.is_(None))
    assert inside["hang"] in set(db.session.scalars(notified))
    assert confirm(inside, [one, other], checked=True).done == 0
    with pytest.raises(InvalidInput):
        confirmation.refuse_claim(hang, inside["lop4a"], other.id, " ")
    confirmation.refuse_claim(hang, inside["lop4a"], other.id, "Không phải người nhà của em")
    assert (one.state, other.state) == ("waiting", "refused")
    assert not list(db.session.scalars(notified))
    assert confirm(inside, [one, other]).done == 1


def test_a_refused_card_stops_working_and_can_be_printed_again(inside: World) -> None:
    staged(inside, ("Nguyễn Zulu Bảo", 2016))
    code = printed(inside)["Bảo"]
    claim = claimed(code)
    confirmation.refuse_claim(person(inside["hang"]), inside["lop4a"], claim.id, "Nhầm thẻ")
    with pytest.raises(InvalidInput):
        queries.usable_card(code)
    assert set(printed(inside)) == {"Bảo"}
    assert not any("Zulu" in f"{one.say}{one.params}" for one in db.session.scalars(sa.select(Notice)))


def test_a_pupil_who_may_have_an_account_is_looked_at_first(inside: World) -> None:
    minh = person(inside["minh"])
    where = sa.select(Membership.unit_id).where(Membership.user_id == minh.id, Membership.role == "learner")
    place = next(name for name, unit_id in inside.units.items() if unit_id == db.session.scalar(where))
    staged(inside, (f"Trần Zulu {minh.called_name}", minh.birth_year or 0), place=place, by="quang")
    claim = claimed(next(iter(printed(inside, place, "quang").values())))
    outcome = confirmation.confirm_claims(person(inside["quang"]), inside[place], [claim.id])
    assert (outcome.done, outcome.refused.total()) == (0, 1)


def test_a_pupil_of_seventeen_is_confirmed_after_the_guardian_was_told(inside: World) -> None:
    staged(inside, ("Lê Zulu Tú", clock.today().year - 17))
    answers = Answers(purposes=PURPOSES, guardian_name="Lê Văn Ba", guardian_contact="0912345678")
    claim = commands.claim_card(
        printed(inside)["Tú"], "x", answers, None, NewAccount("Lê Zulu Tú", PASSWORD, called="Tú")
    )
    assert confirm(inside, [claim]).done == 0
    hang = person(inside["hang"])
    # The pupil came by a join code of the class as well: that membership waits, and is the one that is confirmed.
    use_code(claim.user, community.create_code(hang, inside["lop4a"], "learner").code)
    assert confirmation.read_guardian_contact(hang, inside["lop4a"], claim.id) == "+84912345678"
    assert confirm(inside, [claim], checked=True).done == 1
    assert claim.user.state == "active" and classes_of(claim.user_id) == {inside["lop4a"]}
    with pytest.raises(NotFound):
        confirmation.read_guardian_contact(hang, inside["lop4a"], claim.id)


def test_a_confirmation_is_undone_while_nothing_is_lost(inside: World) -> None:
    made = claims(inside, NAMES[:2])
    confirm(inside, made)
    hang, first = person(inside["hang"]), made[0]
    child_id = first.child_id or 0
    confirmation.undo_confirmation(hang, inside["lop4a"], first.id)
    child = person(child_id)
    assert child.erased_at and not classes_of(child_id)
    assert (first.state, first.child_id, first.user.state) == ("waiting", None, "waiting")
    assert not db.session.scalars(sa.select(Membership).where(Membership.user_id == first.user_id)).all()
    assert line_of("Bảo").full_name == "Nguyễn Zulu Bảo"
    assert confirm(inside, [first]).done == 1
    jobs.run_due(100)
    # Once the family has printed the child's sign-in card, or a day has gone, it stays.
    issue_card(first.user, first.child_id or 0)
    with pytest.raises(Conflict):
        confirmation.undo_confirmation(hang, inside["lop4a"], first.id)
    with clock.travel(clock.now() + timedelta(days=2)), pytest.raises(Conflict):
        confirmation.undo_confirmation(hang, inside["lop4a"], made[1].id)


def test_lines_and_accounts_that_led_nowhere_go_by_night(inside: World) -> None:
    made = claims(inside, NAMES[:3])
    confirm(inside, made[:1])
    confirmation.refuse_claim(person(inside["hang"]), inside["lop4a"], made[1].id, "Nhầm thẻ")
    ids = [one.user_id for one in made]
    with clock.travel(clock.now() + timedelta(days=2)):
        confirmation_jobs.clean_up({})
        db.session.expire_all()
    assert sorted(one.called for one in db.session.scalars(sa.select(ClassLine))) == ["Bình", "Châu"]
    assert [person(one).erased_at is not None for one in ids] == [False, True, False]


def test_a_claimant_who_came_in_by_a_join_code_as_well_is_active_once_no_claim_waits(inside: World) -> None:
    claim = claims(inside, NAMES[:1])[0]
    code = community.create_code(person(inside["hang"]), inside["lop4a"], "parent")
    use_code(claim.user, code.code)
    confirmation_jobs.clean_up({})
    assert person(claim.user_id).state == "waiting"
    confirmation.refuse_claim(person(inside["hang"]), inside["lop4a"], claim.id, "Nhầm thẻ")
    confirmation_jobs.clean_up({})
    db.session.expire_all()
    assert person(claim.user_id).state == "active"


def test_an_erased_claimant_leaves_no_claim(inside: World) -> None:
    staged(inside, ("Nguyễn Zulu Bảo", 2016))
    code = printed(inside)["Bảo"]
    one, other = claimed(code), claimed(code, "Lê Văn Lạ")
    erase_account(other.user_id)
    db.session.expire_all()
    assert [(claim.id, claim.state) for claim in db.session.scalars(sa.select(ClassClaim))] == [(one.id, "waiting")]


# ---- pages ----------------------------------------------------------------------------------------------------


def test_the_teacher_confirms_all_with_one_button(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        claims(world, NAMES)
    hang, path = as_("hang"), f"/units/{world['lop4a']}/class-list/claims"
    page = hang.get(path).text
    assert "Xác nhận cả 10 em" in page and "Zulu" not in page
    shown = re.search(r'name="all" value="([\d,]+)"', page)
    assert shown
    with app.app_context():  # it comes after the page was read, so it is not confirmed unseen
        staged(world, ("Nguyễn Zulu Xuân", 2016))
        claimed(printed(world)["Xuân"])
    answer = hang.post(path, data={"all": shown[1]}, follow_redirects=True).text
    assert "Đã xác nhận 10 em." in answer and answer.count("Hoàn tác<") == 10 and "Xác nhận cả 1 em" in answer
    assert "Chưa chọn ai đang chờ" in hang.post(path, data={"claim": "x"}, follow_redirects=True).text
    listed = hang.get(path.removesuffix("/claims")).text
    assert "In lại thẻ" not in listed and "đã có người nhận" in listed
    for name in ("lan", "muoi", "admin1", "mai"):
        assert as_(name).get(path).status_code in (403, 404), name


def test_one_claim_is_opened_checked_refused_and_undone(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        ids = [one.id for one in claims(world, NAMES[:2])]
    hang, path = as_("hang"), f"/units/{world['lop4a']}/class-list/claims"
    assert hang.get(f"{path}/{ids[0]}").status_code == 200
    assert hang.post(f"{path}/{ids[0]}").status_code == 422  # the box is not ticked
    assert hang.post(f"{path}/{ids[0]}", data={"checked": "y"}).status_code == 302
    assert "Đã hoàn tác" in hang.post(f"{path}/{ids[0]}/undo", follow_redirects=True).text
    assert "Hãy ghi lý do" in hang.post(f"{path}/{ids[1]}/refuse", follow_redirects=True).text
    assert "Đã từ chối" in hang.post(f"{path}/{ids[1]}/refuse", data={"reason": "Nhầm"}, follow_redirects=True).text
    assert as_("lan").post(f"{path}/{ids[0]}/undo").status_code in (403, 404)
