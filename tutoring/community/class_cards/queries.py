"""Reads of class cards: the pupil of a code, the claims of a class, claims that wait."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from tutoring.accounts.models import Guardian, User
from tutoring.community.class_cards.models import OPEN, ClassCard, ClassClaim
from tutoring.community.class_lists import queries as class_lists
from tutoring.community.class_lists.models import ClassLine
from tutoring.community.models import Unit
from tutoring.community.queries import plain_code, roles_for
from tutoring.community.site_settings import JOINING
from tutoring.kernel import clock
from tutoring.kernel.db import db
from tutoring.kernel.encryption import blind_index
from tutoring.kernel.errors import InvalidInput, NotFound
from tutoring.kernel.text import N_, name_key
from tutoring.policy import class_lists as policy

CODE_LENGTH = 10
MOST = 200
MOST_CLAIMS = 2  # open claims on one card: two are enough for the teacher to ask


@dataclass(frozen=True)
class ClaimGroups:
    """The claims of a class, apart by what the teacher does with them."""

    ready: list[ClassClaim]  # confirmed together
    single: list[ClassClaim]  # each looked at first: a relative, a pupil of 16 or 17, or one who may have an account
    same: dict[int, User]  # by claim: a pupil of the class who may be the same
    frozen: dict[ClassLine, list[ClassClaim]]  # several on one card
    confirmed: list[ClassClaim]  # which can still be undone

    @property
    def any(self) -> bool:
        """Whether there is any claim at all."""
        return bool(self.ready or self.single or self.frozen or self.confirmed)


def code_mark(typed: str) -> str:
    """Returns the stored digest of an entered code."""
    return blind_index(plain_code(typed), "class_card")


def is_card_code(typed: str) -> bool:
    """Whether an entered code has the length of a card's code; codes of units are shorter."""
    return len(plain_code(typed)) == CODE_LENGTH


def usable_card(typed: str, lock: bool = False) -> ClassLine:
    """Returns the staged pupil of a code. With `lock`, claims on one pupil are serialized.

    Raises InvalidInput for a code that is unknown, replaced or expired, and when the pupil has an account by now.
    """
    unknown = InvalidInput(
        N_("Không có thẻ này, hoặc thẻ đã được in lại. Hãy kiểm tra từng chữ, hoặc hỏi người đưa thẻ."),
        field="code", code="unknown_code",
    )  # fmt: skip
    if not JOINING():
        say = N_("Trang đang tạm ngừng nhận mã tham gia. Hãy thử lại sau, hoặc hỏi nơi đưa mã.")
        raise InvalidInput(say, field="code", code="paused")
    if not is_card_code(typed):
        raise unknown
    query = sa.select(ClassLine).where(
        ClassLine.id == sa.select(ClassCard.line_id).where(ClassCard.code_mark == code_mark(typed)).scalar_subquery(),
        ClassLine.added_at > clock.now() - policy.LINE_LIFE,
    )
    line = db.session.scalar(query.with_for_update().execution_options(populate_existing=True) if lock else query)
    if line is None:
        raise unknown
    # Read after the lock: a card that was printed again meanwhile is unknown.
    card = db.session.scalar(sa.select(ClassCard).where(ClassCard.line_id == line.id), execution_options=_FRESH)
    place = db.session.get_one(Unit, line.unit_id)
    if card is None or card.code_mark != code_mark(typed) or class_lists.basis_of(place) is None:
        raise unknown
    if card.expires_at <= clock.now():
        say = N_("Thẻ này đã hết hạn. Hãy xin người đưa thẻ in thẻ mới.")
        raise InvalidInput(say, field="code", code="expired_code")
    if place.archived:
        say = N_("Nơi này đã lưu trữ nên không nhận thêm người. Hãy hỏi người đưa thẻ.")
        raise InvalidInput(say, field="code", code="archived_unit")
    return line


_FRESH = {"populate_existing": True}


def claimant_of(line: ClassLine) -> str:
    """Returns who claims this card: guardian, youth or adult."""
    if line.birth_year is None:
        return "adult"
    return policy.claimant_of(clock.today().year - line.birth_year - 1)


def kind_of(claim: ClassClaim) -> str:
    """Returns who made a claim: guardian, youth or adult. The pupil may have grown since then."""
    return "guardian" if claim.relation else claimant_of(claim.line)


def needs_check(claim: ClassClaim) -> bool:
    """Whether the teacher looks at this claim by itself."""
    return claim.contested or claim.line.kind == "staff" or policy.needs_check(kind_of(claim), claim.relation)


def was_contested(line_id: int) -> bool:
    """Whether two people claimed this pupil and the teacher has refused neither."""
    query = sa.select(ClassClaim.id).where(ClassClaim.line_id == line_id, ClassClaim.contested)
    return db.session.scalar(query.limit(1)) is not None


def open_claims(line_id: int) -> list[ClassClaim]:
    """Returns the claims on a pupil that are not decided."""
    query = sa.select(ClassClaim).where(ClassClaim.line_id == line_id, ClassClaim.state.in_(OPEN))
    return list(db.session.scalars(query.order_by(ClassClaim.id)))


