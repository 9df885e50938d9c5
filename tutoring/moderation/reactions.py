"""Reactions of moderation to events of rooms, cases and accounts.

They signal changes to the dashboards and queues of staff, and turn risks and disclosures into cases. They handle the
effects of decisions and undone actions, and move open cases when units merge.

The module registers the hooks that keep content and names while a case or a legal hold is open.
"""

from typing import Any

import sqlalchemy as sa

from tutoring.accounts.events import DataErasureDue
from tutoring.accounts.hooks import rename_blocks
from tutoring.accounts.models import User
from tutoring.accounts.queries import user
from tutoring.community.events import ClassesMoved, UnitsMerged
from tutoring.community.hooks import lifting_rules
from tutoring.community.queries import on_duty
from tutoring.community.year_ends.moved_rows import follow
from tutoring.kernel.commands import after_commit
from tutoring.kernel.db import db
from tutoring.kernel.events import on
from tutoring.moderation.actions.commands import forget_words, note_overturned
from tutoring.moderation.actions.queries import held_rooms, is_in_open_case, quarantine_of, rooms_on_hold
from tutoring.moderation.actions.reversal import uncount
from tutoring.moderation.appeals.commands import close_needless
from tutoring.moderation.appeals.commands import forget_words as forget_words_of_appeals
from tutoring.moderation.appeals.queries import has_action_appeal
from tutoring.moderation.cases.protections import may_lift
from tutoring.moderation.cases.queries import case, decides_message, decides_reply, rooms_in_cases, users_to_notify
from tutoring.moderation.emergency_access.commands import tell_of_readings
from tutoring.moderation.events import (
    ActionReverted,
    CaseClaimed,
    CaseDecided,
    CaseOpened,
    CaseOverdue,
    CaseRaised,
    TalkOffered,
    TalkWanted,
    WelfareAlarm,
    WelfareEnded,
    WelfareOpened,
)
from tutoring.moderation.models import WELFARE, Case
from tutoring.moderation.reports import commands as reports_commands
from tutoring.moderation.welfare import commands as welfare_commands
from tutoring.moderation.welfare import talks
from tutoring.pairing.certificates.hooks import withheld_certificates
from tutoring.pairing.hooks import answer_deciders
from tutoring.rooms import queries as rooms
from tutoring.rooms.events import (
    AppealDecided,
    AppealMade,
    FeltUneasy,
    MessageChanged,
    MessageHeld,
    RiskRaised,
    RoomClosed,
    RoomOpened,
)
from tutoring.rooms.hooks import (
    appeal_checks,
    case_deciders,
    danger_checks,
    legal_holds,
    picture_holds,
    talk_checks,
    write_restrictions,
)
from tutoring.rooms.messages.welfare_follow_up import announce_adult_coming
from tutoring.rooms.models import Seat
from tutoring.rooms.moderation.queries import appeal_of
from tutoring.rooms.queries import message as room_message
from tutoring.rooms.queries import room, shown_name
from tutoring.web.socket_io import realtime
from tutoring.welfare.events import DangerDisclosed, DisclosureRead
from tutoring.welfare.hooks import talk_invitations

picture_holds.register(rooms_in_cases)
picture_holds.register(held_rooms)
legal_holds.register(rooms_on_hold)
write_restrictions.register(quarantine_of)
lifting_rules.register(may_lift)
rename_blocks.register(is_in_open_case)
appeal_checks.register(has_action_appeal)
case_deciders.register(decides_message)
answer_deciders.register(decides_reply)


@legal_holds.register
def rooms_of_open_cases() -> sa.Select[Any]:
    """Selects rooms under legal hold by open cases: the case's room and every room of its subject."""
    return (
        sa.select(Seat.room_id)
        .join(Case, sa.or_(Case.room_id == Seat.room_id, Case.about_id == Seat.user_id))
        .where(Case.state == "open")
    )


@withheld_certificates.register
def helpers_under_a_grave_case() -> sa.Select[Any]:
    """Selects helpers whom a grave case is about.

    Certificates hide their volunteer hours until the decision.
    """
    grave = (Case.state == "open", Case.grade.in_(("S0", "S1")), Case.about_id.is_not(None))
    return sa.select(Case.about_id).where(*grave)


@danger_checks.register
def is_danger_reported(room_id: int, user_id: int) -> bool:
    """Returns whether an open S0 case shows the emergency contacts in its room.

    The subject of the case does not see them.
    """
    query = sa.select(Case.id).where(
        Case.room_id == room_id, Case.grade == "S0", Case.state == "open",
        Case.target.not_like(f"{WELFARE}%"),  # participants must not learn that a user wrote of danger
        sa.or_(Case.about_id.is_(None), Case.about_id != user_id),
    )  # fmt: skip
    return db.session.scalar(query.limit(1)) is not None


def _nudge(unit_id: int, minors: bool) -> None:
    for person in on_duty(unit_id, minors=minors):
        realtime.push("changed", {"what": "board"}, f"user:{person.id}")


@on(RoomOpened)
def push_dashboard_on_room_opened(event: RoomOpened) -> None:
    after_commit(_nudge, event.unit_id, event.minors)


@on(RoomClosed)
def push_dashboard_on_room_closed(event: RoomClosed) -> None:
    found = room(event.room_id)
    after_commit(_nudge, found.unit_id, found.by_teachers)


