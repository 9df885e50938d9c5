"""Commands of visits.

The asker asks, cancels, does without a visitor, rates the help, or goes on online. Staff plan and refuse. Visitors read
the address and record the outcome. Helpers and observers propose a visit in a room.
"""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from tutoring.accounts.models import User
from tutoring.accounts.queries import kin
from tutoring.kernel import audit, clock, rate_limits
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, InvalidInput, NotFound
from tutoring.kernel.events import publish
from tutoring.kernel.text import N_, nfc
from tutoring.lessons.catalogue import queries as catalogue_queries
from tutoring.lessons.skills import queries as skills_queries
from tutoring.pairing.lifecycle.avoidance import avoid
from tutoring.pairing.models import HelpRequest
from tutoring.pairing.requests import commands as requests_commands
from tutoring.policy import visits as policy
from tutoring.policy.pairing.school_subjects import is_school_subject
from tutoring.policy.visits import KINDS, LONGEST_ADDRESS, LONGEST_WORDS, MOST_TIMES
from tutoring.rooms import queries as rooms
from tutoring.rooms.messages.store import append_system_message
from tutoring.rooms.queries import shown_name
from tutoring.safety.free_text import reject_private_data, validate_reason
from tutoring.safety.screening import NEVER_KEPT, disclosing_hits, screen_text
from tutoring.visits.eligibility import fit_now, visitors
from tutoring.visits.events import VisitOfferClosed, VisitOffered, VisitPlanned, VisitRequested
from tutoring.visits.models import OUTCOMES, Visit, VisitOffer
from tutoring.visits.queries import build_visit_facts, busy, locked_visit, offer_in, open_offer, places_for
from tutoring.visits.transitions import cancel_reminders, end_visit, remind, unplan

_ADDRESS_HERE = N_("Đừng ghi địa chỉ ở đây, vì nhiều người đọc được. Muốn có người đến nhà thì ghi vào ô Địa chỉ.")
_NOT_IN_ADDRESS = N_("Ô này chỉ để ghi địa chỉ. Đừng ghi số điện thoại, số căn cước, mật khẩu hay mã nào khác.")
_GUARDIAN = N_(
    "Nhà có trẻ em thì phải có ba mẹ hoặc người giám hộ ở nhà suốt buổi. Nếu chưa được, hãy chọn gặp tại Trung tâm."
)
_THINGS = N_("Hãy chọn việc cần giúp.")
_ONE = N_("Bạn đang có một cuộc hẹn như vậy chưa xong. Hãy mở cuộc hẹn đó, hoặc huỷ rồi hẹn lại.")
_OVER = N_("Cuộc hẹn này đã xong hoặc đã đổi. Hãy xem lại trang.")


@dataclass(frozen=True)
class VisitInput:
    """The input of a visit request."""

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
def ask_visit(asker: User, wanted: VisitInput, offer_id: int | None = None) -> Visit:
    """Asks for a visit to the user.

    One request of each kind may be open. `offer_id` names a proposal made in a room.
    """
    rate_limits.hit("ask", "visit", asker.id)
    place = next((one for one in places_for(asker) if one.id == wanted.unit_id), None)
    if not policy.may_ask_visit(asker.is_minor, place is not None) or place is None:
        raise NotFound
    offer = open_offer(asker, offer_id) if offer_id else None
    if offer_id and offer is None:
        raise Conflict(N_("Đề nghị này đã hết hạn hoặc đã được trả lời. Bạn vẫn hẹn gặp được ở dưới đây."))
    row = Visit(asker_id=asker.id, unit_id=place.id, ward_id=place.ward_id or place.id, state="asked")
    _write(row, wanted)
    row.from_room_id = offer.room_id if offer else None
    db.session.add(row)
    try:
        db.session.flush()
    except IntegrityError:  # the unique index allows one open request, also on concurrent submits
        raise Conflict(_ONE) from None
    if offer is not None:
        offer.state = "accepted"
        publish(VisitOfferClosed(offer.id, offer.by_id, True))
    publish(VisitRequested(row.id, row.unit_id, asker.id))
    return row


