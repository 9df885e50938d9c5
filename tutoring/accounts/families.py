"""Families: a guardian's children, the child's own yes, the child's card."""

from collections.abc import Iterable

from tutoring.accounts import passwords, sessions
from tutoring.accounts.consent_texts import BY_KEY
from tutoring.accounts.consents import agree, of_family
from tutoring.accounts.events import ChildAdded
from tutoring.accounts.models import Guardian, User
from tutoring.accounts.naming import check_new_name
from tutoring.accounts.people import create_user
from tutoring.accounts.queries import is_guardian, purposes_in_force
from tutoring.kernel import audit, clock
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import Invalid, Missing, NotAllowed
from tutoring.kernel.events import announce
from tutoring.kernel.text import N_, nfc
from tutoring.policy.accounts import may_act_for_child, needs_assent


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
    check_new_name(called, "em", staff=False)
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


@command
def record_assent(actor: User, child_id: int, purposes: Iterable[str]) -> None:
    """The child's own yes, given in its own words: on its guardian's phone, or signed in itself."""
    child = of_family(actor, child_id)
    if child.kind != "child" or not needs_assent(child.oldest_age or 0):
        raise Missing
    for purpose in sorted(set(purposes)):
        agree(actor, child, purpose, assent=True)


@command
def issue_card(guardian: User, child_id: int) -> tuple[User, str]:
    """A new four-word passphrase for the child, shown once for its printed card; the old one stops working."""
    child = db.session.get(User, child_id)
    if child is None or child.kind != "child" or not may_act_for_child(is_guardian(guardian.id, child_id)):
        raise Missing
    if child.state != "active":
        raise NotAllowed(N_("Hồ sơ của con đang chờ thầy cô hoặc điều phối viên xác nhận."))
    check_needed(purposes_in_force(child_id))
    phrase = passwords.new_passphrase(child.full_name, child.username or "")
    child.password_hash = passwords.hash_passphrase(phrase)
    sessions.end_all_sign_ins(child.id)
    audit.record(guardian.id, "issue_card", f"user:{child.id}")
    return child, phrase
