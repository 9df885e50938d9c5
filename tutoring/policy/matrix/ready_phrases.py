"""Rows of the permission matrix: ready phrases of helpers, and their private notes on learners."""

from tutoring.policy.access import SIGNED_IN, STAFF, roles
from tutoring.policy.matrix.rows import (
    MatrixRow,
    allow_nobody,
    allow_own,
    observer_facts,
    roles_held,
    room_facts,
    routes,
)
from tutoring.policy.rooms.helper_notes import PairFacts, may_keep_note, may_read_notes_on_duty
from tutoring.policy.rooms.ready_phrases import may_use_phrases, may_write_unit_phrases

READY_PHRASES: tuple[MatrixRow, ...] = (
    MatrixRow(
        "Ready phrases",
        "choose a phrase in a room where one helps, save a text from the composer",
        lambda role, inside: may_use_phrases(room_facts(role, inside)),
        SIGNED_IN,
        routes("rooms", "ready_phrases use_phrase keep_phrase"),
    ),
    MatrixRow(
        "Ready phrases",
        "list, add, change and delete one's own phrases",
        allow_own,
        SIGNED_IN,
        routes("rooms", "own_phrases own_phrase delete_phrase"),
    ),
    MatrixRow(
        "Ready phrases",
        "write, order and archive the phrases of a school or class",
        lambda role, inside: may_write_unit_phrases(roles_held(role, inside), "school"),
        STAFF,
        routes("rooms", "unit_phrases take_starters unit_phrase move_phrase archive_phrase restore_phrase"),
    ),
    MatrixRow(
        "Ready phrases",
        "the same in a neighbourhood or ward",
        lambda role, inside: may_write_unit_phrases(roles_held(role, inside), "ward"),
    ),
    MatrixRow(
        "Private notes of helpers",
        "write and read one's own note on a learner, until the pair ends",
        lambda role, inside: role == "helper" and may_keep_note(PairFacts(met=inside)),
        SIGNED_IN,
        routes("rooms", "helper_notes helper_note delete_helper_note"),
    ),
    MatrixRow(
        "Private notes of helpers",
        "read the note on a room's pair, on duty (each reading is recorded)",
        lambda role, inside: may_read_notes_on_duty(observer_facts(role, inside), on_duty=True),
        roles("teacher", "coordinator"),
        routes("rooms", "read_helper_notes"),
    ),
    MatrixRow("Private notes of helpers", "read a note in the room, as who is helped or as a guardian", allow_nobody),
)
