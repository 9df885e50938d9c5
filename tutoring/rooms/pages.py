"""What the pages of a room show, put together from queries."""

import uuid
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flask_babel import gettext, pgettext

from tutoring.accounts.models import User
from tutoring.community.queries import duty_phone
from tutoring.kernel.clock import local
from tutoring.kernel.text import N_
from tutoring.lessons import queries as lessons
from tutoring.policy.rooms import (
    TAKING_PART,
    Facts,
    may_end_session,
    may_follow,
    may_keep_order,
    may_mark_picture,
    may_post_message,
    may_send_card,
)
from tutoring.rooms import attendance, payloads, pictures, queries
from tutoring.rooms.cards import LessonCard, cards_of
from tutoring.rooms.forms import MINUTES
from tutoring.rooms.lesson_pane import LessonPane, lesson_pane
from tutoring.rooms.mark_pages import Drawing, layers
from tutoring.rooms.models import Room, Seat
from tutoring.rooms.words import listed

ROLES = {
    "learner": N_("người học"),
    "helper": N_("người giúp"),
    "guardian": N_("phụ huynh"),
    "observer": N_("người trực"),
}


@dataclass(frozen=True)
class RoomPage:
    """A room as one person sees it."""

    room: Room
    known: Facts
    me: User
    title: str
    seats: list[Seat]
    present: set[int]
    readers: str
    messages: list[dict[str, Any]]
    older: int | None  # the number below which there are older messages
    history: bool  # an older part is shown, not the newest
    seen: int  # what this person had read of the room before
    seen_by: int | None  # how far the other one of two has read
    pane: LessonPane | None
    duty: list[tuple[str, str]]  # whom to ring: who, and the number
    may_send_picture: bool
    cards: dict[int, LessonCard]  # by the number of the message
    marks: dict[str, list[Drawing]]  # by the address of the picture
    may_mark: bool
    answers: dict[str, Any] | None = None  # the message that what is written next answers
    picture_key: str = field(default_factory=lambda: str(uuid.uuid4()))  # a form sent twice is one picture
    minutes = MINUTES  # how long somebody can be asked not to write

    @property
    def mine(self) -> Seat:
        return next(seat for seat in self.seats if seat.user_id == self.me.id)

    @property
    def here(self) -> list[Seat]:
        return [seat for seat in self.seats if seat.user_id in self.present]

    @property
    def away(self) -> list[Seat]:
        return [seat for seat in self.seats if seat.user_id not in self.present]

    @property
    def last(self) -> int:
        """The number up to which this page knows everything."""
        return self.messages[-1]["seq"] if self.messages else 0

    @property
    def newer(self) -> int | None:
        """The number below which the next part of the history lies; None where that is the newest."""
        following = self.last + queries.SHOWN + 1
        return following if following <= self.room.last_seq else None

    @property
    def first_new(self) -> int | None:
        """The first message of somebody else that this person has not seen; nobody is told who comes for the first
        time, to whom all is new."""
        me = str(self.me.id)
        fresh = (one["seq"] for one in self.messages if one["seq"] > self.seen and one["author"] != me)
        return next(fresh, None) if self.seen and not self.history else None

    @property
    def has_read(self) -> bool:
        """Whether the other one of two has read all that stands here."""
        return self.seen_by is not None and self.seen_by >= self.last

    @property
    def roles(self) -> dict[str, str]:
        """Words for the seats, by person."""
        return {str(seat.user_id): role_word(seat, self.room.minors) for seat in self.seats}

    @property
    def watchers(self) -> set[str]:
        """People whose lines stand out."""
        return {str(seat.user_id) for seat in self.seats if seat.role == "observer"}

    @property
    def muted_until(self) -> str:
        return queries.shown_time(self.mine.muted_until) if self.mine.muted_until else ""

    def name(self, seat: Seat) -> str:
        return queries.shown_name(seat.user)

    def clock(self, at: str) -> str:
        """The time of day in Vietnam of a moment in a payload."""
        return local(datetime.fromisoformat(at)).strftime("%H:%M")

    @property
    def taking_part(self) -> list[Seat]:
        return [seat for seat in self.seats if seat.role in TAKING_PART]

    may_open = property(lambda self: may_follow(self.known))
    may_send_card = property(lambda self: may_send_card(self.known))
    may_post = property(lambda self: may_post_message(self.known))
    may_end = property(lambda self: may_end_session(self.known))
    may_keep_order = property(lambda self: may_keep_order(self.known))


