"""Rows of the permission matrix: rooms with minors, rooms of adults, persistent rooms, calls between two adults."""

from datetime import timedelta

from tutoring.policy.access import SIGNED_IN, STAFF
from tutoring.policy.matrix.ready_phrases import READY_PHRASES
from tutoring.policy.matrix.rows import (
    PEOPLE,
    MatrixRow,
    allow_nobody,
    roles_held,
    room_facts,
)
from tutoring.policy.matrix.rows import observer_facts as _watcher
from tutoring.policy.matrix.rows import routes as _routes
from tutoring.policy.pairing import requests
from tutoring.policy.practice import shared_runs
from tutoring.policy.rooms import participation, persistent_rooms
from tutoring.policy.rooms.calls import may_call
from tutoring.policy.rooms.comfort import is_asked, may_see_answers
from tutoring.policy.welfare import may_ask_to_talk


def _may(role: str, inside: bool, kind: str = "pair", minors: bool = False) -> bool:
    return role != "newcomer" and may_call(
        room_facts(role, inside, minors=minors, kind=kind), not minors, hold_all=False
    )


CALLS: tuple[MatrixRow, ...] = (
    MatrixRow("Calls", "in a room of adults call another one who takes part, answer, show one's screen", _may,
         SIGNED_IN, ("rooms.call",), socket_events=("call", "signal")),
    MatrixRow("Calls", "the same at the desk of a ward, with whoever has come in from it",
         lambda role, inside: _may(role, inside, kind="desk")),
    MatrixRow("Calls", "call in a room with a minor", lambda role, inside: _may(role, inside, minors=True)),
    MatrixRow("Calls", "call in a lasting room", lambda role, inside: _may(role, inside, kind="class")),
    MatrixRow("Calls", "listen to a call of others, record one", allow_nobody),
)  # fmt: skip

