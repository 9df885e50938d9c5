"""A help request from the first word to its outcome."""

from tutoring.pairing.commands import waving
from tutoring.pairing.commands.agreeing import claim_time
from tutoring.pairing.commands.answering import answer, answer_as_guardian, avoid
from tutoring.pairing.commands.asking import ask_for_help, cancel, end_with_room, forget_words, stop_for
from tutoring.pairing.commands.bookings import end_booking, end_bookings_of, say_met
from tutoring.pairing.commands.claiming import claim, give_back
from tutoring.pairing.commands.following_up import ask_on
from tutoring.pairing.commands.handing import hand_over
from tutoring.pairing.commands.hours import add_away, remove_away, set_hours
from tutoring.pairing.commands.leaving import forget_person, forget_requests
from tutoring.pairing.commands.merging import (
    answer_group,
    end_group_requests,
    leave_group,
    propose_group,
    release_group,
)
from tutoring.pairing.commands.moving import answer_move, move_booking
from tutoring.pairing.commands.offering import come_back, decline_offer, go_away, mute_topic, see_alarm
from tutoring.pairing.commands.papers import check_papers_of, end_papers_of, erase_papers, issue_paper, revoke_paper
from tutoring.pairing.commands.parking import helped_there, need_ended, need_met, remind, unpark
from tutoring.pairing.commands.parting import keep_apart, let_meet
from tutoring.pairing.commands.pausing import add_words, pause, resume
from tutoring.pairing.commands.picturing import add_picture, bring_pictures, forget_pictures, remove_picture
from tutoring.pairing.commands.promising import accept_conduct
from tutoring.pairing.commands.proposals import answer_proposal, withdraw_proposals
from tutoring.pairing.commands.rounds import (
    begin_round,
    discard_round,
    mark_pair,
    publish_round,
    run_again,
    set_weights,
)
from tutoring.pairing.commands.sessions import (
    announce_session,
    cancel_session,
    end_session_with_room,
    forget_session_words,
    leave_strange_sessions,
    stop_sessions_of,
)
from tutoring.pairing.commands.signing_up import sign_up, withdraw
from tutoring.pairing.commands.states import ANSWER_WITHIN, GUARDIAN_ANSWERS_WITHIN, put_back
from tutoring.pairing.commands.tracks import look_now, wait_weekly, wish_times
from tutoring.pairing.commands.writing import judge_answer, write_answer

__all__ = [
    "ANSWER_WITHIN",
    "GUARDIAN_ANSWERS_WITHIN",
    "accept_conduct",
    "add_away",
    "add_picture",
    "add_words",
    "announce_session",
    "answer",
    "answer_as_guardian",
    "answer_group",
    "answer_move",
    "answer_proposal",
    "ask_for_help",
    "ask_on",
    "avoid",
    "begin_round",
    "bring_pictures",
    "cancel",
    "cancel_session",
    "check_papers_of",
    "claim",
    "claim_time",
    "come_back",
    "decline_offer",
    "discard_round",
    "end_booking",
    "end_bookings_of",
    "end_group_requests",
    "end_papers_of",
    "end_session_with_room",
    "end_with_room",
    "erase_papers",
    "forget_person",
    "forget_pictures",
    "forget_requests",
    "forget_session_words",
    "forget_words",
    "give_back",
    "go_away",
    "hand_over",
    "helped_there",
    "issue_paper",
    "judge_answer",
    "keep_apart",
    "leave_group",
    "leave_strange_sessions",
    "let_meet",
    "look_now",
    "mark_pair",
    "move_booking",
    "mute_topic",
    "need_ended",
    "need_met",
    "pause",
    "propose_group",
    "publish_round",
    "put_back",
    "release_group",
    "remind",
    "remove_away",
    "remove_picture",
    "resume",
    "revoke_paper",
    "run_again",
    "say_met",
    "see_alarm",
    "set_hours",
    "set_weights",
    "sign_up",
    "stop_for",
    "stop_sessions_of",
    "unpark",
    "wait_weekly",
    "waving",
    "wish_times",
    "withdraw",
    "withdraw_proposals",
    "write_answer",
]
