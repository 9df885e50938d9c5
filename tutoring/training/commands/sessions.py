"""Training sessions are announced, changed and cancelled by those who run the training of a ward or city."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from tutoring.accounts.models import User
from tutoring.community.models import Unit
from tutoring.kernel import audit, clock, limits
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, Invalid
from tutoring.kernel.events import announce
from tutoring.kernel.text import N_, nfc
from tutoring.policy.training import FEWEST_SEATS, MOST_SEATS
from tutoring.safety.free_text import without_private
from tutoring.training.bank import tracks
from tutoring.training.commands.due import invite, plan, unplan
from tutoring.training.commands.seats import fill_up, give_up
from tutoring.training.events import TrainingCancelled, TrainingMoved
from tutoring.training.models import TrainingSession
from tutoring.training.people import leaders
from tutoring.training.queries import people_of, place_of, session_of

LENGTHS = (30, 45, 60, 90, 120, 180, 240, 360, 480)
LONGEST = {"title": 80, "place": 120, "words": 400, "why": 200}
FARTHEST = timedelta(days=180)
SOONEST = timedelta(minutes=15)  # so that somebody can still see it and come


@dataclass(frozen=True)
class Plan:
    """What somebody would announce."""

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
    """Announce a session for everybody on a track in a ward, or in all wards of the city."""
    place, _held = place_of(actor, unit_id)
    limits.hit("session", actor.id)
    if wanted.track not in tracks():
        raise Invalid(N_("Hãy chọn lộ trình của buổi tập huấn."), field="track")
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
    """Change a session that has not begun; its track stays. Who has a seat hears of another time or place; more seats
    go to those who wait."""
    row = session_of(session_id, lock=True)
    place, _held = place_of(actor, row.unit_id)
    if row.state != "open" or row.at <= clock.now():
        raise Conflict(N_("Buổi này đã bắt đầu, đã xong hoặc đã huỷ nên không sửa được nữa."))
    if wanted.seats < row.taken:
        raise Invalid(N_("Đã có %(num)s người giữ chỗ, nên số chỗ không ít hơn được."), field="seats", num=row.taken)
    before = (row.at, row.minutes, row.place)
    if wanted.at != row.at:
        _check_time(wanted.at)
    unplan(row)
    _write(row, place, wanted)
    db.session.flush()
    plan(row)
    give_up(row, row.leader_id)  # who leads now and had signed up before
    fill_up(row)
    if (row.at, row.minutes, row.place) != before:
        announce(TrainingMoved(row.id, actor.id, _all_in(row)))
    return row


@command
def cancel_session(actor: User, session_id: int, why: str) -> None:
    """Cancel a session before it begins, with a reason that everybody in it reads."""
    row = session_of(session_id, lock=True)
    place_of(actor, row.unit_id)
    if row.state != "open" or row.at <= clock.now():
        raise Conflict(N_("Buổi này đã bắt đầu, đã xong hoặc đã huỷ rồi."))
    row.why = _text(why, "why", N_("Hãy ghi lý do; mọi người đã đăng ký đọc được."))
    row.state, row.ended_by_id = "cancelled", actor.id
    unplan(row)
    audit.record(actor.id, "cancel_training", f"training:{row.id}", unit=row.unit_id)
    announce(TrainingCancelled(row.id, actor.id, _all_in(row)))


def _all_in(row: TrainingSession) -> tuple[int, ...]:
    return tuple(dict.fromkeys([*(one.id for one in people_of(row.id, "in", "waiting")), row.leader_id]))


def _write(row: TrainingSession, place: Unit, wanted: Plan) -> None:
    """Everything that was typed, when it is within its bounds."""
    row.title = _text(wanted.title, "title", N_("Hãy đặt tên cho buổi tập huấn."))
    row.place = _text(wanted.place, "place", N_("Hãy ghi nơi tập huấn: phòng nào, hoặc trực tuyến."))
    row.words = _text(wanted.words, "words")
    if wanted.minutes not in LENGTHS:
        raise Invalid(N_("Hãy chọn buổi tập huấn dài bao lâu."), field="minutes")
    if not FEWEST_SEATS <= wanted.seats <= MOST_SEATS:
        raise Invalid(N_("Một buổi nhận từ %(least)s đến %(most)s người."), field="seats", least=FEWEST_SEATS,
                      most=MOST_SEATS)  # fmt: skip
    if wanted.leader_id not in {one.id for one in leaders(place)}:
        raise Invalid(N_("Hãy chọn người hướng dẫn trong danh sách."), field="leader")
    row.at, row.minutes, row.seats, row.leader_id = wanted.at, wanted.minutes, wanted.seats, wanted.leader_id


def _text(typed: str, field: str, needed: str = "") -> str:
    text = nfc(typed)
    if needed and not text:
        raise Invalid(needed, field=field)
    if len(text) > LONGEST[field]:
        raise Invalid(N_("Dài quá %(num)s ký tự. Hãy viết ngắn hơn."), field=field, num=LONGEST[field])
    return without_private(text, minor=False, field=field)


def _check_time(at: datetime) -> None:
    if at < clock.now() + SOONEST:
        raise Invalid(N_("Giờ này đã qua hoặc quá gần. Hãy chọn giờ muộn hơn ít nhất 15 phút."), field="time")
    if at > clock.now() + FARTHEST:
        raise Invalid(N_("Hãy chọn ngày trong vòng sáu tháng tới."), field="day")