def _nudge_desk(room_id: int) -> None:
    for person in rooms.on_duty(room(room_id)):
        realtime.push("changed", {"what": "desk"}, f"user:{person.id}")


@on(MessageHeld)
def push_queue_on_message_held(event: MessageHeld) -> None:
    after_commit(_nudge_desk, event.room_id)


@on(AppealMade)
def push_queue_on_appeal_made(event: AppealMade) -> None:
    after_commit(_nudge_desk, event.room_id)


@on(AppealDecided)
def mark_actions_overturned_by_appeal(event: AppealDecided) -> None:
    if event.overturned:
        decided = appeal_of(room_message(event.room_id, event.seq).id)
        note_overturned(event.room_id, event.seq, decided.decided_by_id if decided is not None else None)


@on(MessageChanged)
def push_queue_on_message_changed(event: MessageChanged) -> None:
    after_commit(_nudge_desk, event.room_id)


@on(RiskRaised)
def open_case_for_risk(event: RiskRaised) -> None:
    reports_commands.raise_risk(event.room_id, event.from_id, event.towards_id, event.level, event.reasons)


@on(DangerDisclosed)
def open_case_for_disclosure(event: DangerDisclosed) -> None:
    found = welfare_commands.open_welfare(event.disclosure_id)
    if found.welfare is not None and found.welfare.kept_from and found.welfare.author_id is not None:
        talks.remove_barred(found.welfare.author_id)


@on(FeltUneasy)
def open_case_for_uneasy_child(event: FeltUneasy) -> None:
    welfare_commands.open_uneasy(event.room_id, event.user_id)


def _desk(case_id: int) -> None:
    for user_id in users_to_notify(case(case_id)):
        realtime.push("changed", {"what": "cases"}, f"user:{user_id}")


@on(CaseOpened)
def push_queue_on_case_opened(event: CaseOpened) -> None:
    after_commit(_desk, event.case_id)


@on(CaseRaised)
def push_queue_on_case_raised(event: CaseRaised) -> None:
    after_commit(_desk, event.case_id)


@on(CaseOverdue)
def push_queue_on_case_overdue(event: CaseOverdue) -> None:
    after_commit(_desk, event.case_id)


@on(CaseDecided)
def push_queue_on_case_decided(event: CaseDecided) -> None:
    after_commit(_desk, event.case_id)


@on(WelfareOpened)
def push_queue_on_welfare_opened(event: WelfareOpened) -> None:
    after_commit(_desk, event.case_id)


@on(WelfareAlarm)
def push_queue_on_welfare_alarm(event: WelfareAlarm) -> None:
    after_commit(_desk, event.case_id)


@on(CaseClaimed)
def push_queue_on_case_claimed(event: CaseClaimed) -> None:
    after_commit(_desk, event.case_id)


@on(CaseClaimed)
def announce_claim_in_room(event: CaseClaimed) -> None:
    found = case(event.case_id)
    holder = found.claimed_by_id
    told = found.welfare is not None and not found.welfare.is_uneasy  # of an answer the room learns nothing
    if told and found.is_welfare and found.state == "open" and found.room_id is not None and holder is not None:
        announce_adult_coming(found.room_id, shown_name(user(holder)))


@on(WelfareEnded)
def push_queue_on_welfare_ended(event: WelfareEnded) -> None:
    after_commit(_desk, event.case_id)


@on(WelfareEnded)
def close_talks_of_ended_case(event: WelfareEnded) -> None:
    talks.close_talks(event.case_id)


@talk_checks.register
def may_attend_talk(room_id: int, user: User) -> bool:
    return talks.may_attend(room_id, user)


@talk_invitations.register
def talks_that_wait(user_id: int) -> list[tuple[str, int]]:
    return talks.invitations(user_id)


@on(TalkWanted)
def push_queue_on_talk_wanted(event: TalkWanted) -> None:
    after_commit(_desk, event.case_id)


@on(TalkOffered)
def push_invitation_to_author(event: TalkOffered) -> None:
    after_commit(realtime.push, "changed", {"what": "care"}, f"user:{event.author_id}")


@on(DisclosureRead)
def push_disclosure_read_to_author(event: DisclosureRead) -> None:
    after_commit(realtime.push, "changed", {"what": "care"}, f"user:{event.author_id}")


@on(DataErasureDue)
def erase_after_withdrawal(event: DataErasureDue) -> None:
    if event.purpose == "profile":
        forget_words(event.subject_id)


@on(CaseDecided)
def notify_of_deferred_emergency_access(event: CaseDecided) -> None:
    tell_of_readings()


@on(ActionReverted)
def remove_effects_of_undone_action(event: ActionReverted) -> None:
    uncount(event.act_id)
    close_needless(event.act_id)


@on(DataErasureDue)
def erase_appeal_texts_after_withdrawal(event: DataErasureDue) -> None:
    if event.purpose == "chat":
        forget_words_of_appeals(event.subject_id)


@on(ClassesMoved)
def move_cases_of_classes(event: ClassesMoved) -> None:
    follow(event, Case.unit_id, None, Case.state == "open")


@on(UnitsMerged)
def move_cases_of_merged_unit(event: UnitsMerged) -> None:
    still = (Case.unit_id == event.from_id, Case.state == "open")
    db.session.execute(sa.update(Case).where(*still).values(unit_id=event.into_id))
