"""Commands for training: sessions, tracks assigned by hand, and attendance.

Trainers of a ward or city publish, change and cancel sessions, and put people on tracks. A person who leaves a ward
loses what belonged to it. The leader of a session records who came and which lessons they were seen doing.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from tutoring.accounts.models import User
from tutoring.accounts.queries import user as user_of
from tutoring.community.models import Membership, Unit
from tutoring.community.queries import acting_roles_at, roles_for
from tutoring.kernel import audit, clock, rate_limits
from tutoring.kernel.commands import command
from tutoring.kernel.database.sql import insert_if_absent
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, Forbidden, InvalidInput, NotFound
from tutoring.kernel.events import publish
from tutoring.kernel.text import N_, nfc
from tutoring.lessons.progress.mastery import witnessed
from tutoring.policy.rooms.participation import TEACHING
from tutoring.policy.training import FEWEST_SEATS, MOST_SEATS, may_take_off
from tutoring.safety.free_text import reject_private_data
from tutoring.training.attendance_sheet import Sheet, sheet_of
from tutoring.training.events import (
    Attended,
    LeaderChosen,
    LeaderNeeded,
    NotAttended,
    TrackAssigned,
    TrainingCancelled,
    TrainingMoved,
)
from tutoring.training.jobs import invite, plan, unplan
from tutoring.training.models import TrainingAssignment, TrainingAttendance, TrainingSeat, TrainingSession
from tutoring.training.progress_queries import last_attended
from tutoring.training.queries import list_attendees, people_of, place_of, session_of
from tutoring.training.readiness import months_after
from tutoring.training.seats import fill_up, give_up, release_open_seats
from tutoring.training.track_members import KINDS, leaders, list_tracks_of_user, reach, runners
from tutoring.training.tracks import tracks

LENGTHS = (30, 45, 60, 90, 120, 180, 240, 360, 480)
MAX_CHARS = {"title": 80, "place": 120, "words": 400, "why": 200}
MAX_AHEAD = timedelta(days=180)
MIN_AHEAD = timedelta(minutes=15)  # leaves people time to see it and come


@dataclass(frozen=True)
class Plan:
    """The input of a session."""

    track: str
    title: str
    words: str
    place: str
    at: datetime
    minutes: int
    seats: int
    leader_id: int


@command
def announce_session(actor: User, unit_id: int, wanted: Plan) -> TrainingSession:
    """Publishes a session for all people on a track in a ward, or in all wards of the city."""
    place, _held = place_of(actor, unit_id)
    rate_limits.hit("session", actor.id)
    if wanted.track not in tracks():
        raise InvalidInput(N_("Hãy chọn lộ trình của buổi tập huấn."), field="track")
    row = TrainingSession(unit_id=place.id, track=wanted.track, by_id=actor.id)
    _write(row, place, wanted)
    _check_time(wanted.at)
    db.session.add(row)
    db.session.flush()
    plan(row)
    invite(row)
    return row


@command
def change_session(actor: User, session_id: int, wanted: Plan) -> TrainingSession:
    """Changes a session that has not begun; its track stays.

    People with a seat are notified of another time or place. Additional seats go to those who wait.
    """
    row = session_of(session_id, lock=True)
    place, _held = place_of(actor, row.unit_id)
    if row.state != "open" or row.at <= clock.now():
        raise Conflict(N_("Buổi này đã bắt đầu, đã xong hoặc đã huỷ nên không sửa được nữa."))
    if wanted.seats < row.taken:
        raise InvalidInput(
            N_("Đã có %(num)s người giữ chỗ, nên số chỗ không ít hơn được."), field="seats", num=row.taken
        )
    before, led_by = (row.at, row.minutes, row.place), row.leader_id
    if wanted.at != row.at:
        _check_time(wanted.at)
    unplan(row)
    _write(row, place, wanted)
    db.session.flush()
    plan(row)
    give_up(row, row.leader_id)  # the new leader may have signed up before
    fill_up(row)
    if (row.at, row.minutes, row.place) != before:
        publish(TrainingMoved(row.id, actor.id, _all_in(row)))
    if row.leader_id != led_by:
        publish(LeaderChosen(row.id))
    return row


@command
def cancel_session(actor: User, session_id: int, why: str) -> None:
    """Cancels a session before it begins, with a reason that all its people read."""
    row = session_of(session_id, lock=True)
    place_of(actor, row.unit_id)
    if row.state != "open" or row.at <= clock.now():
        raise Conflict(N_("Buổi này đã bắt đầu, đã xong hoặc đã huỷ rồi."))
    row.why = _text(why, "why", N_("Hãy ghi lý do; mọi người đã đăng ký đọc được."))
    row.state, row.ended_by_id = "cancelled", actor.id
    unplan(row)
    audit.record(actor.id, "cancel_training", f"training:{row.id}", unit=row.unit_id)
    publish(TrainingCancelled(row.id, actor.id, _all_in(row)))


def _all_in(row: TrainingSession) -> tuple[int, ...]:
    return tuple(dict.fromkeys([*(one.id for one in people_of(row.id, "in", "waiting")), row.leader_id]))


def _write(row: TrainingSession, place: Unit, wanted: Plan) -> None:
    """Validates and stores the input of a session."""
    row.title = _text(wanted.title, "title", N_("Hãy đặt tên cho buổi tập huấn."))
    row.place = _text(wanted.place, "place", N_("Hãy ghi nơi tập huấn: phòng nào, hoặc trực tuyến."))
    row.words = _text(wanted.words, "words")
    if wanted.minutes not in LENGTHS:
        raise InvalidInput(N_("Hãy chọn buổi tập huấn dài bao lâu."), field="minutes")
    if not FEWEST_SEATS <= wanted.seats <= MOST_SEATS:
        raise InvalidInput(N_("Một buổi nhận từ %(least)s đến %(most)s người."), field="seats", least=FEWEST_SEATS,
                      most=MOST_SEATS)  # fmt: skip
    if wanted.leader_id not in {one.id for one in leaders(place)}:
        raise InvalidInput(N_("Hãy chọn người hướng dẫn trong danh sách."), field="leader")
    row.at, row.minutes, row.seats, row.leader_id = wanted.at, wanted.minutes, wanted.seats, wanted.leader_id


def _text(typed: str, field: str, needed: str = "") -> str:
    text = nfc(typed)
    if needed and not text:
        raise InvalidInput(needed, field=field)
    if len(text) > MAX_CHARS[field]:
        raise InvalidInput(N_("Dài quá %(num)s ký tự. Hãy viết ngắn hơn."), field=field, num=MAX_CHARS[field])
    return reject_private_data(text, minor=False, field=field)


def _check_time(at: datetime) -> None:
    if at < clock.now() + MIN_AHEAD:
        raise InvalidInput(N_("Giờ này đã qua hoặc quá gần. Hãy chọn giờ muộn hơn ít nhất 15 phút."), field="time")
    if at > clock.now() + MAX_AHEAD:
        raise InvalidInput(N_("Hãy chọn ngày trong vòng sáu tháng tới."), field="day")


@command
def assign(actor: User, ward_id: int, track_id: str, membership_ids: Collection[int]) -> int:
    """Assigns members of the ward or its neighbourhoods to a track; who is no active adult any more is left out.

    Returns how many were not assigned before.
    """
    place, _held = place_of(actor, ward_id)
    if track_id not in tracks():
        raise InvalidInput(N_("Hãy chọn một lộ trình trong danh sách."), field="track")
    if not membership_ids:
        return 0
    new, members = 0, [one for one in _members_here(place, membership_ids) if _is_active_adult(one)]
    if not members:
        raise InvalidInput(N_("Chỉ thêm được người lớn đang hoạt động ở phường hoặc khu phố này."), field="track")
    for one in members:
        if not insert_if_absent(
            TrainingAssignment, user_id=one.user_id, unit_id=one.unit_id, track=track_id, by_id=actor.id
        ):
            continue
        new += 1
        audit.record(actor.id, "assign_training", f"user:{one.user_id}", track=track_id, unit=one.unit_id)
        publish(TrackAssigned(one.user_id, track_id, actor.id))
    return new


def _is_active_adult(member: Membership) -> bool:
    return member.state == "active" and member.user.kind == "adult" and member.user.state == "active"


def _members_here(place: Unit, membership_ids: Collection[int]) -> list[Membership]:
    """Returns these memberships of a ward and its neighbourhoods; raises NotFound if one is of another place."""
    query = sa.select(Membership).options(joinedload(Membership.user), joinedload(Membership.unit))
    found = list(db.session.scalars(query.where(Membership.id.in_(membership_ids)).order_by(Membership.id)))
    if len(found) != len(set(membership_ids)):
        raise NotFound
    if any(one.unit.ward_id != place.id or one.unit.kind not in KINDS for one in found):
        raise NotFound
    return found


@command
def unassign(actor: User, ward_id: int, track_id: str, membership_ids: Collection[int]) -> int:
    """Removes the assignments by hand of these members of a ward; lessons learned and attendance stay.

    Returns how many people were removed.
    """
    place, _held = place_of(actor, ward_id)
    query = (
        sa.select(TrainingAssignment)
        .options(joinedload(TrainingAssignment.user))
        .join(Unit, Unit.id == TrainingAssignment.unit_id)
        .where(
            Unit.ward_id == place.id, TrainingAssignment.track == track_id,
            TrainingAssignment.user_id.in_([one.user_id for one in _members_here(place, membership_ids)]),
        )
        .order_by(TrainingAssignment.id)
    )  # fmt: skip
    rows = list(db.session.scalars(query))
    for row in rows:
        audit.record(actor.id, "unassign_training", f"user:{row.user_id}", track=row.track, unit=row.unit_id)
        db.session.delete(row)
    db.session.flush()
    people = {row.user_id: row.user for row in rows}
    for one in people.values():
        _leave_strange(one)
    return len(people)


@command
def take_off(actor: User, assignment_id: int) -> None:
    """Removes one assignment to a track: one's own, or as a trainer."""
    row = db.session.get(TrainingAssignment, assignment_id)
    if row is None:
        raise NotFound
    own = row.user_id == actor.id
    if not may_take_off(own, roles_for(actor, row.unit.ward_id or row.unit_id)):
        raise NotFound
    if not own:
        audit.record(actor.id, "unassign_training", f"user:{row.user_id}", track=row.track, unit=row.unit_id)
    db.session.delete(row)
    db.session.flush()
    _leave_strange(user_of(row.user_id))


