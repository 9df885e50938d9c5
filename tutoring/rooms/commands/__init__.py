"""What people do in rooms."""

from tutoring.rooms.commands.by_desk import (
    bring_back,
    cover,
    forget_mute,
    let_through,
    let_write,
    open_again,
    put_back,
    rooms_where_seated,
    silence_of,
    take_away,
)
from tutoring.rooms.commands.calling import accept as accept_call
from tutoring.rooms.commands.calling import ask as ask_for_call
from tutoring.rooms.commands.calling import decline as decline_call
from tutoring.rooms.commands.calling import end_at_sign_out as end_calls_at_sign_out
from tutoring.rooms.commands.calling import end_of as end_call_of
from tutoring.rooms.commands.calling import hang_up
from tutoring.rooms.commands.calling import lines_gone as call_lines_gone
from tutoring.rooms.commands.calling import look_again as look_again_at_calls
from tutoring.rooms.commands.calling import resume as resume_call
from tutoring.rooms.commands.carding import send_card
from tutoring.rooms.commands.changing import edit_message, number_change, react, withdraw_message
from tutoring.rooms.commands.closing import shut_room
from tutoring.rooms.commands.coming_back import Entry, Place, enter_together, places
from tutoring.rooms.commands.counting import count_again, let_stand, say_helped, strike
from tutoring.rooms.commands.desk import ask_at_desk
from tutoring.rooms.commands.disclosing import deliver_disclosed, say_who_comes
from tutoring.rooms.commands.duty import check_hours
from tutoring.rooms.commands.emptying import forget_transcripts
from tutoring.rooms.commands.following import follow, open_lesson
from tutoring.rooms.commands.handing import close_for_another
from tutoring.rooms.commands.judging import (
    appeal,
    decide_appeal,
    hide_message,
    hold_everything,
    looked_at_elsewhere,
    read_original,
    refuse_message,
    release_message,
    take_back_refusal,
)
from tutoring.rooms.commands.lasting import open_lasting, set_announcing, take_seat
from tutoring.rooms.commands.leaving import forget_person, words_left
from tutoring.rooms.commands.locking import lock_writing, unlock_writing
from tutoring.rooms.commands.marking import hide_marks, mark_picture, take_back_marks
from tutoring.rooms.commands.messages import mark_seen, post_message
from tutoring.rooms.commands.order import close_room, enter_as_observer, mute, remove_member, unmute
from tutoring.rooms.commands.pictures import follow_picture, keep_cleaned, keep_named, keep_while, take_picture
from tutoring.rooms.commands.presence import enter, leave, sockets_gone, visit
from tutoring.rooms.commands.quarantine import answer_for, conceal, lock_picture, lock_room, reveal, silence, unsilence
from tutoring.rooms.commands.risking import forgive
from tutoring.rooms.commands.sessions import end_session, give_feedback, open_room, propose_next
from tutoring.rooms.commands.signing import answer, point, tick, unpoint
from tutoring.rooms.commands.splitting import split
from tutoring.rooms.commands.stopping import erase_later, erase_words, stop_rooms_of
from tutoring.rooms.commands.together import HELD, Came, Plain, post_together
from tutoring.rooms.commands.weighing import Stop, stop_while
from tutoring.rooms.commands.witnessing import witness

__all__ = [
    "HELD",
    "Came",
    "Entry",
    "Place",
    "Plain",
    "Stop",
    "accept_call",
    "answer",
    "answer_for",
    "appeal",
    "ask_at_desk",
    "ask_for_call",
    "bring_back",
    "call_lines_gone",
    "check_hours",
    "close_for_another",
    "close_room",
    "conceal",
    "count_again",
    "cover",
    "decide_appeal",
    "decline_call",
    "deliver_disclosed",
    "edit_message",
    "end_call_of",
    "end_calls_at_sign_out",
    "end_session",
    "enter",
    "enter_as_observer",
    "enter_together",
    "erase_later",
    "erase_words",
    "follow",
    "follow_picture",
    "forget_mute",
    "forget_person",
    "forget_transcripts",
    "forgive",
    "give_feedback",
    "hang_up",
    "hide_marks",
    "hide_message",
    "hold_everything",
    "keep_cleaned",
    "keep_named",
    "keep_while",
    "leave",
    "let_stand",
    "let_through",
    "let_write",
    "lock_picture",
    "lock_room",
    "lock_writing",
    "look_again_at_calls",
    "looked_at_elsewhere",
    "mark_picture",
    "mark_seen",
    "mute",
    "number_change",
    "open_again",
    "open_lasting",
    "open_lesson",
    "open_room",
    "places",
    "point",
    "post_message",
    "post_together",
    "propose_next",
    "put_back",
    "react",
    "read_original",
    "refuse_message",
    "release_message",
    "remove_member",
    "resume_call",
    "reveal",
    "rooms_where_seated",
    "say_helped",
    "say_who_comes",
    "send_card",
    "set_announcing",
    "shut_room",
    "silence",
    "silence_of",
    "sockets_gone",
    "split",
    "stop_rooms_of",
    "stop_while",
    "strike",
    "take_away",
    "take_back_marks",
    "take_back_refusal",
    "take_picture",
    "take_seat",
    "tick",
    "unlock_writing",
    "unmute",
    "unpoint",
    "unsilence",
    "visit",
    "withdraw_message",
    "witness",
    "words_left",
]
