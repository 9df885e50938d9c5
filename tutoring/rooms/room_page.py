"""Builds the data of a room's page from queries."""

import uuid
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flask_babel import gettext, pgettext

from tutoring.accounts.models import User
from tutoring.community.queries import duty_phone
from tutoring.kernel.clock import local
from tutoring.kernel.text import N_
from tutoring.lessons.catalogue import queries as catalogue_queries
from tutoring.lessons.skills import queries as skills_queries
from tutoring.policy.pairing.school_subjects import is_school_subject
from tutoring.policy.rooms.participation import (
    PARTICIPANT_ROLES,
    RoomFacts,
    may_annotate_picture,
    may_end_session,
    may_export_room,
    may_follow,
    may_moderate,
    may_post_message,
    may_react,
    may_send_card,
)
from tutoring.policy.rooms.persistent_rooms import may_announce, may_split
from tutoring.policy.rooms.ready_phrases import may_use_phrases
from tutoring.rooms import queries
from tutoring.rooms import serializers as rooms_serializers
from tutoring.rooms.calls import queries as calls_queries
from tutoring.rooms.forms import MINUTES
from tutoring.rooms.helper_notes.queries import may_read_on_duty
from tutoring.rooms.hooks import RoomPanel, may_be_in_danger, room_panels
from tutoring.rooms.labels import MEMBERS, listed, room_name
from tutoring.rooms.messages.queries import without_sealed_places
from tutoring.rooms.models import Message, Room, Seat
from tutoring.rooms.persistent_rooms import queries as persistent_rooms_queries
from tutoring.rooms.persistent_rooms.queries import SHOWN
from tutoring.rooms.pictures import queries as pictures_queries
from tutoring.rooms.pictures.annotation_layers import Drawing, layers
from tutoring.rooms.presence import queries as presence_queries
from tutoring.rooms.presence.helper_absence import HelperAbsence, helper_absence
from tutoring.rooms.read_only import read_only_notice
from tutoring.rooms.shared_lesson.lesson_cards import LessonCard, cards_of
from tutoring.rooms.shared_lesson.lesson_panel import LessonPane, lesson_pane
from tutoring.rooms.voice_notes import queries as voice_notes_queries
from tutoring.welfare.cards import Card, card_for
from tutoring.welfare.queries import own_shown

SEAT_ROLE_LABELS = {
    "learner": N_("người học"),
    "helper": N_("người giúp"),
    "guardian": N_("phụ huynh"),
    "observer": N_("người trực"),
}