def _leave_strange(user: User) -> None:
    own, still = list_tracks_of_user(user), dict[str, set[int]]()
    for one in own:
        still.setdefault(one.track.id, set()).update(reach([one.ward_id]))
    release_open_seats(user.id, still)


@command
def end_unit_training(user_id: int, unit_id: int) -> None:
    """Removes the training ties of a person who left a unit.

    Assignments there end, and so do seats in sessions no longer for them. Sessions they were to lead there need
    another leader.
    """
    here = sa.select(Membership.id).where(
        Membership.user_id == user_id, Membership.unit_id == unit_id, Membership.state == "active"
    )
    if db.session.scalar(here) is None:
        db.session.execute(
            sa.delete(TrainingAssignment).where(
                TrainingAssignment.user_id == user_id, TrainingAssignment.unit_id == unit_id
            )
        )
    _leave_strange(user_of(user_id))
    _need_leaders(user_id)


@command
def stop_person(user_id: int) -> None:
    """Gives the future seats of a suspended person to others."""
    release_open_seats(user_id)
    _need_leaders(user_id)


def _need_leaders(user_id: int) -> None:
    """Notifies the trainers of each open session that this person was to lead."""
    query = sa.select(TrainingSession).where(TrainingSession.leader_id == user_id, TrainingSession.state == "open")
    rows = db.session.scalars(query.order_by(TrainingSession.id)).all()
    told = runners({row.unit_id for row in rows})
    for row in rows:
        publish(LeaderNeeded(row.id, tuple(one for one in told.get(row.unit_id, ()) if one != user_id)))


