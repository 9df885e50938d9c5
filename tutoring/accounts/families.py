"""Families: a guardian's children, consent and assent purpose by purpose, the child's card."""

from collections.abc import Iterable

import sqlalchemy as sa

from tutoring.accounts import passwords, sessions
from tutoring.accounts.consent_texts import BY_KEY, VERSION
from tutoring.accounts.events import ChildAdded, ConsentWithdrawn
from tutoring.accounts.models import Consent, Guardian, User
from tutoring.accounts.people import create_user
from tutoring.accounts.queries import is_guardian, purposes_in_force
from tutoring.kernel import audit, clock
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import Invalid, Missing, NotAllowed
from tutoring.kernel.events import announce
from tutoring.kernel.text import N_, nfc
from tutoring.policy.accounts import may_act_for_child, may_consent_alone, needs_assent


@command
def create_child(
    guardian: User, called: str, grade: int, birth_year: int, relation: str, purposes: Iterable[str]
) -> User:
    """A child's profile under its guardian, waiting for a second person of the unit."""
    if guardian.kind != "adult" or guardian.is_minor or guardian.state != "active":
        raise NotAllowed(N_("Chỉ ba mẹ hoặc người giám hộ đã thành niên mới lập hồ sơ cho con."))
    if not 5 <= clock.today().year - birth_year <= 16:
        raise Invalid(
            N_("Hồ sơ của con dành cho trẻ 5 đến dưới 16 tuổi. Từ 16 tuổi em tự đăng ký bằng mã lớp."),
            field="birth_year",
        )
    if not 1 <= len(nfc(called).split()) <= 10:
        raise Invalid(N_("Hãy ghi tên gọi của con."), field="called")
    if not 1 <= grade <= 12:
        raise Invalid(N_("Hãy chọn lớp của con."), field="grade")
    agreed = set(purposes)
    check_needed(agreed)
    child = create_user(
        called, "", called=called, address_form="em" if grade > 3 else "con", kind="child",
        birth_year=birth_year, grade=grade, state="waiting",
    )  # fmt: skip
    db.session.add(Guardian(child_id=child.id, guardian_id=guardian.id, relation=relation))
    db.session.flush()
    for key in sorted(agreed):
        agree(guardian, child, key)
    announce(ChildAdded(child.id, guardian.id))
    return child


def check_needed(agreed: set[str]) -> None:
    """Refuse when a yes is missing without which there can be no profile at all."""
    for purpose in BY_KEY.values():
        if purpose.needed and purpose.key not in agreed:
            raise Invalid(
                N_("Không có đồng ý cho mục “%(title)s” thì chưa lập hồ sơ được."),
                field="purposes",
                title=purpose.title,
            )


def _may_speak_for(actor: User, subject: User) -> bool:
    """Under 16 it is the guardian who speaks; from 16 on the person alone."""
    return subject.kind == "child" and may_act_for_child(is_guardian(actor.id, subject.id, confirmed=False))


@command
def agree(giver: User, subject: User, purpose: str, assent: bool = False) -> None:
    """Record a yes to one purpose with the version and hash of the text that was shown."""
    text = BY_KEY.get(purpose)
    if text is None:
        raise Invalid
    own = giver.id == subject.id
    if not own and not _may_speak_for(giver, subject):
        raise Missing
    if own and not assent and not may_consent_alone(subject.kind == "child"):
        raise NotAllowed(N_("Việc này cần ba mẹ hoặc người giám hộ đồng ý."))
    kind = "assent" if assent else "consent"
    if purpose in purposes_in_force(subject.id, kind):
        return
    db.session.add(
        Consent(
            subject_id=subject.id,
            given_by_id=giver.id,
            kind=kind,
            purpose=purpose,
            text_version=VERSION,
            text_hash=text.text_hash(assent or own),  # who answers for oneself has read the pupil's words
        )
    )
    db.session.flush()


def _child(actor: User, child_id: int) -> User:
    child = db.session.get(User, child_id)
    if child is None or not (actor.id == child_id or _may_speak_for(actor, child)):
        raise Missing
    return child


@command
def record_assent(actor: User, child_id: int, purposes: Iterable[str]) -> None:
    """The child's own yes, given in its own words: on its guardian's phone, or signed in itself."""
    child = _child(actor, child_id)
    if child.kind != "child" or not needs_assent(child.oldest_age or 0):
        raise Missing
    for purpose in sorted(set(purposes)):
        agree(actor, child, purpose, assent=True)


@command
def withdraw(actor: User, subject_id: int, purpose: str) -> None:
    """Take back a yes, as easily as it was given; what hung on it stops at once."""
    subject = _child(actor, subject_id)
    rows = db.session.scalars(
        sa.select(Consent).where(
            Consent.subject_id == subject_id, Consent.purpose == purpose, Consent.withdrawn_at.is_(None)
        )
    ).all()
    if not rows:
        return
    for row in rows:
        row.withdrawn_at = clock.now()
    if BY_KEY[purpose].needed and subject.kind == "child":  # the profile may not be used: its card stops
        subject.password_hash = ""
        sessions.end_all_sign_ins(subject_id)
    announce(ConsentWithdrawn(subject_id, purpose))


@command
def issue_card(guardian: User, child_id: int) -> tuple[User, str]:
    """A new four-word passphrase for the child, shown once for its printed card; the old one stops working."""
    child = db.session.get(User, child_id)
    if child is None or child.kind != "child" or not may_act_for_child(is_guardian(guardian.id, child_id)):
        raise Missing
    if child.state != "active":
        raise NotAllowed(N_("Hồ sơ của con đang chờ thầy cô hoặc điều phối viên xác nhận."))
    check_needed(purposes_in_force(child_id))
    phrase = passwords.new_passphrase()
    child.password_hash = passwords.hash_passphrase(phrase)
    sessions.end_all_sign_ins(child.id)
    audit.record(guardian.id, "issue_card", f"user:{child.id}")
    return child, phrase