def _write(row: Visit, wanted: VisitInput) -> None:
    if wanted.kind not in KINDS:
        raise InvalidInput(N_("Hãy chọn gặp ở đâu."), field="kind")
    skill = skills_queries.find_skill(wanted.topic)
    if skill is None or skill.retired_at is not None or is_school_subject(wanted.topic):
        raise InvalidInput(_THINGS, field="topic")
    if len(wanted.times) > MOST_TIMES:
        raise InvalidInput(N_("Hãy chọn nhiều nhất ba giờ."), field="times")
    lesson = catalogue_queries.find_lesson(wanted.lesson_slug) if wanted.lesson_slug else None
    row.kind, row.topic, row.lesson_slug = wanted.kind, wanted.topic, lesson.slug if lesson else None
    row.words = checked_words(wanted.words, "words")
    row.times = [at.isoformat() for at in sorted(wanted.times)]
    if wanted.kind == "home":
        if not policy.may_come_home(wanted.children, wanted.guardian_there):
            raise InvalidInput(_GUARDIAN, field="guardian")
        row.children, row.guardian_there = wanted.children, wanted.children and wanted.guardian_there
        row.address = _address(wanted.address)


def checked_words(typed: str, field: str) -> str:
    """Returns the checked text of a visit.

    Several users read it, so it must hold neither numbers nor an address.
    """
    words = nfc(typed)
    if len(words) > LONGEST_WORDS:
        raise InvalidInput(N_("Dài quá %(max)d ký tự. Hãy viết ngắn hơn."), field=field, max=LONGEST_WORDS)
    reject_private_data(words, minor=False, field=field)
    if disclosing_hits(screen_text(words, minor=False).hits, {"address"}):
        raise InvalidInput(_ADDRESS_HERE, field=field, code="private")
    return words


def _address(typed: str) -> str:
    text = " ".join(nfc(typed).split())
    if not text:
        raise InvalidInput(N_("Hãy ghi địa chỉ để hai người biết đường đến."), field="address")
    if len(text) > LONGEST_ADDRESS:
        raise InvalidInput(N_("Dài quá %(max)d ký tự. Hãy viết ngắn hơn."), field="address", max=LONGEST_ADDRESS)
    verdict = screen_text(text, minor=False)
    if verdict.fault or disclosing_hits(verdict.hits, NEVER_KEPT | {"phone"}):
        raise InvalidInput(_NOT_IN_ADDRESS, field="address", code="private")
    return text


@command
def decline_offer(user: User, offer_id: int) -> None:
    """Declines a proposed visit; the proposing user is notified without a reason."""
    offer = db.session.scalar(sa.select(VisitOffer).where(VisitOffer.id == offer_id).with_for_update())
    if offer is None or offer.learner_id != user.id:
        raise NotFound
    if offer.state == "open":
        offer.state = "declined"
        publish(VisitOfferClosed(offer.id, offer.by_id, False))


def _own(user: User, visit_id: int, may: Callable[[policy.VisitFacts, Visit], bool]) -> Visit:
    """Returns the user's own visit, locked.

    Raises NotFound for other users, and Conflict if `may` no longer allows it.
    """
    row = locked_visit(visit_id)
    known = build_visit_facts(user, row)
    if not known.is_asker:
        raise NotFound
    if not may(known, row):
        raise Conflict(_OVER)
    return row


@command
def cancel_visit(user: User, visit_id: int) -> None:
    """Cancels the user's own visit while it is open."""
    row = _own(user, visit_id, lambda known, _row: policy.may_cancel(known))
    end_visit(row, "cancelled", "asker", user.id)


@command
def remove_visitor(user: User, visit_id: int, other_id: int) -> None:
    """Removes a visitor whom the asker does not want.

    The two are never matched again, and no user is told why.
    """
    row = _own(user, visit_id, lambda known, row: policy.may_do_without(known, other_id in row.visitor_ids))
    avoid(user, other_id)
    unplan(row, by_asker=True)


@command
def judge_visit(user: User, visit_id: int, helped: bool) -> None:
    """Records whether the visit helped."""
    row = _own(user, visit_id, lambda known, _row: policy.may_judge(known))
    row.helped = helped


@command
def request_online_help(user: User, visit_id: int) -> int:
    """Asks for online help with the topic of the visit. Repeating it returns the same request."""
    row = _own(user, visit_id, lambda known, _row: policy.may_go_on_online(known))
    if row.back_request_id is None or db.session.get(HelpRequest, row.back_request_id) is None:
        row.back_request_id = requests_commands.ask_for_help(
            user, user, row.topic, lesson_slug=row.lesson_slug, keep_others=True
        ).id
    return row.back_request_id


