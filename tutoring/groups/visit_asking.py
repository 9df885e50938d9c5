"""What whoever asked does: ask, call off, do without somebody, say whether it helped, go on online."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from tutoring.accounts.models import User
from tutoring.groups.visit_events import VisitAsked, VisitOfferClosed
from tutoring.groups.visit_models import Visit, VisitOffer
from tutoring.groups.visit_moves import end_visit, unplan
from tutoring.groups.visit_queries import facts, locked_visit, open_offer, places_for
from tutoring.kernel import limits
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, Invalid, Missing
from tutoring.kernel.events import announce
from tutoring.kernel.text import N_, nfc
from tutoring.lessons import queries as lessons
from tutoring.pairing import commands as pairing
from tutoring.pairing.models import HelpRequest
from tutoring.policy import visits as policy
from tutoring.policy.visits import KINDS, LONGEST_ADDRESS, LONGEST_WORDS, MOST_TIMES
from tutoring.safety.free_text import without_private
from tutoring.safety.judge import NEVER_KEPT, judge, told

_ADDRESS_HERE = N_("Đừng ghi địa chỉ ở đây, vì nhiều người đọc được. Muốn có người đến nhà thì ghi vào ô Địa chỉ.")
_NOT_IN_ADDRESS = N_("Ô này chỉ để ghi địa chỉ. Đừng ghi số điện thoại, số căn cước, mật khẩu hay mã nào khác.")
_GUARDIAN = N_(
    "Nhà có trẻ em thì phải có ba mẹ hoặc người giám hộ ở nhà suốt buổi. Nếu chưa được, hãy chọn gặp tại Trung tâm."
)
_THINGS = N_("Hãy chọn việc cần giúp.")
_ONE = N_("Bạn đang có một lời hẹn như vậy chưa xong. Hãy mở lời hẹn đó, hoặc huỷ rồi hẹn lại.")
_OVER = N_("Cuộc hẹn này đã xong hoặc đã đổi. Hãy xem lại trang.")


@dataclass(frozen=True)
class Wanted:
    """What somebody asks for."""

    kind: str
    unit_id: int
    topic: str
    words: str = ""
    times: list[datetime] = field(default_factory=list)
    address: str = ""
    children: bool = False
    guardian_there: bool = False
    lesson_slug: str | None = None


@command
def ask_visit(asker: User, wanted: Wanted, offer_id: int | None = None) -> Visit:
    """Ask to be met, for oneself. One open request of each kind; an `offer_id` is what was proposed in a room."""
    limits.hit("ask", "visit", asker.id)
    place = next((one for one in places_for(asker) if one.id == wanted.unit_id), None)
    if not policy.may_ask_visit(asker.is_minor, place is not None) or place is None:
        raise Missing
    offer = open_offer(asker, offer_id) if offer_id else None
    if offer_id and offer is None:
        raise Conflict(N_("Lời hẹn này đã hết hạn hoặc đã được trả lời. Bạn vẫn hẹn gặp được ở dưới đây."))
    row = Visit(asker_id=asker.id, unit_id=place.id, ward_id=place.ward_id or place.id, state="asked")
    _write(row, wanted)
    row.from_room_id = offer.room_id if offer else None
    db.session.add(row)
    try:
        db.session.flush()
    except IntegrityError:  # the index lets one through, also of two presses at once
        raise Conflict(_ONE) from None
    if offer is not None:
        offer.state = "accepted"
        announce(VisitOfferClosed(offer.id, offer.by_id, True))
    announce(VisitAsked(row.id, row.unit_id, asker.id))
    return row


def _write(row: Visit, wanted: Wanted) -> None:
    if wanted.kind not in KINDS:
        raise Invalid(N_("Hãy chọn gặp ở đâu."), field="kind")
    skill = lessons.find_skill(wanted.topic)
    if skill is None or skill.retired_at is not None:
        raise Invalid(_THINGS, field="topic")
    if len(wanted.times) > MOST_TIMES:
        raise Invalid(N_("Hãy chọn nhiều nhất ba giờ."), field="times")
    lesson = lessons.find_lesson(wanted.lesson_slug) if wanted.lesson_slug else None
    row.kind, row.topic, row.lesson_slug = wanted.kind, wanted.topic, lesson.slug if lesson else None
    row.words = checked_words(wanted.words, "words")
    row.times = [at.isoformat() for at in sorted(wanted.times)]
    if wanted.kind == "home":
        if not policy.may_come_home(wanted.children, wanted.guardian_there):
            raise Invalid(_GUARDIAN, field="guardian")
        row.children, row.guardian_there = wanted.children, wanted.children and wanted.guardian_there
        row.address = _address(wanted.address)


def checked_words(typed: str, field: str) -> str:
    """Words on a visit: several people read them, so they hold neither numbers nor where somebody lives."""
    words = nfc(typed)
    if len(words) > LONGEST_WORDS:
        raise Invalid(N_("Dài quá %(max)d ký tự. Hãy viết ngắn hơn."), field=field, max=LONGEST_WORDS)
    without_private(words, minor=False, field=field)
    if told(judge(words, minor=False).hits, {"address"}):
        raise Invalid(_ADDRESS_HERE, field=field, code="private")
    return words


def _address(typed: str) -> str:
    text = " ".join(nfc(typed).split())
    if not text:
        raise Invalid(N_("Hãy ghi địa chỉ để hai người biết đường đến."), field="address")
    if len(text) > LONGEST_ADDRESS:
        raise Invalid(N_("Dài quá %(max)d ký tự. Hãy viết ngắn hơn."), field="address", max=LONGEST_ADDRESS)
    verdict = judge(text, minor=False)
    if verdict.fault or told(verdict.hits, NEVER_KEPT | {"phone"}):
        raise Invalid(_NOT_IN_ADDRESS, field="address", code="private")
    return text


@command
def decline_offer(user: User, offer_id: int) -> None:
    """Rather not, for now; whoever proposed it hears so without a reason."""
    offer = db.session.scalar(sa.select(VisitOffer).where(VisitOffer.id == offer_id).with_for_update())
    if offer is None or offer.learner_id != user.id:
        raise Missing
    if offer.state == "open":
        offer.state = "declined"
        announce(VisitOfferClosed(offer.id, offer.by_id, False))


def _own(user: User, visit_id: int, may: Callable[[policy.Facts, Visit], bool]) -> Visit:
    """What this person asked for, locked; raises Missing for everybody else, Conflict where `may` says no by now."""
    row = locked_visit(visit_id)
    known = facts(user, row)
    if not known.is_asker:
        raise Missing
    if not may(known, row):
        raise Conflict(_OVER)
    return row


@command
def cancel_visit(user: User, visit_id: int) -> None:
    """Whoever asked calls it off, until the end."""
    row = _own(user, visit_id, lambda known, _row: policy.may_cancel(known))
    end_visit(row, "cancelled", "asker", user.id)


@command
def do_without(user: User, visit_id: int, other_id: int) -> None:
    """Whoever asked does not want this person to come: the two do not meet again, and nobody is told why."""
    row = _own(user, visit_id, lambda known, row: policy.may_do_without(known, other_id in row.visitor_ids))
    pairing.avoid(user, other_id)
    unplan(row, by_asker=True)


@command
def judge_visit(user: User, visit_id: int, helped: bool) -> None:
    """Whether it helped."""
    row = _own(user, visit_id, lambda known, _row: policy.may_judge(known))
    row.helped = helped


@command
def go_on_online(user: User, visit_id: int) -> int:
    """Ask for help online with what the visit was about; pressed again, it is the same request."""
    row = _own(user, visit_id, lambda known, _row: policy.may_go_on_online(known))
    if row.back_request_id is None or db.session.get(HelpRequest, row.back_request_id) is None:
        row.back_request_id = pairing.ask_for_help(user, user, row.topic, lesson_slug=row.lesson_slug).id
    return row.back_request_id
