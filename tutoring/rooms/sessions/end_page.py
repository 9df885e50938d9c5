"""The page at the end of a session: what was done, the feedback, and whose word is missing."""

from dataclasses import dataclass

from tutoring.accounts.models import User
from tutoring.accounts.queries import is_guardian
from tutoring.policy.rooms.comfort import ends_as_child, is_asked
from tutoring.policy.rooms.participation import (
    PARTICIPANT_ROLES,
    RoomFacts,
    may_end_session,
    may_export_room,
    may_give_feedback,
)
from tutoring.policy.rooms.volunteer_minutes import may_say_helped
from tutoring.rooms import queries
from tutoring.rooms.comfort.models import ComfortAnswer
from tutoring.rooms.comfort.queries import answers_for, is_told, own_answer
from tutoring.rooms.labels import listed
from tutoring.rooms.models import Feedback, Room, Seat
from tutoring.rooms.presence import queries as presence_queries
from tutoring.rooms.room_page import room_title
from tutoring.rooms.volunteer_minutes.models import HelpSession
from tutoring.rooms.volunteer_minutes.queries import may_still_confirm, sessions_of_room


@dataclass(frozen=True)
class Summary:
    """The data of the page at the end of a session."""

    viewer: User
    language: str
    room: Room
    title: str
    minutes: int
    seats: list[Seat]
    said: dict[int, Feedback]
    mine: Feedback | None
    role: str | None
    may_say: bool
    may_end: bool
    worked: int | None  # minutes in which both sides were active, once the room is closed
    asks_helped: bool  # whether this user's word confirms the help
    unconfirmed: HelpSession | None  # the session this user may still confirm or change the word on
    may_export: bool
    goes_alone: bool  # with several learners: this one leaves and the others go on
    as_child: bool  # a minor who learns, with a form of its own
    helpers: str  # as this user says their names
    left: bool  # one of several learners, who is gone already
    asks_comfort: bool  # the private question is asked
    answered: bool  # whether this child has answered it; the page does not say how
    told: bool  # the child is told what happens next
    comfort: list[ComfortAnswer]  # the children's answers, for observers alone

    @property
    def names(self) -> list[str]:
        return [self.name(seat.user) for seat in self.seats]

    @property
    def note_to(self) -> str:
        """Returns the name of the one person whom this user helped, or who helped; "" among several."""
        pair = {"learner": "helper", "helper": "learner"}.get(self.role or "")
        found = [seat.user for seat in self.seats if seat.role == pair]
        return found[0].said_by(self.viewer, self.language) if len(found) == 1 else ""

    @property
    def others(self) -> list[Feedback]:
        return [one for one in self.said.values() if one is not self.mine]

    @property
    def unsolved(self) -> bool:
        return self.mine is None or self.mine.solved != "yes"

    def name(self, user: User) -> str:
        return queries.shown_name(user, self.viewer, self.language)


def summary(viewer: User, room: Room, known: RoomFacts, language: str) -> Summary:
    """Builds the end page for a user who may read the room."""
    said = queries.feedback_of(room.id)
    seats = [seat for seat in queries.seats(room.id) if seat.role in PARTICIPANT_ROLES]
    sessions = sessions_of_room(room.id) if room.closed_at else []
    spoken_for = _spoken_for(viewer, known, seats)
    mine = [one for one in sessions if one.learner_id in spoken_for]
    learners = sum(seat.role == "learner" for seat in seats)
    asked = is_asked(known, viewer.is_minor)
    answer = own_answer(viewer.id, room.id) if asked else None
    return Summary(
        viewer=viewer,
        language=language,
        room=room,
        title=room_title(room, language),
        minutes=presence_queries.minutes_together(room.id),
        seats=seats,
        said=said,
        mine=said.get(viewer.id),
        may_say=may_give_feedback(known),
        role=known.role,
        may_end=may_end_session(known, learners),
        may_export=may_export_room(known),
        goes_alone=may_end_session(known) and not may_end_session(known, learners),
        as_child=ends_as_child(known, viewer.is_minor),
        helpers=listed([seat.user.said_by(viewer, language) for seat in seats if seat.role == "helper"]),
        left=not room.closed_at and _has_left(seats, viewer, room),
        asks_comfort=asked,
        answered=answer is not None,
        told=is_told(answer),
        comfort=answers_for(viewer, room, known),
        worked=max((one.minutes for one in sessions), default=None),
        # With several learners who leave one by one, each is asked once the room is closed.
        asks_helped=bool(mine) if room.closed_at else bool(spoken_for) and learners == 1 and room.kind != "desk",
        unconfirmed=next((one for one in mine if may_still_confirm(one)), None),
    )


def _has_left(seats: list[Seat], viewer: User, room: Room) -> bool:
    left = any(seat.user_id == viewer.id and seat.left_at is not None for seat in seats)
    return left and all(one.user_id != viewer.id for one in presence_queries.present(room.id))


def _spoken_for(viewer: User, known: RoomFacts, seats: list[Seat]) -> set[int]:
    """Returns the learners here for whom this user may say whether they were helped."""
    learners = [seat.user for seat in seats if seat.role == "learner"]
    guards = known.role == "guardian"
    return {
        one.id
        for one in learners
        if may_say_helped(viewer.id == one.id, guards and is_guardian(viewer.id, one.id), one.band)
    }