@dataclass(frozen=True)
class RoomRow:
    """A room in the list of one's rooms."""

    room: Room
    title: str
    names: list[str]
    unread: int


def role_word(seat: Seat, minors: bool) -> str:
    """What a seat is called; only teachers and coordinators look into rooms with children."""
    return str(gettext(N_("thầy cô") if seat.role == "observer" and minors else ROLES[seat.role]))


def room_title(room: Room, language: str) -> str:
    """The lesson's title, or the topic's name."""
    lesson = lessons.find_lesson(room.lesson_slug) if room.lesson_slug else None
    if lesson is not None:
        return str(lesson.title(language))
    skill = lessons.find_skill(room.topic)
    return str(skill.name(language) if skill else gettext("Phòng học"))


def _readers(room: Room, seats: list[Seat]) -> str:
    """Who else can read: named grown-ups on duty and in the room, and guardians."""
    names = {one.id: queries.shown_name(one) for one in queries.on_duty(room)}
    names |= {one.user_id: queries.shown_name(one.user) for one in seats if one.role == "observer"}
    found = list(names.values())
    if any(one.role == "guardian" for one in seats):
        found.append(pgettext("several", "phụ huynh"))
    return listed(found)


def room_page(
    viewer: User,
    room: Room,
    known: Facts,
    language: str,
    before: int | None = None,
    reply: int | None = None,
    seen: int = 0,
    alone: str = "",
) -> RoomPage:
    """Everything on a room's page, for somebody who may read it and had read it up to `seen`."""
    found = queries.messages_before(room.id, before)
    shown = payloads.all_posted_to(viewer, known, room.id, found.items)
    seats = queries.seats(room.id)
    return RoomPage(
        room=room,
        known=known,
        me=viewer,
        title=room_title(room, language),
        seats=seats,
        present={seat.user_id for seat in attendance.present(room.id)},
        readers=_readers(room, seats),
        messages=shown,
        older=found.items[0].seq if found.more else None,
        history=before is not None,
        seen=seen,
        seen_by=queries.seen_by_the_other(seats, viewer.id),
        pane=lesson_pane(viewer, room, known, language, seats, None, alone),
        duty=[found_phone] if (found_phone := duty_phone(room.unit_id)) else [],
        may_send_picture=before is None and pictures.may_send(viewer, known),
        answers=next((one for one in shown if one["seq"] == reply and one["text"] is not None), None),
        cards=cards_of(found.items, language),
        marks=layers(viewer, found.items),
        may_mark=may_mark_picture(known, room.hold_all),
    )


def my_rooms(viewer: User, language: str) -> list[RoomRow]:
    """The rooms that a person may read, with what is new in them."""
    rooms = queries.visible_to(viewer)
    seats = queries.seats_of_rooms(room.id for room in rooms)
    rows = []
    titles: dict[tuple[str | None, str], str] = {}
    for room in rooms:
        about = (room.lesson_slug, room.topic)
        if about not in titles:
            titles[about] = room_title(room, language)
        mine = next(seat for seat in seats[room.id] if seat.user_id == viewer.id)
        names = [queries.shown_name(seat.user) for seat in seats[room.id] if seat is not mine]
        rows.append(RoomRow(room, titles[about], names, max(0, room.last_seq - mine.seen_seq)))
    return rows