@command
def forget_person(user_id: int) -> None:
    """Erases a user's training data, and the texts they wrote in past sessions."""
    stop_person(user_id)
    for table in (TrainingAssignment, TrainingSeat, TrainingAttendance):
        db.session.execute(sa.delete(table).where(table.user_id == user_id))
    done = TrainingSession.state != "open"
    wrote = sa.or_(TrainingSession.leader_id == user_id, TrainingSession.by_id == user_id)
    gone = {"title": "", "words": "", "place": ""}
    db.session.execute(sa.update(TrainingSession).where(wrote, done).values(**gone))
    db.session.execute(sa.update(TrainingSession).where(TrainingSession.ended_by_id == user_id).values(why=""))


MARKED_WITHIN = timedelta(days=7)  # after its end; later, memories of who was there are unreliable

Seen = Collection[tuple[int, str]]


@command
def mark(actor: User, session_id: int, came: Collection[int], seen: Seen) -> None:
    """Records who attended a session, and which lessons they were seen doing there.

    The first record can be corrected on the same day. A confirmed lesson stays confirmed; a skill is revoked on the
    person's page.
    """
    row = session_of(session_id, lock=True)
    sheet = sheet_of(actor, row)
    if say := find_attendance_obstacle(row):
        raise Conflict(say)
    came = set(came)
    _check(actor, sheet, came, seen)
    before = list_attendees(row.id)
    credited = came | ({row.leader_id} if came and sheet.leader_counts else set())
    _put_down(actor, row, sheet, credited - before)
    _take_out(row, before - credited)
    if credited != before:
        came_now, not_there = sorted(credited - before), sorted(before - credited)
        audit.record(actor.id, "mark_training", f"training:{row.id}", came=came_now, not_there=not_there)
    row.marked_at = row.marked_at or clock.now()
    for user_id, slug in sorted(seen):
        if witnessed(user_id, slug, actor.id, by_teacher=not TEACHING.isdisjoint(acting_roles_at(actor, row.unit_id))):
            audit.record(actor.id, "witness", f"user:{user_id}", training=row.id, lesson=slug)


