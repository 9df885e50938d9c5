"""What an undone confirmation takes back from the guardian, and what stays withdrawn."""

import pytest
import sqlalchemy as sa

from tests.community.class_cards.cards import PURPOSES, claimed, printed, staged
from tests.factories import World, person
from tutoring.accounts.consents import commands as consents
from tutoring.accounts.erasure import erase_account
from tutoring.accounts.queries import purposes_in_force
from tutoring.community import commands as community
from tutoring.community.class_cards import commands, confirmation
from tutoring.community.class_cards.commands import Answers
from tutoring.community.class_cards.models import ClassClaim
from tutoring.community.class_lists.models import ClassLine
from tutoring.community.join_codes.commands import use_code
from tutoring.community.models import Membership
from tutoring.kernel import clock
from tutoring.kernel.db import db
from tutoring.kernel.errors import NotFound

EVERYTHING = [*PURPOSES, "full_name"]
ANSWERS = Answers("mẹ", EVERYTHING, EVERYTHING)
TWO = (("Nguyễn Zulu Bảo", 2016), ("Nguyễn Zulu Châu", 2015))


def of_one_mother(world: World) -> list[ClassClaim]:
    staged(world, *TWO)
    codes = printed(world)
    first = claimed(codes["Bảo"], answers=ANSWERS)
    return [first, commands.claim_card(codes["Châu"], "second", ANSWERS, first.user, None)]


def confirm(world: World, claim: ClassClaim) -> confirmation.Outcome:
    return confirmation.confirm_claims(person(world["hang"]), world["lop4a"], [claim.id])


def undo(world: World, claim: ClassClaim) -> None:
    confirmation.undo_confirmation(person(world["hang"]), world["lop4a"], claim.id)
    db.session.expire_all()


def membership(claim: ClassClaim) -> Membership | None:
    query = sa.select(Membership).where(Membership.user_id == claim.user_id, Membership.role == "parent")
    return db.session.scalar(query)


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_a_guardian_of_two_is_taken_back_in_either_order(inside: World, order: tuple[int, int]) -> None:
    made = of_one_mother(inside)
    for claim in made:
        assert confirm(inside, claim).done == 1
    undo(inside, made[order[0]])
    assert membership(made[0]) is not None and made[0].user.state == "active"
    undo(inside, made[order[1]])
    assert membership(made[0]) is None and made[0].user.state == "waiting"
    assert not any(claim.made_parent for claim in made)
    # A later confirmation makes the membership again, and its undoing deletes it again.
    assert confirm(inside, made[0]).done == 1
    undo(inside, made[0])
    assert membership(made[0]) is None and made[0].user.state == "waiting"


@pytest.mark.parametrize("state", ["ended", "waiting", "active"])
def test_a_membership_that_was_taken_up_returns_to_its_state(inside: World, state: str) -> None:
    claim = of_one_mother(inside)[0]
    use_code(claim.user, community.create_code(person(inside["hang"]), inside["lop4a"], "parent").code)
    ended_at = clock.now() if state == "ended" else None
    db.session.execute(
        sa.update(Membership).where(Membership.user_id == claim.user_id).values(state=state, ended_at=ended_at)
    )
    db.session.commit()
    assert confirm(inside, claim).done == 1
    found = membership(claim)
    assert found is not None and (found.state, found.ended_at) == ("active", None)
    undo(inside, claim)
    found = membership(claim)
    assert found is not None and found.state == state and (found.ended_at is not None) == (state == "ended")
    assert claim.user.state == ("active" if state == "active" else "waiting")


def test_what_was_withdrawn_does_not_live_again(inside: World) -> None:
    claim = of_one_mother(inside)[0]
    assert confirm(inside, claim).done == 1
    for purpose in ("chat", "full_name"):
        consents.withdraw(claim.user, claim.child_id or 0, purpose)
    undo(inside, claim)
    assert confirm(inside, claim).done == 1
    child = person(claim.child_id or 0)
    assert child.full_name == "Bảo"
    assert purposes_in_force(child.id) == {"profile", "pairing"}
    assert not {"chat", "full_name"} & set(claim.consents)


def test_a_profile_that_was_withdrawn_is_not_confirmed_again(inside: World) -> None:
    claim = of_one_mother(inside)[0]
    assert confirm(inside, claim).done == 1
    consents.withdraw(claim.user, claim.child_id or 0, "profile")
    try:
        undo(inside, claim)
    except NotFound:  # a withdrawn profile may have erased the account already
        return
    outcome = confirm(inside, claim)
    assert outcome.done == 0 and "rút lại" in next(iter(outcome.refused))


def test_an_erased_guardian_leaves_no_line(inside: World) -> None:
    claim, other = of_one_mother(inside)
    assert confirm(inside, claim).done == 1
    user_id, other_id = claim.user_id, other.id
    erase_account(user_id)
    db.session.expire_all()
    # The other child's line, which is not confirmed, can be claimed again.
    assert [one.called for one in db.session.scalars(sa.select(ClassLine))] == ["Châu"]
    assert db.session.get(ClassClaim, other_id) is None