@dataclass(frozen=True)
class RoomPage:
    """A room as one user sees it."""

    room: Room
    known: RoomFacts
    me: User
    title: str
    seats: list[Seat]
    names: dict[str, str]  # by user, as this user says them; messages hold names that suit all readers
    present: set[int]
    readers: str
    messages: list[dict[str, Any]]
    older: int | None  # messages below this number exist
    history: bool  # an older page of the history is shown
    seen: int  # what this user had read before
    seen_by: int | None  # how far the other one of a pair has read
    pane: LessonPane | None
    parts: list[RoomPanel]  # panels of other features
    duty: list[tuple[str, str]]  # phone contacts on duty: name and number
    may_send_picture: bool
    no_picture: str  # why this user cannot send pictures yet, or ""
    cards: dict[int, LessonCard]  # by the number of the message
    marks: dict[str, list[Drawing]]  # by the URL of the picture
    may_mark: bool
    may_call: bool = False
    may_speak: bool = False  # record voice notes
    asked: dict[str, Any] | None = None  # the call that waits for this user's answer
    urgent: bool = False  # emergency numbers are expanded
    care: Card | None = None  # safety card for a user who wrote of danger here
    quiet: str = ""  # why participants cannot write now
    absence: HelperAbsence | None = None  # what the learner's side is told while nobody helps
    crowd: bool = False  # more people are present than the page names
    sides: list[Room] = field(default_factory=list)  # the user's breakout rooms of this room
    answers: dict[str, Any] | None = None  # the message being replied to
    # A UUID that makes a form that is sent twice one picture. It is unique among one author's messages in one room,
    # so 48 random bits are enough. The zeros are compressed, and the page weighs less.
    picture_key: str = field(default_factory=lambda: f"00000000-0000-4000-8000-{uuid.uuid4().hex[:12]}")
    minutes = MINUTES  # durations of a mute

    @property
    def mine(self) -> Seat:
        return next(seat for seat in self.seats if seat.user_id == self.me.id)

    @property
    def here(self) -> list[Seat]:
        return [seat for seat in self.seats if seat.user_id in self.present]

    @property
    def away(self) -> list[Seat]:
        """Returns the absent people with a seat; in a persistent room only the observers."""
        absent = [seat for seat in self.seats if seat.user_id not in self.present]
        return [seat for seat in absent if seat.role == "observer"] if self.room.lasts else absent

    @property
    def beside(self) -> list[str]:
        """Returns the panels beside the conversation; the first one is open."""
        found = [part.kind for part in sorted(self.parts, key=lambda one: not one.going) if part.html is not None]
        going = any(part.going for part in self.parts)
        return found if self.pane is None else [*found, "lesson"] if going else ["lesson", *found]

    @property
    def has_maths(self) -> bool:
        """Returns whether formulas are written here: in rooms with a school subject."""
        return is_school_subject(self.room.topic)

    @property
    def has_voice(self) -> bool:
        """Returns whether a voice note stands on this page."""
        return any("voice" in one for one in self.messages)

    @property
    def last(self) -> int:
        """Returns the number of the newest message on this page."""
        return self.messages[-1]["seq"] if self.messages else 0

    @property
    def newer(self) -> int | None:
        """Returns the `before` parameter of the next newer page; None where that is the newest."""
        following = self.last + queries.SHOWN + 1
        return following if following <= self.room.last_seq else None

    @property
    def first_new(self) -> int | None:
        """Returns the first unseen message of another user.

        None on a user's first visit, where all messages are new, and in the history.
        """
        me = str(self.me.id)
        fresh = (one["seq"] for one in self.messages if one["seq"] > self.seen and one["author"] != me)
        return next(fresh, None) if self.seen and not self.history else None

    @property
    def has_read(self) -> bool:
        """Returns whether the other one of a pair has read all messages on this page."""
        return self.seen_by is not None and self.seen_by >= self.last

    @property
    def roles(self) -> dict[str, str]:
        """Returns the role labels by user."""
        return {str(seat.user_id): role_label(seat, self.room) for seat in self.seats}

    @property
    def watchers(self) -> set[str]:
        """Returns the observers, whose messages are highlighted."""
        return {str(seat.user_id) for seat in self.seats if seat.role == "observer"}

    @property
    def muted_until(self) -> str:
        return queries.shown_time(self.mine.muted_until) if self.mine.muted_until else ""

    def name(self, seat: Seat) -> str:
        return self.names[str(seat.user_id)]

    def clock(self, at: str) -> str:
        """Formats a moment of a payload as the time of day in Vietnam."""
        return local(datetime.fromisoformat(at)).strftime("%H:%M")

    def sample(self, kind: str, mine: bool = False) -> dict[str, Any]:
        """Returns a message with every part, which the browser copies and fills for messages that come later."""
        return {
            "seq": 0, "kind": kind, "author": str(self.me.id) if mine else "0", "name": "–", "text": "–",
            "at": rooms_serializers.moment(self.room.opened_at), "status": "masked" if mine else "held",
            "edited": True, "withdrawn": False, "sealed": False, "picture": None, "lesson": None,
            "reply": {"seq": 0, "name": "–", "text": "–"},
            "reactions": [{"word": "thanks", "by": [], "names": []}],
        }  # fmt: skip

    def day(self, at: str) -> str:
        """Returns the day in Vietnam of a moment of a payload, as 2026-11-30."""
        return local(datetime.fromisoformat(at)).date().isoformat()

    @property
    def taking_part(self) -> list[Seat]:
        return [seat for seat in self.seats if seat.role in PARTICIPANT_ROLES]

    may_open = property(lambda self: may_follow(self.known))
    may_send_card = property(lambda self: may_send_card(self.known))
    may_use_phrases = property(lambda self: may_use_phrases(self.known))
    may_read_notes = property(lambda self: may_read_on_duty(self.me, self.room, self.known))
    may_post = property(lambda self: may_post_message(self.known))
    may_end = property(lambda self: may_end_session(self.known))
    may_react = property(lambda self: may_react(self.known, False))
    may_announce = property(lambda self: may_announce(self.known))
    may_split = property(lambda self: may_split(self.known))
    may_export = property(lambda self: may_export_room(self.known))
    may_keep_order = property(lambda self: may_moderate(self.known))


def role_label(seat: Seat, room: Room) -> str:
    """Returns the label of a seat; only teachers and coordinators observe rooms with minors."""
    if seat.role == "observer" and room.by_teachers:
        return str(gettext(N_("thầy cô")))
    member = MEMBERS.get(room.kind) if seat.role in PARTICIPANT_ROLES else None
    return str(gettext(member or SEAT_ROLE_LABELS[seat.role]))


def room_title(room: Room, language: str) -> str:
    """Returns the title of a room: its own name, its lesson's title or its topic's name.

    Persistent rooms are named by kind and unit, breakout rooms by their given title.
    """
    if (name := room_name(room)) != "":
        return name
    lesson = catalogue_queries.find_lesson(room.lesson_slug) if room.lesson_slug else None
    if lesson is not None:
        return str(lesson.title(language))
    skill = skills_queries.find_skill(room.topic)
    return str(skill.name(language) if skill else gettext("Phòng học"))