def find_attendance_obstacle(row: TrainingSession) -> str:
    """Returns why attendance cannot be recorded now, or ""."""
    if row.state == "cancelled":
        return N_("Buổi này đã huỷ nên không điểm danh được.")
    if clock.now() < row.at:
        return N_("Buổi này chưa bắt đầu. Đến giờ rồi hãy điểm danh.")
    if row.marked_at is None and clock.now() > row.ends + MARKED_WITHIN:
        return N_("Đã quá bảy ngày sau buổi tập huấn nên không điểm danh được nữa.")
    if row.marked_at is not None and clock.local(row.marked_at).date() != clock.today():
        return N_("Buổi này đã điểm danh; chỉ sửa được trong ngày điểm danh.")
    return ""


def _check(actor: User, sheet: Sheet, came: set[int], seen: Seen) -> None:
    """Checks that the session is for these people and that actors do not confirm themselves."""
    if actor.id in came and actor.id not in sheet.came:
        raise Forbidden(N_("Không ai tự điểm danh cho mình. Hãy nhờ người hướng dẫn buổi này."))
    if not came <= set(sheet.lines):
        raise InvalidInput(
            N_("Có người trong danh sách không thuộc lộ trình này. Hãy tải lại trang rồi điểm danh lại."), field="came"
        )
    for user_id, slug in seen:
        if user_id not in came:
            raise InvalidInput(
                N_("Chỉ xác nhận “thấy làm được” cho người có mặt. Hãy đánh dấu có mặt trước."), field="seen"
            )
        if slug not in sheet.lines[user_id].may_be_seen:
            raise InvalidInput(
                N_("Có bài chưa xác nhận được: người đó cần học xong bài và tự làm đạt phần luyện tập trước."),
                field="seen",
            )


def _put_down(actor: User, row: TrainingSession, sheet: Sheet, new: set[int]) -> None:
    months, day = sheet.known.needs.renew_months, clock.local(row.at).date()
    last = last_attended(row.track, new)
    for user_id in sorted(new):
        db.session.add(TrainingAttendance(session_id=row.id, user_id=user_id, track=row.track, day=day, by_id=actor.id))
        was = months_after(last[user_id], months) if user_id in last else None
        publish(Attended(row.id, user_id, row.track, was, months_after(max(day, last.get(user_id, day)), months)))
    db.session.flush()


def _take_out(row: TrainingSession, wrong: set[int]) -> None:
    for user_id in sorted(wrong):
        db.session.execute(
            sa.delete(TrainingAttendance).where(
                TrainingAttendance.session_id == row.id, TrainingAttendance.user_id == user_id
            )
        )
        publish(NotAttended(row.id, user_id))