ROOMS: tuple[MatrixRow, ...] = (
    MatrixRow(
        "Rooms with a minor",
        "enter visibly, without taking part",
        lambda role, inside: participation.may_enter_as_observer(_watcher(role, inside)),
        STAFF,
        ("rooms.enter",),
    ),
    MatrixRow("Rooms with a minor", "enter unseen", allow_nobody),
    MatrixRow(
        "Rooms with a minor",
        "read live and afterwards",
        lambda role, inside: participation.may_read_room(room_facts(role, inside)),
        SIGNED_IN,
        _routes("rooms", "index show messages search lesson leave"),
        socket_events=("enter", "catch_up", "seen", "leave"),
    ),
    MatrixRow(
        "Rooms with a minor",
        "write",
        lambda role, inside: participation.may_post_message(room_facts(role, inside)),
        SIGNED_IN,
        ("rooms.post",),
        socket_events=("post", "typing"),
    ),
    MatrixRow(
        "Rooms with a minor",
        "change one's own message, for five minutes",
        lambda role, inside: participation.may_edit_message(room_facts(role, inside), inside, timedelta(0)),
        SIGNED_IN,
        ("rooms.edit",),
    ),
    MatrixRow(
        "Rooms with a minor",
        "take one's own message back",
        lambda role, inside: participation.may_withdraw_message(room_facts(role, inside), inside),
        SIGNED_IN,
        ("rooms.withdraw",),
    ),
    MatrixRow(
        "Rooms with a minor",
        "say in a word what one makes of another's message",
        lambda role, inside: participation.may_react(room_facts(role, inside), False),
        SIGNED_IN,
        ("rooms.react",),
    ),
    MatrixRow(
        "Rooms with a minor",
        "send a picture (it waits for the teacher)",
        lambda role, inside: participation.may_send_picture(
            room_facts(role, inside), role in {"newcomer", "helper"}, role == "newcomer"
        ),
        SIGNED_IN,
        ("rooms.send_picture",),
    ),
    MatrixRow(
        "Rooms with a minor",
        "see a picture that others may see",
        lambda role, inside: participation.may_read_room(room_facts(role, inside)),
        SIGNED_IN,
        ("rooms.picture",),
    ),
    MatrixRow(
        "Rooms with a minor",
        "send a voice note (only who learns, in a room of two; it waits until a person on duty has heard it)",
        lambda role, inside: participation.may_send_voice_note(room_facts(role, inside)),
        SIGNED_IN,
        _routes("rooms", "voice_notes send_voice_note"),
    ),
    MatrixRow(
        "Rooms with a minor",
        "hear a voice note that others may hear",
        lambda role, inside: participation.may_read_room(room_facts(role, inside)),
        SIGNED_IN,
        ("rooms.voice_note",),
    ),
    MatrixRow(
        "Rooms with a minor",
        "see what is drawn over a picture; take one's own drawing back",
        lambda role, inside: participation.may_withdraw_annotation(room_facts(role, inside), is_author=True),
        SIGNED_IN,
        _routes("rooms", "marks take_back_marks"),
    ),
    MatrixRow(
        "Rooms with a minor",
        "draw over a picture that one sees (but where every message waits)",
        lambda role, inside: participation.may_annotate_picture(room_facts(role, inside), hold_all=False),
        SIGNED_IN,
        ("rooms.mark",),
    ),
    MatrixRow(
        "Rooms with a minor",
        "move the shared step, open a lesson of the talk for the whole room",
        lambda role, inside: participation.may_follow(room_facts(role, inside)),
        SIGNED_IN,
        _routes("rooms", "follow open_lesson"),
        socket_events=("follow",),
    ),
    MatrixRow(
        "Rooms with a minor",
        "put a lesson into the talk",
        lambda role, inside: participation.may_send_card(room_facts(role, inside)),
        SIGNED_IN,
        _routes("rooms", "cards send_card"),
    ),
    MatrixRow(
        "Rooms with a minor",
        "show how far one is in the lesson: done, answered, stuck at this sentence",
        lambda role, inside: participation.may_set_progress(room_facts(role, inside)),
        SIGNED_IN,
        _routes("rooms", "tick answer stuck"),
    ),
    MatrixRow(
        "Rooms with a minor",
        "see a learner's ticks and whether answers were right; clear where one is stuck",
        lambda role, inside: participation.may_see_progress(
            room_facts(role, inside), role == "newcomer", role == "parent"
        ),
        SIGNED_IN,
        ("rooms.unstuck",),
    ),
    MatrixRow(
        "Rooms with a minor",
        "show one's own rehearsal to the room",
        lambda role, inside: shared_runs.may_show_run(room_facts(role, inside)),
        SIGNED_IN,
        _routes("practice", "begin_in_room stop_in_room"),
    ),
    MatrixRow(
        "Rooms with a minor",
        "see at which screen of a rehearsal a learner is; never what was typed or chosen",
        lambda role, inside: shared_runs.may_see_run(room_facts(role, inside), role == "newcomer", role == "parent"),
        SIGNED_IN,
        ("practice.in_room",),
    ),
    MatrixRow(
        "Rooms with a minor",
        "point at a control of a learner's rehearsal, take that back",
        lambda role, inside: shared_runs.may_point(room_facts(role, inside), role == "parent"),
        SIGNED_IN,
        _routes("practice", "point unpoint"),
        socket_events=("point", "unpoint"),
    ),
    MatrixRow(
        "Rooms with a minor",
        "propose a rehearsal",
        lambda role, inside: shared_runs.may_suggest(room_facts(role, inside)),
        SIGNED_IN,
        ("practice.suggest",),
    ),
    MatrixRow(
        "Rooms with a minor",
        "confirm what was learned (a helper with the skill, a teacher)",
        lambda role, inside: participation.may_witness(room_facts(role, inside), True),
        SIGNED_IN,
        ("rooms.witness",),
    ),
    MatrixRow(
        "Rooms with a minor",
        "end the session, say what was solved",
        lambda role, inside: participation.may_end_session(room_facts(role, inside)),
        SIGNED_IN,
        ("rooms.end",),
    ),
    MatrixRow(
        "Rooms with a minor",
        "answer privately how one felt in a session, ask the staff in charge for a talk (a child who learns)",
        lambda role, inside: may_ask_to_talk(is_asked(room_facts(role, inside), role == "newcomer"), True),
        SIGNED_IN,
        _routes("moderation", "ask_to_talk"),
    ),
    MatrixRow(
        "Rooms with a minor",
        "read what a child answered there (no participant, no relative of theirs)",
        lambda role, inside: may_see_answers(room_facts(role, inside), is_near=False),
    ),
    MatrixRow(
        "Rooms with a minor",
        "keep what was done (times, lesson, outcome; never the talk), as a child's guardian too",
        lambda role, inside: participation.may_read_summary(room_facts(role, inside), role == "parent" and inside),
        SIGNED_IN,
        ("rooms.summary",),
    ),
    MatrixRow(
        "Rooms with a minor",
        "ask the same helper on within a week (a child's guardian too)",
        lambda role, inside: requests.may_ask_on(
            role == "newcomer" and inside, role == "parent" and inside, True, timedelta(0)
        ),
        SIGNED_IN,
        ("pairing.ask_on",),
    ),
    MatrixRow(
        "Rooms with a minor",
        "propose what to learn next",
        lambda role, inside: participation.may_name_next(room_facts(role, inside)),
        SIGNED_IN,
        ("rooms.next_lesson",),
    ),
    MatrixRow(
        "Rooms with a minor",
        "mute, remove, hide, watch line by line, lock, close, ask somebody else to help on",
        lambda role, inside: participation.may_moderate(_watcher(role, inside)),
        STAFF,
        (*_routes("rooms", "mute unmute remove hide undo_hide hide_marks hold lock unlock close"), "pairing.hand_over"),
        reason=True,
    ),
    MatrixRow(
        "Rooms with a minor",
        "release or refuse a held message",
        lambda role, inside: participation.may_decide_held(_watcher(role, inside), False),
        STAFF,
        (*_routes("rooms", "release refuse undo_refuse"), "moderation.board"),
    ),
    MatrixRow(
        "Rooms with a minor",
        "read what was masked",
        lambda role, inside: participation.may_decide_held(_watcher(role, inside), False),
        STAFF,
        ("rooms.original",),
        reason=True,
    ),
    MatrixRow(
        "Rooms with a minor",
        "ask for a second look at one's own message",
        lambda role, inside: participation.may_appeal(room_facts(role, inside), role in PEOPLE and inside),
        SIGNED_IN,
        _routes("rooms", "message appeal"),
    ),
    MatrixRow(
        "Rooms with a minor",
        "decide a second look",
        lambda role, inside: participation.may_decide_appeal(_watcher(role, inside), False, False),
        STAFF,
        ("rooms.decide_appeal",),
        second=True,
        reason=True,
    ),
    MatrixRow(
        "Rooms of adults",
        "enter visibly, keep order",
        lambda role, inside: participation.may_moderate(_watcher(role, inside, minors=False)),
    ),
    MatrixRow(
        "Rooms of adults",
        "read live and afterwards",
        lambda role, inside: role != "newcomer" and participation.may_read_room(room_facts(role, inside, minors=False)),
    ),
    MatrixRow(
        "Rooms of adults",
        "take a copy of what was said along",
        lambda role, inside: (
            role != "newcomer" and participation.may_export_room(room_facts(role, inside, minors=False))
        ),
        SIGNED_IN,
        ("rooms.export",),
    ),
    MatrixRow(
        "Rooms of adults",
        "send a voice note",
        lambda role, inside: (
            role != "newcomer" and participation.may_send_voice_note(room_facts(role, inside, minors=False))
        ),
    ),
    # ---- persistent rooms
    MatrixRow(
        "Lasting rooms",
        "open the room of a class, the circle of its parents",
        lambda role, inside: persistent_rooms.may_open_persistent_room(roles_held(role, inside), "class", "class"),
        STAFF,
        ("rooms.open_lasting",),
    ),
    MatrixRow(
        "Lasting rooms",
        "open the questions of a neighbourhood or a ward",
        lambda role, inside: persistent_rooms.may_open_persistent_room(roles_held(role, inside), "ward", "questions"),
    ),
    MatrixRow(
        "Lasting rooms",
        "say whether all write in a class room or only who keeps order",
        lambda role, inside: persistent_rooms.may_announce(_watcher(role, inside, kind="class")),
        STAFF,
        ("rooms.announce",),
    ),
    MatrixRow(
        "Lasting rooms",
        "ask some people of a class room into a side room",
        lambda role, inside: persistent_rooms.may_split(_watcher(role, inside, kind="class")),
        STAFF,
        ("rooms.split",),
    ),
    MatrixRow(
        "Lasting rooms",
        "enter a circle of parents without taking part, keep order in it",
        lambda role, inside: participation.may_moderate(_watcher(role, inside, minors=False, kind="circle")),
    ),
    MatrixRow(
        "Lasting rooms",
        "ask at the desk of one's ward (grown-ups)",
        lambda role, inside: role in PEOPLE and persistent_rooms.may_ask_at_desk(False, inside),
        SIGNED_IN,
        ("rooms.desk",),
    ),
    *READY_PHRASES,
)
