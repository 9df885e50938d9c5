"""Account erasure: only an id remains, to which the data of others still refer.

The account's own rows are emptied here, and its sign-ins end. Consents stay as proof. Those for a child under 16
without another guardian are withdrawn. Each other feature erases its own data when it hears `AccountErased`.
"""

import secrets
from datetime import datetime

import sqlalchemy as sa

from tutoring.accounts.consents.commands import withdraw
from tutoring.accounts.emails.commands import forget_letters
from tutoring.accounts.events import AccountErased
from tutoring.accounts.models import Consent, Guardian, RecoveryCode, ResetCode, SecondFactor, SignIn, User, Withdrawal
from tutoring.accounts.names.commands import former_names
from tutoring.accounts.names.models import FormerName
from tutoring.accounts.person_names import all_spoken
from tutoring.accounts.queries import children, guardian_ids, purposes_in_force
from tutoring.accounts.sign_ins import lifecycle
from tutoring.kernel import clock
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.events import publish

GONE = "Người đã rời"


def left_alone(guardian_id: int) -> list[User]:
    """Returns the children under 16 who have no other confirmed guardian."""
    ties = [tie for tie in children(guardian_id) if tie.child.kind == "child"]
    return [tie.child for tie in ties if set(guardian_ids(tie.child_id)) <= {guardian_id}]


@command
def erase_account(user_id: int) -> None:
    """Erases what can be erased of a user now; a later run erases what has become old enough."""
    user = db.session.get(User, user_id, with_for_update={"key_share": True}, populate_existing=True)
    if user is None:
        return
    lifecycle.end_all_sign_ins(user_id)
    first = user.erased_at is None
    at = user.erased_at or clock.now()
    names = _names(user) if first else ()
    if first:
        for child in left_alone(user_id):
            for purpose in sorted(purposes_in_force(child.id)):
                withdraw(user, child.id, purpose)
    publish(AccountErased(user_id, at, names))
    _forget_family(user_id)
    for table in (SecondFactor, RecoveryCode, ResetCode, FormerName):
        db.session.execute(sa.delete(table).where(table.user_id == user_id))
    _forget_sign_ins(user_id, first)
    forget_letters(user_id)
    if first:
        _empty(user, at)
    db.session.flush()


def _names(user: User) -> tuple[str, ...]:
    """Returns the names that sentences may contain for the user, the longest first."""
    named = {user.full_name} | all_spoken(user.address_form, user.called_name)
    for one in former_names(user.id):
        named |= {one.full_name} | all_spoken(one.address_form, one.called_name)
    named -= {"", GONE}
    return tuple(sorted(named, key=lambda name: (-len(name), name)))


def _forget_family(user_id: int) -> None:
    """Deletes guardian links; each consent stays as proof that it was given, by ids alone."""
    own = sa.or_(Guardian.child_id == user_id, Guardian.guardian_id == user_id)
    db.session.execute(sa.delete(Guardian).where(own))
    stands = (Consent.subject_id == user_id, Consent.withdrawn_at.is_(None))
    db.session.execute(sa.update(Consent).where(*stands).values(withdrawn_at=clock.now()))
    open_no = (Withdrawal.subject_id == user_id, Withdrawal.cleaned_at.is_(None), Withdrawal.lifted_at.is_(None))
    db.session.execute(sa.update(Withdrawal).where(*open_no).values(cleaned_at=clock.now()))


def _forget_sign_ins(user_id: int, first: bool) -> None:
    """Deletes sign-ins, in the second run: open sockets, closed after the commit, need the rows."""
    if not first:
        db.session.execute(sa.delete(SignIn).where(SignIn.user_id == user_id))
        return
    for sign_in in db.session.scalars(sa.select(SignIn).where(SignIn.user_id == user_id).order_by(SignIn.id)):
        sign_in.device, sign_in.token_hash = "", f"gone-{sign_in.id}"


def _empty(user: User, at: datetime) -> None:
    user.full_name = user.called_name = GONE
    user.address_form, user.language = "bạn", "vi"
    user.username = f"roi-{secrets.token_hex(8)}"
    user.phone = user.email = None
    user.password_hash = ""
    user.birth_year = user.grade = None
    user.site_admin = False
    user.state, user.suspended_at, user.suspended_until = "suspended", None, None
    user.erased_at = at
