"""Consent to one purpose: given, withdrawn, and restored within a day.

Everything that depends on it stops at once when it is withdrawn.
"""

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from tutoring.accounts.consents.texts import BY_KEY
from tutoring.accounts.events import ConsentRestored, ConsentWithdrawn
from tutoring.accounts.models import Consent, User, Withdrawal
from tutoring.accounts.queries import consents, is_guardian, own_withdrawal, purposes_in_force
from tutoring.accounts.sign_ins import lifecycle
from tutoring.kernel import clock, jobs
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, Forbidden, InvalidInput, NotFound
from tutoring.kernel.events import publish
from tutoring.kernel.text import N_
from tutoring.policy.accounts import may_act_for_child, may_consent_alone
from tutoring.policy.consent_expiry import asked_anew, asks_from, ends_at, last_day

UNDO_WITHIN = timedelta(hours=24)  # Decree 356/2025 allows fifteen days; here an accidental withdrawal can be undone
CLEAN_JOB, ASK_JOB, END_JOB = "accounts.clean", "accounts.ask_anew", "accounts.year_ends"


def may_speak_for(actor: User, subject: User) -> bool:
    """Whether the actor decides for the subject: a guardian does until 16, then only the person."""
    return subject.kind == "child" and may_act_for_child(is_guardian(actor.id, subject.id, confirmed=False))


def of_family(actor: User, subject_id: int) -> User:
    """Returns a subject whose consent the actor decides: the actor or a child; raises NotFound."""
    subject = db.session.get(User, subject_id)
    if subject is None or not (actor.id == subject_id or may_speak_for(actor, subject)):
        raise NotFound
    return subject


@command
def give_consent(giver: User, subject: User, purpose: str, assent: bool = False) -> None:
    """Records consent to one purpose with the version and hash of the text that was shown."""
    text = BY_KEY.get(purpose)
    if text is None:
        raise InvalidInput
    own = giver.id == subject.id
    if not own and not may_speak_for(giver, subject):
        raise NotFound
    if own and not assent and not may_consent_alone(subject.kind == "child"):
        raise Forbidden(N_("Việc này cần ba mẹ hoặc người giám hộ đồng ý."))
    kind = "assent" if assent else "consent"
    _lift(giver, subject, purpose, assent)
    if purpose in purposes_in_force(subject.id, kind) and not _asked_anew(subject.id, purpose, kind):
        return
    db.session.add(
        Consent(
            subject_id=subject.id,
            given_by_id=giver.id,
            kind=kind,
            purpose=purpose,
            text_version=text.version,
            text_hash=text.text_hash(assent or own),  # a user who answers for themselves has read the child's text
        )
    )
    db.session.flush()
    look_at_year_end(subject.id, clock.now())


def _asked_anew(subject_id: int, purpose: str, kind: str) -> bool:
    """Whether the newest consent ends so soon that it is to be renewed."""
    row = next(r for r in consents(subject_id) if (r.purpose, r.kind) == (purpose, kind) and r.withdrawn_at is None)
    return asked_anew(clock.local(row.given_at).date(), clock.today())


def look_at_year_end(subject_id: int, given: datetime) -> None:
    """Enqueues the jobs at the end of this consent's school year: the reminder and the stop."""
    jobs.enqueue_all(year_end_jobs(subject_id, given))


def year_end_jobs(subject_id: int, given: datetime) -> list[tuple[str, str, datetime, dict[str, Any]]]:
    """Returns the two jobs at the end of this consent's school year, for `jobs.enqueue_all`."""
    day = clock.local(given).date()
    year = last_day(day).year
    return [
        (ASK_JOB, f"{ASK_JOB}:{subject_id}:{year}", asks_from(day), {"subject_id": subject_id}),
        (END_JOB, f"{END_JOB}:{subject_id}:{year}", ends_at(day), {"subject_id": subject_id, "year": year}),
    ]


def _lift(giver: User, subject: User, purpose: str, assent: bool) -> None:
    """Lifts withdrawals when consent is given again.

    It lifts those by the giver, by the child and by the end of a school year, but not that of the other guardian. A
    child's assent alone lifts only the end of its last one, once the guardian has consented.
    """
    lifted: sa.ColumnElement[bool] = Withdrawal.by_id.is_(None)
    if not assent:
        gone = sa.select(User.id).where(
            User.erased_at.is_not(None)
        )  # a guardian whose account is erased can no longer lift anything
        lifted = sa.or_(Withdrawal.by_id.in_({giver.id, subject.id}), Withdrawal.by_id.in_(gone), lifted)
    elif purpose not in purposes_in_force(subject.id):
        return
    for row in db.session.scalars(
        sa.select(Withdrawal).where(
            Withdrawal.subject_id == subject.id,
            Withdrawal.purpose == purpose,
            Withdrawal.lifted_at.is_(None),
            lifted,
        )
    ).all():
        row.lifted_at = clock.now()
    db.session.flush()


@command
def withdraw(actor: User, subject_id: int, purpose: str) -> None:
    """Withdraws a consent, as easily as it was given; what depends on it stops at once."""
    subject = of_family(actor, subject_id)
    rows = db.session.scalars(
        sa.select(Consent).where(
            Consent.subject_id == subject_id, Consent.purpose == purpose, Consent.withdrawn_at.is_(None)
        )
    ).all()
    if purpose not in BY_KEY or not rows:
        return
    made = note_end(subject, purpose, "withdrawn", actor.id, UNDO_WITHIN)
    for row in rows:
        row.withdrawn_at, row.withdrawal_id = made.at, made.id
    db.session.flush()
    stop(subject, purpose, "withdrawn", actor.id)


def note_end(subject: User, purpose: str, why: str, by_id: int | None, clean_after: timedelta) -> Withdrawal:
    """Records the end of a consent and enqueues the clean-up that follows it."""
    moment = clock.now()
    made = Withdrawal(
        subject_id=subject.id, purpose=purpose, why=why, by_id=by_id, at=moment, clean_at=moment + clean_after
    )
    db.session.add(made)
    db.session.flush()
    jobs.enqueue(CLEAN_JOB, f"{CLEAN_JOB}:{made.id}", made.clean_at, withdrawal_id=made.id)
    return made


def stop(subject: User, purpose: str, why: str, by_id: int | None) -> None:
    """Stops everything that depends on this consent; a child's profile ends its sign-ins too."""
    if BY_KEY[purpose].needed and subject.kind == "child":
        lifecycle.end_all_sign_ins(subject.id)
    publish(ConsentWithdrawn(subject.id, purpose, why, by_id))


@command
def take_back(actor: User, subject_id: int, purpose: str) -> None:
    """Undoes the actor's own withdrawal before anything was erased, and restores each consent."""
    of_family(actor, subject_id)
    made = own_withdrawal(actor.id, subject_id, purpose)
    if made is None:
        raise Conflict(N_("Đã quá 24 giờ, hoặc việc này đã đổi. Nếu muốn, hãy đồng ý lại ở trang này."))
    made.lifted_at = clock.now()
    for row in db.session.scalars(sa.select(Consent).where(Consent.withdrawal_id == made.id)).all():
        row.withdrawn_at = row.withdrawal_id = None
    jobs.cancel(f"{CLEAN_JOB}:{made.id}")
    db.session.flush()
    publish(ConsentRestored(subject_id, purpose))