def _readers(viewer: User, language: str, room: Room, seats: list[Seat]) -> str:
    """Returns who else can read: adults on duty, observers, and guardians with a seat."""
    people = {one.id: one for one in queries.on_duty(room)}
    people |= {one.user_id: one.user for one in seats if one.role == "observer"}
    found = [queries.shown_name(one, viewer, language) for one in people.values()]
    if any(one.role == "guardian" for one in seats) and not room.lasts:
        found.append(pgettext("several", "phụ huynh"))
    return listed(found)


def room_page(
    viewer: User,
    room: Room,
    known: RoomFacts,
    language: str,
    before: int | None = None,
    reply: int | None = None,
    seen: int = 0,
    alone: str = "",
) -> RoomPage:
    """Builds the page of a room for a user who may read it and had read it up to `seen`."""
    found = queries.messages_before(room.id, before)
    shown = rooms_serializers.serialize_messages_for(viewer, known, room.id, found.items)
    here = presence_queries.present(room.id, SHOWN + 1 if room.lasts else None)
    seats = _seats_shown(viewer, room, here, without_sealed_places(viewer, known.role, room.id, found.items))
    quiet = read_only_notice(room, known)
    may_send = before is None and pictures_queries.may_send(viewer, known)
    may_call = before is None and calls_queries.may_be_here(room, viewer)
    return RoomPage(
        room=room,
        known=known,
        me=viewer,
        title=room_title(room, language),
        seats=seats,
        names={str(seat.user_id): queries.shown_name(seat.user, viewer, language) for seat in seats},
        present={seat.user_id for seat in here},
        absence=helper_absence(viewer, room, known, seats, {seat.user_id for seat in here}),
        crowd=room.lasts and len(here) > SHOWN,
        quiet=str(gettext(quiet.say, **quiet.params)) if quiet else "",
        sides=persistent_rooms_queries.sides_for(room.id, viewer.id) if room.lasts and room.side_of_id is None else [],
        readers=_readers(viewer, language, room, seats),
        messages=shown,
        older=found.items[0].seq if found.more else None,
        history=before is not None,
        seen=seen,
        seen_by=None if room.lasts else queries.other_read_position(seats, viewer.id),
        pane=lesson_pane(viewer, room, known, language, seats, None, alone),
        parts=list(room_panels.collect(viewer, room, known, language)),
        duty=[found_phone] if (found_phone := duty_phone(room.unit_id)) else [],
        may_send_picture=may_send,
        no_picture=""
        if may_send or known.talk or not may_post_message(known)
        else str(gettext(pictures_queries.no_picture_reason())),
        answers=next((one for one in shown if one["seq"] == reply and one["text"] is not None), None),
        cards=cards_of(found.items, language),
        marks=layers(viewer, found.items),
        may_mark=may_annotate_picture(known, room.hold_all),
        may_call=may_call,
        may_speak=before is None and voice_notes_queries.may_send(known),
        asked=calls_queries.shape(asked) if may_call and (asked := calls_queries.asked_of(room.id, viewer)) else None,
        care=_care(viewer, language, room, seats, known.role) if any(one.get("sealed") for one in shown) else None,
        urgent=room.hold_all and known.role in PARTICIPANT_ROLES and may_be_in_danger(room.id, viewer.id),
    )


def _care(viewer: User, language: str, room: Room, seats: list[Seat], role: str | None) -> Card | None:
    """Returns the safety card for this user's disclosures, naming who cannot see them."""

    def called(seat: Seat) -> str:
        if seat.role == "guardian" and role == "learner":
            return str(gettext("ba mẹ"))  # children do not call their mother by her name
        name = seat.user.said_by(viewer, language)
        bare = viewer.is_minor and name == seat.user.called_name
        return str(gettext("bạn %(name)s", name=name)) if bare else name

    others = dict.fromkeys(called(seat) for seat in seats if seat.role != "observer" and seat.user_id != viewer.id)
    unseen_by = [listed(list(others))] if others else []
    return card_for(viewer, own_shown(viewer.id, room.id), unseen_by, many=room.lasts)


def _seats_shown(viewer: User, room: Room, here: list[Seat], messages: list[Message]) -> list[Seat]:
    """Returns the seats to show; in a persistent room only present people, authors, observers."""
    if not room.lasts:
        return queries.seats(room.id)
    wrote = {one.author_id for one in messages if one.author_id is not None}
    return persistent_rooms_queries.some_seats(room.id, {viewer.id, *wrote, *(seat.user_id for seat in here)})
