"""A help request from the first word to its outcome."""

from tutoring.pairing.commands import waving
from tutoring.pairing.commands.answering import answer, answer_as_guardian, avoid
from tutoring.pairing.commands.asking import ask_for_help, cancel, end_with_room, forget_words, stop_for
from tutoring.pairing.commands.claiming import claim, give_back
from tutoring.pairing.commands.hours import add_away, remove_away, set_hours
from tutoring.pairing.commands.offering import come_back, decline_offer, go_away, mute_topic, see_alarm
from tutoring.pairing.commands.pausing import add_words, pause, resume
from tutoring.pairing.commands.promising import accept_conduct
from tutoring.pairing.commands.states import ANSWER_WITHIN, GUARDIAN_ANSWERS_WITHIN, put_back

__all__ = [
    "ANSWER_WITHIN",
    "GUARDIAN_ANSWERS_WITHIN",
    "accept_conduct",
    "add_away",
    "add_words",
    "answer",
    "answer_as_guardian",
    "ask_for_help",
    "avoid",
    "cancel",
    "claim",
    "come_back",
    "decline_offer",
    "end_with_room",
    "forget_words",
    "give_back",
    "go_away",
    "mute_topic",
    "pause",
    "put_back",
    "remove_away",
    "resume",
    "see_alarm",
    "set_hours",
    "stop_for",
    "waving",
]
