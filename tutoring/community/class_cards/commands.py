"""Commands of class cards: print them, claim a pupil with one, withdraw a claim, delete the pupil's line."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import undefer

from tutoring.accounts.children_in_bulk import texts_of
from tutoring.accounts.consents.commands import give_consent
from tutoring.accounts.consents.texts import BY_KEY
from tutoring.accounts.models import User
from tutoring.accounts.names.commands import check_new_name
from tutoring.accounts.passphrases import new_code
from tutoring.accounts.password_hashes import verify
from tutoring.accounts.registration import check_needed, create_user
from tutoring.community.class_cards import queries
from tutoring.community.class_cards.models import OPEN, ClassCard, ClassClaim
from tutoring.community.class_lists.models import ClassLine
from tutoring.community.events import CardClaimedTwice, ClaimsSettled
from tutoring.community.join_codes.commands import check_another, check_guardian_named, name_guardian
from tutoring.community.models import Unit
from tutoring.community.queries import active_unit
from tutoring.kernel import audit, clock
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.encryption import blind_index
from tutoring.kernel.errors import Conflict, Forbidden, InvalidInput, NotFound
from tutoring.kernel.events import publish
from tutoring.kernel.text import N_, name_key
from tutoring.policy import class_lists as policy
from tutoring.policy.accounts import needs_assent


@dataclass(frozen=True)
class PrintedCard:
    """What stands on one card. The code is nowhere else. Only the card of an adult has the full name."""

    called: str
    code: str
    expires_at: datetime
    kind: str = "pupil"
    full_name: str | None = None


@dataclass(frozen=True)
class Answers:
    """What a claimant answered about the pupil; the guardian's name and contact are of a pupil of 16 or 17."""

    relation: str = ""
    purposes: Collection[str] = ()
    assents: Collection[str] = ()
    guardian_name: str = ""
    guardian_contact: str = ""


@dataclass(frozen=True)
class NewAccount:
    """The account that a claimant without one asks for."""

    full_name: str
    password: str
    handle: str = ""
    called: str = ""
    address_form: str = "bạn"
    language: str = "vi"


@command
def print_cards(actor: User, unit_id: int, line_ids: Collection[int] | None = None) -> list[PrintedCard]:
    """Makes new cards for the staged pupils of a class whom no claim covers, all or these; older ones stop working.

    Raises NotFound, or Conflict when no pupil needs a card or the class is archived.
    """
    place = queries.class_for_cards(actor, unit_id)
    active_unit(unit_id)
    claimed = queries.claimed_lines(unit_id)
    query = sa.select(ClassLine).where(
        ClassLine.unit_id == unit_id, ClassLine.added_at > clock.now() - policy.LINE_LIFE, ClassLine.id.not_in(claimed)
    )
    if place.kind == "school":
        query = query.options(undefer(ClassLine.full_name))
    if line_ids is not None:
        query = query.where(ClassLine.id.in_(line_ids))
    found = db.session.scalars(query.order_by(ClassLine.id).limit(queries.MOST).with_for_update())
    lines = sorted(found, key=lambda line: (name_key(line.called), line.birth_year or 0))
    if not lines:
        raise Conflict(N_("Không còn thẻ nào cần in: các dòng trong danh sách đã có người nhận."))
    # A card never outlives its line.
    cards = [
        PrintedCard(
            line.called, new_code(queries.CODE_LENGTH),
            min(clock.now() + policy.CARD_LIFE, line.added_at + policy.LINE_LIFE), line.kind,
            line.full_name if line.kind == "staff" else None,
        )
        for line in lines
    ]  # fmt: skip
    db.session.execute(sa.delete(ClassCard).where(ClassCard.line_id.in_([line.id for line in lines])))
    db.session.add_all(
        ClassCard(
            line_id=line.id, code_mark=queries.code_mark(card.code), issued_by_id=actor.id,
            expires_at=card.expires_at,
        )
        for line, card in zip(lines, cards, strict=True)
    )  # fmt: skip
    audit.record(actor.id, "print_class_cards", f"unit:{unit_id}", cards=len(cards))
    return cards


# ---- claims ---------------------------------------------------------------------------------------------------


@command
def claim_card(typed: str, once: str, answers: Answers, person: User | None, new: NewAccount | None) -> ClassClaim:
    """Claims the pupil of a card, for a guardian or for a pupil from 16 on; the teacher confirms later.

    `person` is signed in, or `new` describes an account to make. The same form sent twice is one claim. A second claim
    on the card freezes both; there is no third. Raises InvalidInput, Forbidden or Conflict.
    """
    line = queries.usable_card(typed, lock=True)
    if queries.is_decided(line.id):
        raise Conflict(N_("Thẻ này đã xong. Nếu có nhầm lẫn, hãy hỏi người đưa thẻ."))
    mark = blind_index(once, "class_claim")
    if before := _sent_before(line, mark, person, new):
        return before
    who = queries.claimant_of(line)
    _check(line, who, answers, person, new)
    others = queries.open_claims(line.id)
    mine = next((one for one in others if person is not None and one.user_id == person.id), None)
    if mine is not None:
        return mine
    if len(others) >= queries.MOST_CLAIMS:
        raise Conflict(N_("Thẻ này đã có hai người nhận. Hãy hỏi người đưa thẻ."))
    known = person if who == "guardian" or line.kind == "staff" else None
    user = known or _made(line, who, answers, new)
    claim = ClassClaim(
        line_id=line.id, user_id=user.id, state="frozen" if others else "waiting", once=mark,
        relation=answers.relation if who == "guardian" else "",
        contested=bool(others) or queries.was_contested(line.id),
        consents=texts_of(list(answers.purposes)),
        assents=texts_of(sorted({*answers.assents} & {*answers.purposes}), assent=True),
        made_account=user is not person,
    )  # fmt: skip
    db.session.add(claim)
    db.session.flush()
    if others:
        for one in others:
            one.state, one.contested = "frozen", True
        publish(CardClaimedTwice(line.id, line.unit_id))
    return claim


