"""Whom a teacher does not confirm, what a claim keeps from being deleted, and odd fields of the pages."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from tests.community.class_cards.cards import MOTHER, PASSWORD, PURPOSES, claimed, line_of, printed, staged
from tests.factories import World, person
from tutoring.accounts.models import Guardian, User
from tutoring.community.class_cards import commands, confirmation, confirmation_jobs, queries
from tutoring.community.class_cards.commands import Answers, NewAccount
from tutoring.community.class_cards.models import ClassCard, ClassClaim
from tutoring.community.class_lists import commands as class_lists
from tutoring.community.class_lists.models import ClassLine
from tutoring.community.memberships import suspensions
from tutoring.community.models import Membership
from tutoring.kernel import clock
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, NotFound
from tutoring.privacy import retention_jobs

As = Callable[[str], FlaskClient]
BAO = ("Nguyễn Zulu Bảo", 2016)
NEW_YEAR = datetime(clock.today().year + 1, 1, 1, 12, tzinfo=clock.LOCAL)


def confirm(world: World, claim: ClassClaim, by: str = "hang", *, checked: bool = True) -> confirmation.Outcome:
    return confirmation.confirm_claims(person(world[by]), world["lop4a"], [claim.id], checked=checked)


def refuse(world: World, claim: ClassClaim) -> None:
    confirmation.refuse_claim(person(world["hang"]), world["lop4a"], claim.id, "Nhầm thẻ")


def test_a_guardians_claim_stays_one_when_the_pupil_grows_over_new_year(inside: World) -> None:
    with clock.travel(NEW_YEAR - timedelta(days=5)):
        staged(inside, ("Lê Zulu Tú", NEW_YEAR.year - 17))
        claim = claimed(printed(inside)["Tú"])
        assert queries.kind_of(claim) == "guardian"
    with clock.travel(NEW_YEAR + timedelta(days=2)):
        assert queries.claimant_of(claim.line) == "youth" and queries.kind_of(claim) == "guardian"
        outcome = confirm(inside, claim)
    assert outcome.done == 0 and "đủ 16 tuổi" in next(iter(outcome.refused))
    assert not db.session.scalars(sa.select(Membership).where(Membership.user_id == claim.user_id)).all()


def youth(world: World) -> ClassClaim:
    staged(world, ("Lê Zulu Tú", clock.today().year - 17))
    answers = Answers(purposes=PURPOSES, guardian_name="Lê Văn Ba", guardian_contact="0912345678")
    new = NewAccount("Lê Zulu Tú", PASSWORD, called="Tú")
    return commands.claim_card(printed(world)["Tú"], "x", answers, None, new)


def test_a_teacher_does_not_confirm_a_pupil_who_named_her_as_guardian(inside: World) -> None:
    claim = youth(inside)
    db.session.execute(sa.update(Guardian).where(Guardian.child_id == claim.user_id).values(guardian_id=inside["hang"]))
    db.session.commit()
    outcome = confirm(inside, claim)
    assert outcome.done == 0 and "ba mẹ hoặc người giám hộ" in next(iter(outcome.refused))
    assert confirm(inside, claim, "quang").done == 1


def test_a_child_of_the_claimant_in_another_place_is_looked_at_first(inside: World) -> None:
    minh = person(inside["minh"])
    tie = sa.select(Guardian.guardian_id).where(Guardian.child_id == minh.id, Guardian.guardian_id.is_not(None))
    mother = person(db.session.scalars(tie.limit(1)).one())
    staged(inside, (f"Trần Zulu {minh.called_name}", minh.birth_year or 0))
    db.session.execute(sa.delete(Membership).where(Membership.user_id == minh.id))  # a pupil of no class
    db.session.commit()
    claim = commands.claim_card(next(iter(printed(inside).values())), "x", MOTHER, mother, None)
    assert confirm(inside, claim, checked=False).done == 0
    assert confirm(inside, claim).done == 1


def test_a_refused_claimant_has_a_day_to_read_the_reason(inside: World) -> None:
    staged(inside, BAO)
    claim = claimed(printed(inside)["Bảo"])
    now, user_id = clock.now(), claim.user_id
    with clock.travel(now + timedelta(days=5)):
        refuse(inside, claim)
        confirmation_jobs.clean_up({})
        db.session.expire_all()
        assert person(user_id).erased_at is None
    with clock.travel(now + timedelta(days=6, hours=1)):
        confirmation_jobs.clean_up({})
        db.session.expire_all()
        assert person(user_id).erased_at is not None


def test_a_line_with_an_open_claim_is_not_deleted_by_hand(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        staged(world, BAO)
        claim, line_id = claimed(printed(world)["Bảo"]), line_of("Bảo").id
        hang = person(world["hang"])
        with pytest.raises(Conflict, match="từ chối người nhận"):
            class_lists.remove_line(hang, world["lop4a"], line_id)
        assert "Xoá dòng này" not in as_("hang").get(f"/units/{world['lop4a']}/class-list").text
        refuse(world, claim)
        class_lists.remove_line(hang, world["lop4a"], line_id)
        assert db.session.get(ClassLine, line_id) is None


def night() -> list[str]:
    confirmation_jobs.clean_up({})
    retention_jobs.delete_expired_rows()
    db.session.expire_all()
    return sorted(db.session.scalars(sa.select(ClassLine.called)))


def test_a_line_waits_for_its_open_claim(inside: World) -> None:
    staged(inside, BAO, ("Trần Zulu Châu", 2016))
    now = clock.now()
    db.session.execute(sa.update(ClassLine).values(added_at=now - timedelta(days=25)))
    db.session.commit()
    claim = claimed(printed(inside)["Bảo"])
    with clock.travel(now + timedelta(days=6)):
        assert night() == ["Bảo"]
        assert confirm(inside, claim).done == 1
        assert night() == ["Bảo"]  # the confirmation can be undone for a day
        confirmation.undo_confirmation(person(inside["hang"]), inside["lop4a"], claim.id)
    with clock.travel(now + timedelta(days=36)):
        assert night() == []


def test_a_card_never_outlives_its_line(inside: World) -> None:
    staged(inside, BAO)
    with clock.travel(clock.now() + timedelta(days=25)):
        cards = commands.print_cards(person(inside["hang"]), inside["lop4a"])
        line = line_of("Bảo")
        expires = db.session.scalars(sa.select(ClassCard.expires_at)).one()
        assert expires == cards[0].expires_at == line.added_at + timedelta(days=30)


def test_a_claim_whose_line_went_is_not_found(inside: World) -> None:
    staged(inside, BAO)
    claim = claimed(printed(inside)["Bảo"])
    assert queries.lock_claim(claim.id) == (claim.line, claim)
    db.session.execute(sa.delete(ClassLine), execution_options={"synchronize_session": False})
    with pytest.raises(NotFound):  # the session still holds both
        queries.lock_claim(claim.id)


def test_a_suspended_claimant_waits_again_after_the_suspension(inside: World) -> None:
    staged(inside, BAO)
    claim = claimed(printed(inside)["Bảo"])
    db.session.execute(sa.update(User).where(User.id == claim.user_id).values(state="suspended"))
    db.session.commit()
    suspensions.lift(claim.user_id)
    assert person(claim.user_id).state == "waiting"


# ---- pages ----------------------------------------------------------------------------------------------------


def test_odd_numbers_are_not_found_and_never_mean_all(app: Flask, world: World, as_: As) -> None:
    with app.app_context():
        staged(world, BAO)
    hang, path = as_("hang"), f"/units/{world['lop4a']}/class-list"
    for odd in ("", "x", "9" * 12, "1.5"):
        assert hang.post(f"{path}/cards", data={"line": odd}).status_code == 404, odd
        assert hang.post(f"{path}/claims", data={"all": odd}).status_code == 404, odd
    assert hang.post(f"{path}/claims", data={"all": "1,x"}).status_code == 404
    with app.app_context():
        assert db.session.scalar(sa.select(ClassCard.line_id)) is None
    assert "Chưa chọn ai đang chờ" in hang.post(f"{path}/claims", data={"claim": "9" * 12}, follow_redirects=True).text


def test_pages_of_a_card_are_stored_nowhere(app: Flask, world: World) -> None:
    with app.app_context():
        staged(world, BAO)
        code = printed(world)["Bảo"]
    phone = app.test_client()
    for path in (f"/card/{code}", f"/card/{code}/delete", "/card/AAAAAAAAAA", "/card/AAAAAAAAAA/delete"):
        assert phone.get(path).headers["Cache-Control"] == "no-store", path
    assert "10 chữ và số trên thẻ của con" in phone.get("/join").text
