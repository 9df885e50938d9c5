"""Opens welfare cases for users who wrote of danger, and sends their alarms.

Further text joins the open case. The alarm repeats until an act is recorded. The only measure is encryption of the
text. No user is muted, paused or named as reported, and no evidence is copied.

A child who answers after a session that it was not at ease gets such a case too, of grade S2 and without an alarm.
"""

from collections.abc import Collection
from datetime import UTC, datetime

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from tutoring.accounts.models import User
from tutoring.accounts.queries import user, users
from tutoring.community.models import Membership
from tutoring.community.queries import ancestors, on_duty, unit
from tutoring.kernel import audit, clock, jobs
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.events import publish
from tutoring.kernel.monitoring import heartbeat
from tutoring.kernel.text import fold
from tutoring.moderation.cases.deadlines import look_anew, set_clock
from tutoring.moderation.cases.queries import users_to_notify
from tutoring.moderation.events import AlarmDelayed, CaseOpened, WelfareAlarm, WelfareOpened
from tutoring.moderation.models import WELFARE, Case
from tutoring.moderation.welfare.alarm_ladder import ladder
from tutoring.moderation.welfare.models import Welfare
from tutoring.moderation.welfare.queries import needs_act
from tutoring.policy.access import STAFF
from tutoring.policy.community import CHILD_UNITS
from tutoring.policy.rooms.comfort import UNEASY
from tutoring.policy.welfare import TOO_LATE, grade_of, is_graver, wait
from tutoring.rooms.comfort.queries import people_near
from tutoring.rooms.queries import locked_room, room
from tutoring.safety.distress.meaning import may_mean_staff, names_after_title, whom
from tutoring.welfare.models import Disclosure
from tutoring.welfare.queries import decrypt_text, disclosure


@command
def open_welfare(disclosure_id: int) -> Case:
    """Returns the open case of this author in this place, created if needed.

    Sends an alarm or asks for a look.
    """
    one = disclosure(disclosure_id)
    author, text = user(one.author_id or 0), decrypt_text(one)
    if one.room_id is not None:
        locked_room(one.room_id)
    found = _case_of_talk(one) or _open_case(_target(one.room_id, author.id))
    case = found or _opened(author, one.room_id, one.unit_id, one.level, whom(text, author.is_minor))
    cared = case.welfare
    assert cared is not None
    one.case_id = case.id
    if may_mean_staff(text) and not cared.accuses_staff:
        _take_away(case, cared, one.unit_id, text)
    worse = found is not None and is_graver(one.level, cared.level)
    if worse:
        if cared.is_uneasy:
            cared.protects = whom(text, author.is_minor)
        cared.level, case.grade = one.level, grade_of(one.level)
    if worse or (found is not None and case.looked_at is not None):
        look_anew(case)
    db.session.flush()
    if len(ladder(case)) < 2:
        case.alarm = 2  # no user of the unit may see it: it goes to the site admins
    if one.level == "explicit":
        if found is None or worse or needs_act(case):
            _alarm_from_now(case, cared)
    else:
        publish(WelfareOpened(case.id))
    return case


@command
def open_uneasy(room_id: int, child_id: int) -> Case:
    """Returns the open case of a child who was not at ease in this room, created if needed.

    It is kept from everybody who takes part in the room, and from their relatives.
    """
    place, child = locked_room(room_id), user(child_id)
    found = _open_case(_target(room_id, child_id))
    if found is not None:
        return found
    near = people_near([room_id])[room_id] - {child_id}
    case = _opened(child, room_id, place.unit_id, UNEASY, "author", near)
    db.session.flush()
    if not users_to_notify(case):
        case.alarm = 2  # no user of the unit may see it: it goes to the site admins
    publish(CaseOpened(case.id))
    return case


def _target(room_id: int | None, author_id: int) -> str:
    return f"{WELFARE}{room_id or 0}:{author_id}"


def _case_of_talk(one: Disclosure) -> Case | None:
    """Returns the author's newest open case for a text that was written in a talk about it."""
    if one.room_id is None or not room(one.room_id).is_talk:
        return None
    query = sa.select(Case).join(Welfare, Welfare.case_id == Case.id)
    newest = query.where(Welfare.author_id == one.author_id, Case.state == "open").order_by(Case.id.desc()).limit(1)
    return db.session.scalar(newest.with_for_update(of=Case).execution_options(populate_existing=True))