def is_decided(line_id: int) -> bool:
    """Whether a claim on this pupil was confirmed."""
    query = sa.select(ClassClaim.id).where(ClassClaim.line_id == line_id, ClassClaim.state == "confirmed")
    return db.session.scalar(query) is not None


def is_unconfirmed_claimant(user_id: int) -> bool:
    """Whether a card made the account of this user and no claim of theirs was confirmed."""
    states = sa.select(ClassClaim.made_account, ClassClaim.state).where(ClassClaim.user_id == user_id)
    found = db.session.execute(states).all()
    return any(made for made, _state in found) and all(state != "confirmed" for _made, state in found)


def claims_of(user: User) -> list[ClassClaim]:
    """Returns a user's claims that are not decided, and those that were refused."""
    query = sa.select(ClassClaim).options(joinedload(ClassClaim.line)).where(ClassClaim.user_id == user.id)
    return list(db.session.scalars(query.where(ClassClaim.state.in_((*OPEN, "refused"))).order_by(ClassClaim.id)))


def class_for_cards(actor: User, unit_id: int) -> Unit:
    """Returns the class whose cards the actor prints and decides on; raises NotFound."""
    place = class_lists.place_for_lists(actor, unit_id)
    if not policy.may_print_cards(roles_for(actor, unit_id), place.kind, has_basis=True):
        raise NotFound
    return place


def claims_at(place: Unit) -> ClaimGroups:
    """Returns the claims of a class; three statements."""
    since = clock.now() - policy.UNDO_LIFE
    recent = sa.and_(ClassClaim.state == "confirmed", ClassClaim.decided_at > since)
    query = (
        sa.select(ClassClaim)
        .join(ClassLine, ClassLine.id == ClassClaim.line_id)
        .options(joinedload(ClassClaim.line), joinedload(ClassClaim.user))
        .where(ClassLine.unit_id == place.id, sa.or_(ClassClaim.state.in_(OPEN), recent))
        .order_by(ClassClaim.state == "confirmed", ClassClaim.id)
        .limit(MOST)
    )
    if place.kind == "school":
        query = query.options(joinedload(ClassClaim.line).undefer(ClassLine.full_name))
    found = sorted(
        db.session.scalars(query), key=lambda one: (name_key(one.line.called), one.line.birth_year or 0, one.id)
    )
    waiting = [one for one in found if one.state == "waiting"]
    same = same_pupils(place, waiting)
    single = [one for one in waiting if one.id in same or needs_check(one)]
    frozen: dict[ClassLine, list[ClassClaim]] = defaultdict(list)
    for one in found:
        if one.state == "frozen":
            frozen[one.line].append(one)
    confirmed = [one for one in found if one.state == "confirmed"]
    return ClaimGroups([one for one in waiting if one not in single], single, same, dict(frozen), confirmed)


def same_pupils(place: Unit, claims: Collection[ClassClaim]) -> dict[int, User]:
    """Returns for each claim a pupil of the class, or a child of the claimant, who may be the same child."""
    known, of_claimants = class_lists.learners_of(place), defaultdict[int, list[User]](list)
    query = sa.select(Guardian.guardian_id, User).join(User, User.id == Guardian.child_id)
    query = query.where(Guardian.guardian_id.in_({one.user_id for one in claims}), User.erased_at.is_(None))
    for guardian_id, child in db.session.execute(query):
        of_claimants[guardian_id or 0].append(child)
    claims = [one for one in claims if one.line.kind != "staff"]
    found = {one.id: class_lists.same_member(one.line, [*known, *of_claimants[one.user_id]]) for one in claims}
    return {claim_id: user for claim_id, user in found.items() if user is not None}


def claim_at(actor: User, unit_id: int, claim_id: int) -> ClassClaim:
    """Returns one claim of a class for those who decide on it; raises NotFound."""
    class_for_cards(actor, unit_id)
    claim = db.session.get(ClassClaim, claim_id)
    if claim is None or claim.line.unit_id != unit_id:
        raise NotFound
    return claim


def lock_claim(claim_id: int) -> tuple[ClassLine, ClassClaim]:
    """Locks the line of a claim and reads the claim anew; raises NotFound when either went meanwhile."""
    claim = db.session.get(ClassClaim, claim_id)
    line = db.session.get(ClassLine, claim.line_id, with_for_update=True, populate_existing=True) if claim else None
    claim = db.session.get(ClassClaim, claim_id, populate_existing=True) if line is not None else None
    if line is None or claim is None:
        raise NotFound
    return line, claim


def claimed_lines(unit_id: int) -> set[int]:
    """Returns the ids of a class's staged pupils whom a claim or a confirmation already covers."""
    query = sa.select(ClassClaim.line_id).join(ClassLine, ClassLine.id == ClassClaim.line_id)
    return set(
        db.session.scalars(query.where(ClassLine.unit_id == unit_id, ClassClaim.state.in_((*OPEN, "confirmed"))))
    )


def cards_of(unit_id: int) -> dict[int, ClassCard]:
    """Returns the cards of a class by the id of their staged pupil."""
    query = sa.select(ClassCard).join(ClassLine, ClassLine.id == ClassCard.line_id).where(ClassLine.unit_id == unit_id)
    return {one.line_id: one for one in db.session.scalars(query)}
