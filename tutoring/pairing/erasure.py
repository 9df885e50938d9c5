"""Erases personal data of pairing: with a user's account, or after the retention period."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from tutoring.kernel import file_storage
from tutoring.kernel.commands import after_commit, command
from tutoring.kernel.db import db
from tutoring.pairing.certificates.commands import erase_papers
from tutoring.pairing.group_sessions.commands import forget_session_words, stop_sessions_of
from tutoring.pairing.models import (
    OPEN,
    AddedText,
    Avoidance,
    ConductAcceptance,
    HelperState,
    HelpRequest,
    MutedTopic,
    NoShow,
    Offer,
    PassedRequest,
    RequestStep,
    WrittenAnswer,
)
from tutoring.pairing.requests.commands import end_requests_of, forget_spoken_answers, forget_words
from tutoring.pairing.requests.models import RequestPicture, RequestVoiceNote
from tutoring.pairing.scheduling.commands import end_bookings_of
from tutoring.pairing.scheduling.models import Away, WeeklyHours
from tutoring.pairing.scheduling.proposals import withdraw_proposals

AT_ONCE = 1_000  # rows in one transaction


@command
def forget_person(user_id: int) -> None:
    """Erases everything this user wrote, set or was asked.

    The other side keeps the fact of a request, meeting or session, under an id only.
    """
    end_requests_of(user_id, "left")
    stop_sessions_of(user_id)
    withdraw_proposals(user_id=user_id, helping_alone=False)
    end_bookings_of(user_id, "left", False)
    forget_words(user_id)
    forget_session_words(user_id)
    erase_papers(user_id)
    for table in (WeeklyHours, Away, ConductAcceptance, HelperState, MutedTopic, NoShow):
        db.session.execute(sa.delete(table).where(table.user_id == user_id))
    for offered in (PassedRequest, Offer):
        db.session.execute(sa.delete(offered).where(offered.helper_id == user_id))
    db.session.execute(sa.delete(Avoidance).where(sa.or_(Avoidance.user_id == user_id, Avoidance.other_id == user_id)))
    _forget_asked(user_id)


def _forget_asked(user_id: int) -> None:
    """Erases what this user wrote, also in requests of others: a guardian asks for a child."""
    own = sa.or_(HelpRequest.learner_id == user_id, HelpRequest.asked_by_id == user_id)
    over = sa.select(HelpRequest.id).where(own, HelpRequest.state.not_in(OPEN))
    gone = {"words": "", "device": "", "lack": "", "times": []}
    db.session.execute(sa.update(HelpRequest).where(HelpRequest.id.in_(over)).values(**gone))
    db.session.execute(sa.update(RequestStep).where(RequestStep.by_id == user_id).values(why=""))
    db.session.execute(sa.delete(AddedText).where(AddedText.by_id == user_id))
    db.session.execute(sa.delete(RequestVoiceNote).where(RequestVoiceNote.by_id == user_id))
    pictures = db.session.scalars(sa.select(RequestPicture).where(RequestPicture.by_id == user_id)).all()
    after_commit(file_storage.delete, [picture.name for picture in pictures])
    for picture in pictures:
        db.session.delete(picture)


@command
def forget_requests(before: datetime) -> int:
    """Empties a batch of requests that ended before this moment; returns how many rows changed.

    The caller repeats it until it returns 0. Each query selects rows that still hold text, so its cost does not grow
    with the years.
    """
    ended = (HelpRequest.state.not_in(OPEN), HelpRequest.ended_at < before)
    gone: dict[str, Any] = {"words": "", "device": "", "lack": "", "times": [], "times_until": None}
    told = sa.or_(HelpRequest.words != "", HelpRequest.device != "", HelpRequest.lack != "")
    some = sa.select(HelpRequest.id).where(*ended, told).limit(AT_ONCE)
    emptied = sa.update(HelpRequest).where(HelpRequest.id.in_(some)).values(**gone)
    found = len(db.session.execute(emptied.returning(HelpRequest.id)).all())
    for table, column in ((RequestStep, "why"), (WrittenAnswer, "words")):
        words = getattr(table, column)
        spoken = (
            sa.select(table.id).join(HelpRequest, HelpRequest.id == table.request_id).where(words != "", *ended)
        ).limit(AT_ONCE)
        change = sa.update(table).where(table.id.in_(spoken)).values({column: ""}).returning(table.id)
        found += len(db.session.execute(change).all())
    forget_spoken_answers()
    added = sa.select(AddedText.id).join(HelpRequest, HelpRequest.id == AddedText.request_id).where(*ended)
    dropped = sa.delete(AddedText).where(AddedText.id.in_(added.limit(AT_ONCE))).returning(AddedText.id)
    return found + len(db.session.execute(dropped).all())