_CHANGED = N_("Cuộc hẹn này vừa thay đổi. Hãy xem lại trang.")
_TIMES = {
    "soon": N_("Giờ này đã qua hoặc gấp quá. Hãy chọn giờ ít nhất nửa tiếng nữa."),
    "far": N_("Hãy chọn giờ trong vòng 30 ngày tới."),
    "hours": N_("Đến nhà thì chỉ hẹn từ 7 giờ đến 19 giờ."),
}
_UNFIT = N_("Người này không đi được buổi này. Hãy chọn người khác.")
_TWO = N_("Đến nhà phải có hai người khác nhau, không cùng gia đình, và ít nhất một người đã qua các buổi đầu.")
_BUSY = N_("Người này đã có hẹn khác gần giờ đó. Hãy chọn giờ khác hoặc người khác.")
_NOT_NOW = N_("Địa chỉ mở từ 24 giờ trước giờ hẹn đến hết ngày hôm sau.")
_GONE = N_("Địa chỉ đã được xoá.")


def _for_staff(actor: User, visit_id: int) -> Visit:
    row = locked_visit(visit_id)
    known = build_visit_facts(actor, row)
    if not known.plans:
        raise NotFound
    if not policy.may_change_plan(known):
        raise Conflict(_CHANGED)
    return row


@command
def plan_visit(actor: User, visit_id: int, at: datetime, people: Sequence[int]) -> Visit:
    """Sets time and visitors of a visit.

    A home needs two vetted people, the help desk one of the staff. A new plan replaces the old one.
    """
    row = _for_staff(actor, visit_id)
    if wrong := policy.wrong_time(row.kind, at, clock.now()):
        raise InvalidInput(_TIMES[wrong], field="time")
    _check_people(row, people, at)
    before, again = row.visitor_ids, row.state == "planned"
    cancel_reminders(row)
    row.at, row.planner_id = at, actor.id
    row.visitor_one_id, row.visitor_two_id = (*people, None)[:2]
    row.number = _new_number(row.number) if row.kind == "home" else None
    row.state, row.state_since = "planned", clock.now()
    db.session.flush()
    remind(row)
    audit.record(actor.id, "plan_visit", f"visit:{row.id}", people=list(people), at=at.isoformat(timespec="minutes"))
    new, dropped = [one for one in people if one not in before], [one for one in before if one not in people]
    publish(VisitPlanned(row.id, row.asker_id, list(people), at, row.kind, again, new, dropped))
    return row


def _check_people(row: Visit, people: Sequence[int], at: datetime) -> None:
    needed = 2 if row.kind == "home" else 1
    if len(people) != needed or len(set(people)) != needed:
        raise InvalidInput(_TWO if needed == 2 else N_("Hãy chọn người đón ở Trung tâm."), field="one")
    # Locks the users: two planners must not send the same person to two places.
    query = sa.select(User).where(User.id.in_(people)).order_by(User.id).with_for_update(key_share=True)
    found = {one.user_id: one for one in visitors(db.session.scalars(query).all(), row)}
    may = policy.may_visit if row.kind == "home" else policy.may_receive
    for part, user_id in zip(("one", "two"), people, strict=False):
        if user_id not in found or not may(found[user_id], row.asker_id):
            raise InvalidInput(_UNFIT, field=part)
    if row.kind == "home":
        one, two = (found[user_id] for user_id in people)
        if not policy.may_go_together(one, two, row.asker_id, kin(one.user_id, two.user_id)):
            raise InvalidInput(_TWO, field="two")
        taken = busy(people, at, row.id)
        for part, user_id in zip(("one", "two"), people, strict=True):
            if user_id in taken:
                raise InvalidInput(_BUSY, field=part)


def _new_number(before: str | None) -> str:
    """Returns four random digits that differ from the previous ones."""
    while (number := f"{secrets.randbelow(10_000):04}") == before:
        pass
    return number


@command
def refuse_visit(actor: User, visit_id: int, reason: str) -> None:
    """Refuses a visit; the asker reads the reason."""
    row = _for_staff(actor, visit_id)
    row.said = validate_reason(reason)
    audit.record(actor.id, "refuse_visit", f"visit:{row.id}", row.said)
    end_visit(row, "refused", "staff", actor.id)


