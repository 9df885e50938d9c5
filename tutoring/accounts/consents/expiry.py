"""Expiry of consent: renewal before the school year ends, stop after it, clean-up."""

from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from tutoring.accounts.consents.commands import (
    ASK_JOB,
    CLEAN_JOB,
    END_JOB,
    give_consent,
    look_at_year_end,
    note_end,
    of_family,
    stop,
)
from tutoring.accounts.consents.texts import BY_KEY, PURPOSES
from tutoring.accounts.events import ConsentEnding, DataErasureDue
from tutoring.accounts.models import Consent, SignIn, User, Withdrawal
from tutoring.accounts.queries import consent_statuses, in_force, purposes_in_force
from tutoring.kernel import clock
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import InvalidInput
from tutoring.kernel.events import publish
from tutoring.kernel.jobs import job
from tutoring.kernel.text import N_
from tutoring.policy.accounts import needs_assent
from tutoring.policy.consent_expiry import last_day

CLEAN_AFTER_END = timedelta(days=30)  # a family that merely forgot finds everything as it was


@command
def say_yes_anew(actor: User, subject_id: int, purposes: set[str]) -> None:
    """Renews consent, purpose by purpose; a purpose that is left out expires."""
    subject = of_family(actor, subject_id)
    asked = {s.purpose.key for s in consent_statuses(subject_id) if s.asked_anew}
    if not purposes <= asked:
        raise InvalidInput(N_("Hãy chọn một mục trong danh sách."), field="purposes")
    for purpose in sorted(purposes):
        give_consent(actor, subject, purpose)


@job(ASK_JOB)
def ask_anew(payload: dict[str, Any]) -> None:
    """Publishes ConsentEnding thirty days before the end, if consent has not been renewed."""
    subject = db.session.get(User, payload["subject_id"])
    if subject is None:
        return
    ending = [s for s in consent_statuses(subject.id) if s.asked_anew]
    if ending and ending[0].until is not None:
        publish(ConsentEnding(subject.id, ending[0].until))


@job(END_JOB)
def end_year(payload: dict[str, Any]) -> None:
    """Ends consents that were not renewed for the new school year, like a withdrawal."""
    subject = db.session.get(User, payload["subject_id"])
    if subject is None:
        return
    kinds = ["consent", "assent"] if subject.kind == "child" and needs_assent(subject.oldest_age or 0) else ["consent"]
    stands = set.intersection(*(purposes_in_force(subject.id, kind) for kind in kinds))
    rows = db.session.scalars(
        sa.select(Consent).where(Consent.subject_id == subject.id, Consent.withdrawn_at.is_(None))
    ).all()
    over = {r.purpose for r in rows if last_day(clock.local(r.given_at).date()).year == payload["year"]} - stands
    for purpose in sorted(over & set(BY_KEY)):
        if not _noted(subject.id, purpose):
            note_end(subject, purpose, "ended", None, CLEAN_AFTER_END)
            stop(subject, purpose, "ended", None)


def _noted(subject_id: int, purpose: str) -> bool:
    query = sa.select(Withdrawal.id).where(
        Withdrawal.subject_id == subject_id, Withdrawal.purpose == purpose, Withdrawal.lifted_at.is_(None)
    )
    return db.session.scalar(query.limit(1)) is not None


@job(CLEAN_JOB)
def clean_up(payload: dict[str, Any]) -> None:
    """Lets features erase their data of this purpose once the time to undo is over.

    Without consent to the profile, the data of all other purposes are erased too.
    """
    made = db.session.get(Withdrawal, payload["withdrawal_id"])
    if made is None or made.lifted_at is not None or made.cleaned_at is not None:
        return
    if made.purpose in purposes_in_force(made.subject_id):
        return
    made.cleaned_at = clock.now()
    subject = db.session.get_one(User, made.subject_id)
    if BY_KEY[made.purpose].needed:
        if subject.kind == "child":
            subject.password_hash = ""  # the card stops working for good; a new one is issued after new consent
        db.session.execute(sa.update(SignIn).where(SignIn.user_id == subject.id).values(device=""))
    for purpose in PURPOSES if BY_KEY[made.purpose].needed else [BY_KEY[made.purpose]]:
        publish(DataErasureDue(subject.id, purpose.key, made.at))


@command
def look_after_all() -> int:
    """Enqueues the year-end jobs of every consent and stops those whose text has changed.

    `flask prepare` runs it: consents older than these jobs get them, and a new text is asked again.
    """
    newest = sa.select(Consent.subject_id, sa.func.max(Consent.given_at)).where(Consent.withdrawn_at.is_(None))
    for subject_id, given in db.session.execute(newest.group_by(Consent.subject_id)).all():
        look_at_year_end(subject_id, given)
    counts = sa.select(Consent.id).where(sa.or_(in_force(), in_force("assent")))
    old = sa.select(Consent).where(
        Consent.withdrawn_at.is_(None), Consent.purpose.in_(BY_KEY), Consent.id.not_in(counts), _other_words()
    )
    stopped = 0
    for subject_id, purpose in sorted({(row.subject_id, row.purpose) for row in db.session.scalars(old)}):
        if purpose not in purposes_in_force(subject_id) and not _noted(subject_id, purpose):
            subject = db.session.get_one(User, subject_id)
            note_end(subject, purpose, "ended", None, CLEAN_AFTER_END)
            stop(subject, purpose, "ended", None)
            stopped += 1
    return stopped


def _other_words() -> sa.ColumnElement[bool]:
    """Filters consents whose text version is no longer current."""
    return sa.or_(*[sa.and_(Consent.purpose == p.key, Consent.text_version != p.version) for p in PURPOSES])