def _sent_before(line: ClassLine, mark: str, person: User | None, new: NewAccount | None) -> ClassClaim | None:
    """Returns the claim of the same form, for the same person: a form sent twice must not freeze its own claim."""
    found = db.session.scalar(sa.select(ClassClaim).where(ClassClaim.line_id == line.id, ClassClaim.once == mark))
    if found is None:
        return None
    same = found.user_id == person.id if person else bool(new and verify(found.user.password_hash, new.password))
    if not same or found.state not in OPEN:
        raise InvalidInput(N_("Trang này đã gửi rồi. Hãy quét thẻ lại."), field="code", code="sent")
    return found


def _check(line: ClassLine, who: str, answers: Answers, person: User | None, new: NewAccount | None) -> None:
    if who == "guardian":
        if person is not None and not policy.may_claim_for_child(person.kind, person.is_minor, person.state):
            raise Forbidden(N_("Ba mẹ hoặc người giám hộ từ 18 tuổi mới nhận thẻ này được."))
        if not answers.relation:
            raise InvalidInput(N_("Hãy chọn bạn là gì của con."), field="relation")
    elif line.kind == "staff":
        if person is not None and not policy.may_claim_for_child(person.kind, person.is_minor, person.state):
            raise Forbidden(N_("Thẻ này dành cho người từ 18 tuổi."))
    elif person is not None:
        raise Forbidden(N_("Em tự lập tài khoản bằng thẻ này. Hãy đăng xuất rồi quét lại."))
    if who == "adult":
        return
    check_needed(set(answers.purposes))
    if who == "youth":
        check_guardian_named(answers.guardian_name, answers.guardian_contact)
        if new is not None:
            check_another(new.full_name, new.handle, answers.guardian_name, answers.guardian_contact)
    elif line.birth_year is not None and needs_assent(clock.today().year - line.birth_year):
        needed = {one.key for one in BY_KEY.values() if one.needed}
        if not needed <= {*answers.assents}:
            say = N_("Con chưa đồng ý giữ hồ sơ thì chưa lập được. Khi nào con đổi ý, hãy quét lại thẻ.")
            raise InvalidInput(say, field="assents")


def _made(line: ClassLine, who: str, answers: Answers, new: NewAccount | None) -> User:
    """Makes the account of a claimant; it waits, belongs to no unit and sees nothing of one."""
    if new is None:
        raise NotFound
    own = who != "guardian"
    check_new_name(new.called, new.address_form, staff=line.kind == "staff")
    user = create_user(
        new.full_name, new.password, called=new.called, address_form=new.address_form, handle=new.handle,
        kind="youth" if who == "youth" else "adult", birth_year=line.birth_year if own else None,
        grade=db.session.get_one(Unit, line.unit_id).grade if own else None, state="waiting", language=new.language,
        staff=line.kind == "staff",
    )  # fmt: skip
    if who == "youth":
        name_guardian(user, answers.guardian_name, answers.guardian_contact)
        for purpose in sorted(set(answers.purposes)):
            give_consent(user, user, purpose)
    return user


@command
def withdraw_claim(user: User, claim_id: int) -> None:
    """Withdraws an own claim, made with the wrong card; the card can be claimed again.

    Raises NotFound, or Conflict once the claim is confirmed.
    """
    claim = db.session.get(ClassClaim, claim_id)
    if claim is None or claim.user_id != user.id:
        raise NotFound
    line, claim = queries.lock_claim(claim_id)
    if is_over(claim):
        return
    claim.state, claim.decided_at = "withdrawn", clock.now()
    settle(line)


@command
def delete_line(typed: str) -> None:
    """Deletes the staged pupil of a card for who holds it. Raises Conflict once it is claimed."""
    line = queries.usable_card(typed, lock=True)
    if queries.is_decided(line.id) or queries.open_claims(line.id):
        raise Conflict(N_("Thẻ này đã có người nhận nên chỉ nhà trường xoá được. Hãy hỏi người đưa thẻ."))
    audit.record(None, "delete_line_by_card", f"unit:{line.unit_id}")
    db.session.delete(line)


def is_over(claim: ClassClaim) -> bool:
    """Whether a claim was refused or withdrawn; raises Conflict once it is confirmed."""
    if claim.state == "confirmed":
        raise Conflict(N_("Thẻ này vừa được xác nhận rồi. Hãy tải lại trang."))
    return claim.state not in OPEN


def settle(line: ClassLine, *, by_teacher: bool = False) -> None:
    """After a claim went: a single one that is left waits again, and is looked at by itself.

    It stays contested until the teacher refuses a side: one of two people must not go quietly. Then, or when no claim
    is left, the notices of two claims on this card are done.
    """
    db.session.flush()
    left = queries.open_claims(line.id)
    if len(left) == 1:
        left[0].state = "waiting"
    if by_teacher:
        db.session.execute(sa.update(ClassClaim).where(ClassClaim.line_id == line.id).values(contested=False))
    if by_teacher or not left:
        publish(ClaimsSettled(line.id, line.unit_id))
