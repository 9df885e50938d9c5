"""What staff and those who go do: plan, refuse, read the address, say how it went; and what is proposed in a room."""

import secrets
from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from tutoring.accounts.models import User
from tutoring.accounts.queries import kin
from tutoring.groups.visit_asking import checked_words
from tutoring.groups.visit_events import VisitOffered, VisitPlanned
from tutoring.groups.visit_models import OUTCOMES, Visit, VisitOffer
from tutoring.groups.visit_moves import end_visit, remind, remind_no_more, unplan
from tutoring.groups.visit_people import fit_now, visitors
from tutoring.groups.visit_queries import busy, facts, locked_visit, offer_in
from tutoring.kernel import audit, clock, limits
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, Invalid, Missing
from tutoring.kernel.events import announce
from tutoring.kernel.text import N_
from tutoring.policy import visits as policy
from tutoring.rooms import queries as rooms
from tutoring.rooms.commands.lines import system_line
from tutoring.rooms.queries import shown_name
from tutoring.safety.free_text import plain_reason

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
    known = facts(actor, row)
    if not known.plans:
        raise Missing
    if not policy.may_change_plan(known):
        raise Conflict(_CHANGED)
    return row


@command
def plan_visit(actor: User, visit_id: int, at: datetime, people: Sequence[int]) -> Visit:
    """Time and people of a visit: two vetted ones to a home, one of the staff at the desk; planned again, it is new."""
    row = _for_staff(actor, visit_id)
    if wrong := policy.wrong_time(row.kind, at, clock.now()):
        raise Invalid(_TIMES[wrong], field="time")
    _check_people(row, people, at)
    before, again = row.visitor_ids, row.state == "planned"
    remind_no_more(row)
    row.at, row.planner_id = at, actor.id
    row.visitor_one_id, row.visitor_two_id = (*people, None)[:2]
    row.number = _new_number(row.number) if row.kind == "home" else None
    row.state, row.state_since = "planned", clock.now()
    db.session.flush()
    remind(row)
    audit.record(actor.id, "plan_visit", f"visit:{row.id}", people=list(people), at=at.isoformat(timespec="minutes"))
    new, dropped = [one for one in people if one not in before], [one for one in before if one not in people]
    announce(VisitPlanned(row.id, row.asker_id, list(people), at, row.kind, again, new, dropped))
    return row


def _check_people(row: Visit, people: Sequence[int], at: datetime) -> None:
    needed = 2 if row.kind == "home" else 1
    if len(people) != needed or len(set(people)) != needed:
        raise Invalid(_TWO if needed == 2 else N_("Hãy chọn người đón ở Trung tâm."), field="one")
    # One after the other, so that two planners do not send the same person to two places.
    query = sa.select(User).where(User.id.in_(people)).order_by(User.id).with_for_update(key_share=True)
    found = {one.user_id: one for one in visitors(db.session.scalars(query).all(), row)}
    may = policy.may_visit if row.kind == "home" else policy.may_receive
    for field, user_id in zip(("one", "two"), people, strict=False):
        if user_id not in found or not may(found[user_id], row.asker_id):
            raise Invalid(_UNFIT, field=field)
    if row.kind == "home":
        one, two = (found[user_id] for user_id in people)
        if not policy.may_go_together(one, two, row.asker_id, kin(one.user_id, two.user_id)):
            raise Invalid(_TWO, field="two")
        taken = busy(people, at, row.id)
        for field, user_id in zip(("one", "two"), people, strict=True):
            if user_id in taken:
                raise Invalid(_BUSY, field=field)


def _new_number(before: str | None) -> str:
    """Four digits by chance, others than before."""
    while (number := f"{secrets.randbelow(10_000):04}") == before:
        pass
    return number


@command
def refuse_visit(actor: User, visit_id: int, reason: str) -> None:
    """It cannot be done, and whoever asked reads why."""
    row = _for_staff(actor, visit_id)
    row.said = plain_reason(reason)
    audit.record(actor.id, "refuse_visit", f"visit:{row.id}", row.said)
    end_visit(row, "refused", "staff", actor.id)