def _open_case(target: str) -> Case | None:
    query = sa.select(Case).where(Case.kind == "site", Case.target == target, Case.state == "open")
    return db.session.scalar(query.with_for_update().execution_options(populate_existing=True))


def _opened(
    author: User, room_id: int | None, unit_id: int | None, level: str, protects: str, kept_from: Collection[int] = ()
) -> Case:
    minors = author.is_minor or (room_id is not None and room(room_id).by_teachers)
    target = _target(room_id, author.id)
    made = Case(
        kind="site", target=target, room_id=room_id, unit_id=unit_id, about_id=None, minors=minors,
        grade=grade_of(level), look_by=clock.now(), decide_by=clock.now(), acts=[], reasons=[], alarm=0,
        welfare=Welfare(
            author_id=author.id, protects=protects, level=level, kept_from=sorted(kept_from), rounds=0,
            accuses_staff=False, home="unknown", ending="", hold=False,
        ),
    )  # fmt: skip
    try:
        with db.session.begin_nested():
            db.session.add(made)
    except IntegrityError:  # opened for the same user concurrently
        other = _open_case(target)
        if other is None:
            raise
        return other
    set_clock(made, made.opened_at)
    audit.record(None, "open_case", f"case:{made.id}", grade=made.grade, kind="welfare")
    return made


def _take_away(case: Case, cared: Welfare, unit_id: int | None, text: str) -> None:
    """Moves the case to the unit above and to the site admins, because the text may mean staff.

    Staff of the unit, and staff above with a matching name, never see it.
    """
    cared.accuses_staff = True
    case.alarm = 2
    if unit_id is None:
        return
    place = unit(unit_id)
    below = {place.id}
    while place.kind in CHILD_UNITS and place.parent_id is not None:  # a school with colleagues is no unit above
        place = unit(place.parent_id)
        if place.kind in CHILD_UNITS:
            below.add(place.id)
    cared.kept_from = sorted({*cared.kept_from, *_colleagues(unit_id, below, names_after_title(text))})
    case.unit_id = place.id if place.id not in below else place.parent_id


def _colleagues(unit_id: int, below: set[int], names: set[str]) -> list[int]:
    """Returns all staff of these units, and staff above with one of these names."""
    query = sa.select(Membership.user_id, Membership.unit_id).where(
        Membership.unit_id.in_(ancestors(unit_id)), Membership.role.in_(sorted(STAFF)), Membership.state == "active"
    )
    rows = db.session.execute(query).all()
    people = users({user_id for user_id, _unit in rows})
    here = {user_id for user_id, where in rows if where in below}
    meant = {id for id, one in people.items() if fold(one.called_name).lower() in names}
    return sorted(here | meant)


# ---- the alarm -----------------------------------------------------------------------------------------------


def _alarm_from_now(case: Case, cared: Welfare) -> None:
    cared.rounds = 0
    _sound(case, cared)


def _sound(case: Case, cared: Welfare) -> None:
    """Sends one round: staff on duty first, with each round also the next group."""
    cared.rounds += 1
    steps = ladder(case)
    reached = steps if cared.accuses_staff else steps[: cared.rounds]
    if cared.rounds >= len(steps):
        case.alarm = 2  # the site admins are alerted, so they may see it
    called = [id for step in reached for id in step]
    duty = {one.id for one in on_duty(case.unit_id, minors=case.minors)} if case.unit_id is not None else set()
    on, others = [id for id in called if id in duty], [id for id in called if id not in duty]
    audit.record(None, "sound_alarm", f"case:{case.id}", round=cared.rounds, called=called)
    publish(WelfareAlarm(case.id, cared.rounds, tuple(on), tuple(others)))
    at = clock.now() + wait(cared.rounds)
    due = int(at.timestamp())
    jobs.enqueue("moderation.alarm", f"case.alarm:{case.id}:{due}", at, case_id=case.id, due=due)


@jobs.job("moderation.alarm")
def _again(payload: dict[str, int]) -> None:
    """Repeats the alarm while no act is recorded.

    A claim does not stop it: its holder may be the one who does not respond.
    """
    case = db.session.get(Case, payload["case_id"], populate_existing=True)
    if case is None or case.welfare is None or case.state != "open" or not needs_act(case):
        return
    late = int(clock.now().timestamp()) - payload["due"]
    told = heartbeat.stood_still_at(datetime.fromtimestamp(payload["due"], UTC))
    if late > TOO_LATE.total_seconds() and not told:  # the server or its worker was down meanwhile
        publish(AlarmDelayed(case.id, late // 60))
    _sound(case, case.welfare)