# ---- visitors -------------------------------------------------------------------------------------------------


@command
def read_address(actor: User, visit_id: int) -> str:
    """Returns the address to visitors and planner near the time of the visit.

    Each reading is in the audit chain.
    """
    row = locked_visit(visit_id)
    known = build_visit_facts(actor, row)
    if not (known.goes or (known.is_planner and known.plans)):
        raise NotFound
    if not policy.may_read_address(known, clock.now()):
        raise Conflict(_NOT_NOW)
    if row.address is None:
        raise Conflict(_GONE)
    audit.record(actor.id, "read_visit_address", f"visit:{row.id}")
    return row.address


def _lock_visit_for_visitor(actor: User, visit_id: int) -> Visit:
    row = locked_visit(visit_id)
    known = build_visit_facts(actor, row)
    if not (known.goes or (known.is_planner and known.plans)):
        raise NotFound
    if not policy.may_say_how_it_went(known, clock.now()):
        raise Conflict(N_("Chưa tới giờ hẹn, hoặc buổi này đã ghi rồi. Hãy xem lại trang."))
    return row


@command
def record_outcome(actor: User, visit_id: int, outcome: str, words: str) -> None:
    """Records the outcome, solved, partly or again, and what was done."""
    row = _lock_visit_for_visitor(actor, visit_id)
    if outcome not in OUTCOMES:
        raise InvalidInput(N_("Hãy chọn một câu trả lời."), field="outcome")
    row.outcome, row.done_words, row.outcome_by_id = outcome, checked_words(words, "words"), actor.id
    end_visit(row, "done", "", actor.id)


@command
def say_missed(actor: User, visit_id: int, why: str) -> None:
    """Records that the visit failed.

    The asker was absent, no guardian was there, or the visitors could not come.
    """
    row = _lock_visit_for_visitor(actor, visit_id)
    if why not in {"nobody_home", "no_guardian", "visitors"} or (why == "no_guardian" and not row.children):
        raise InvalidInput(N_("Hãy chọn một câu trả lời."), field="why")
    end_visit(row, "missed", why, actor.id)


@command
def unplan_visits_of(user_id: int, gone: bool = False) -> None:
    """Unplans the coming visits of a user who is no longer fit to go (`gone`: certainly not).

    They wait for other visitors.
    """
    mine = sa.or_(Visit.visitor_one_id == user_id, Visit.visitor_two_id == user_id)
    query = sa.select(Visit).where(mine, Visit.state == "planned", Visit.at > clock.now()).order_by(Visit.id)
    person = db.session.get(User, user_id)
    for row in db.session.scalars(query.with_for_update()).all():
        if gone or person is None or not fit_now(person, row):
            unplan(row)


# ---- from a room ----------------------------------------------------------------------------------------------


@command
def offer_visit(actor: User, room_id: int, learner_id: int) -> VisitOffer:
    """Proposes a meeting in person to a learner of this room.

    The learner decides whether and where.
    """
    room = rooms.locked_room(room_id)
    since = clock.now() - room.closed_at if room.closed_at else None
    known = rooms.room_facts(room, actor)
    if not policy.may_offer_visit(known, since):
        raise NotFound
    rate_limits.hit("ask", "visit_offer", actor.id)
    seat = rooms.seat(room_id, learner_id)
    if seat is None or seat.role != "learner" or seat.removed_at is not None or seat.user.is_minor:
        raise InvalidInput(N_("Hãy chọn người học trong phòng này."), field="learner")
    if (there := offer_in(room_id, learner_id)) is not None:
        return there
    old = sa.update(VisitOffer).where(VisitOffer.room_id == room_id, VisitOffer.learner_id == learner_id)
    db.session.execute(old.where(VisitOffer.state == "open").values(state="declined"))  # it expired
    offer = VisitOffer(
        room_id=room_id, learner_id=learner_id, by_id=actor.id, topic=room.topic, lesson_slug=room.lesson_slug
    )
    db.session.add(offer)
    db.session.flush()
    if room.closed_at is None and room.kind != "questions":  # a line there would reveal one user's need to all
        append_system_message(
            room, f"{shown_name(actor)} đề nghị hẹn gặp trực tiếp. Người học trả lời ở trang Thông báo."
        )
    publish(VisitOffered(offer.id, learner_id, actor.id, room_id))
    return offer