# ---- those who go ---------------------------------------------------------------------------------------------


@command
def read_address(actor: User, visit_id: int) -> str:
    """The address, for those who go there and who planned it, while it is near; each reading is put on record."""
    row = locked_visit(visit_id)
    known = facts(actor, row)
    if not (known.goes or (known.is_planner and known.plans)):
        raise Missing
    if not policy.may_read_address(known, clock.now()):
        raise Conflict(_NOT_NOW)
    if row.address is None:
        raise Conflict(_GONE)
    audit.record(actor.id, "read_visit_address", f"visit:{row.id}")
    return row.address


def _for_those_who_go(actor: User, visit_id: int) -> Visit:
    row = locked_visit(visit_id)
    known = facts(actor, row)
    if not (known.goes or (known.is_planner and known.plans)):
        raise Missing
    if not policy.may_say_how_it_went(known, clock.now()):
        raise Conflict(N_("Chưa tới giờ hẹn, hoặc buổi này đã ghi rồi. Hãy xem lại trang."))
    return row


@command
def say_how_it_went(actor: User, visit_id: int, outcome: str, words: str) -> None:
    """Solved, partly, or to be done again; and what was done."""
    row = _for_those_who_go(actor, visit_id)
    if outcome not in OUTCOMES:
        raise Invalid(N_("Hãy chọn một câu trả lời."), field="outcome")
    row.outcome, row.done_words, row.outcome_by_id = outcome, checked_words(words, "words"), actor.id
    end_visit(row, "done", "", actor.id)


@command
def say_missed(actor: User, visit_id: int, why: str) -> None:
    """Nobody was there, no guardian was, or the visitors could not come."""
    row = _for_those_who_go(actor, visit_id)
    if why not in {"nobody_home", "no_guardian", "visitors"} or (why == "no_guardian" and not row.children):
        raise Invalid(N_("Hãy chọn một câu trả lời."), field="why")
    end_visit(row, "missed", why, actor.id)


@command
def look_again(user_id: int, gone: bool = False) -> None:
    """Somebody may have lost what made them fit to go (`gone`: surely): their visits to come wait for other people."""
    mine = sa.or_(Visit.visitor_one_id == user_id, Visit.visitor_two_id == user_id)
    query = sa.select(Visit).where(mine, Visit.state == "planned", Visit.at > clock.now()).order_by(Visit.id)
    person = db.session.get(User, user_id)
    for row in db.session.scalars(query.with_for_update()).all():
        if gone or person is None or not fit_now(person, row):
            unplan(row)


# ---- out of a room --------------------------------------------------------------------------------------------


@command
def offer_visit(actor: User, room_id: int, learner_id: int) -> VisitOffer:
    """Propose to a learner of this room to meet in person. Whether, and where, is the learner's to say."""
    room = rooms.locked_room(room_id)
    since = clock.now() - room.closed_at if room.closed_at else None
    known = rooms.facts(room, actor)
    if not policy.may_offer_visit(known, since):
        raise Missing
    limits.hit("ask", "visit_offer", actor.id)
    seat = rooms.seat(room_id, learner_id)
    if seat is None or seat.role != "learner" or seat.removed_at is not None or seat.user.is_minor:
        raise Invalid(N_("Hãy chọn người học trong phòng này."), field="learner")
    if (there := offer_in(room_id, learner_id)) is not None:
        return there
    old = sa.update(VisitOffer).where(VisitOffer.room_id == room_id, VisitOffer.learner_id == learner_id)
    db.session.execute(old.where(VisitOffer.state == "open").values(state="declined"))  # it ran out
    offer = VisitOffer(
        room_id=room_id, learner_id=learner_id, by_id=actor.id, topic=room.topic, lesson_slug=room.lesson_slug
    )
    db.session.add(offer)
    db.session.flush()
    if room.closed_at is None and room.kind != "questions":  # there it would tell everybody of one person's need
        system_line(room, f"{shown_name(actor)} đề nghị hẹn gặp trực tiếp. Người học trả lời ở trang Thông báo.")
    announce(VisitOffered(offer.id, learner_id, actor.id, room_id))
    return offer
