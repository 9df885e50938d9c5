"""Two people at one moment: two teachers, two guardians with one card, a claim beside a confirmation."""

import pytest
import sqlalchemy as sa
from flask import Flask

from tests.community.class_cards.cards import MOTHER, claimed, mother, printed, staged
from tests.factories import World, person
from tests.two_connections import run_both
from tutoring.community.class_cards import commands, confirmation
from tutoring.community.class_cards.models import ClassClaim
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, InvalidInput

BOTH = pytest.mark.parametrize("backend", ["sqlite", "postgres"], indirect=True, scope="session")


def states() -> list[str]:
    db.session.expire_all()
    return sorted(db.session.scalars(sa.select(ClassClaim.state)))


def confirm(world: World, name: str, claim_id: int) -> int:
    return confirmation.confirm_claims(person(world[name]), world["lop4a"], [claim_id]).done


@BOTH
def test_of_two_teachers_one_confirms(app: Flask, world: World) -> None:
    with app.app_context():
        staged(world, ("Nguyễn Zulu Bảo", 2016))
        claim_id = claimed(printed(world)["Bảo"]).id
    late = run_both(app, lambda: confirm(world, "hang", claim_id), lambda: confirm(world, "quang", claim_id))
    with app.app_context():
        assert late == 0 and states() == ["confirmed"]


def claim(code: str, name: str) -> str:
    try:
        return commands.claim_card(code, name, MOTHER, None, mother(name)).state
    except (Conflict, InvalidInput):  # the card went with the confirmation
        return "refused"


@BOTH
def test_two_guardians_with_one_card_freeze_each_other(app: Flask, world: World) -> None:
    with app.app_context():
        staged(world, ("Nguyễn Zulu Bảo", 2016))
        code = printed(world)["Bảo"]
    late = run_both(app, lambda: claim(code, "Trần Thị Mẹ"), lambda: claim(code, "Lê Văn Lạ"))
    with app.app_context():
        assert late == "frozen" and states() == ["frozen", "frozen"]


@BOTH
def test_a_claim_beside_a_confirmation_changes_nothing(app: Flask, world: World) -> None:
    with app.app_context():
        staged(world, ("Nguyễn Zulu Bảo", 2016))
        code = printed(world)["Bảo"]
        claim_id = claimed(code).id
    late = run_both(app, lambda: confirm(world, "hang", claim_id), lambda: claim(code, "Lê Văn Lạ"))
    with app.app_context():
        assert late == "refused" and states() == ["confirmed"]
