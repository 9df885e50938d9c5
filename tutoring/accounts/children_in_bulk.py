"""Accounts of many children at once, whose guardians a school has confirmed; statements do not grow with them."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from tutoring.accounts.consents.commands import year_end_jobs
from tutoring.accounts.consents.texts import BY_KEY
from tutoring.accounts.models import Consent, Guardian, User
from tutoring.accounts.names.commands import check_new_name
from tutoring.accounts.names.models import FormerName
from tutoring.accounts.registration import refuse_private_name
from tutoring.kernel import clock, jobs
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict
from tutoring.kernel.text import N_, search_text, username_of
from tutoring.policy.accounts import needs_assent
from tutoring.policy.consent_expiry import counts_from

FULL_NAME_PURPOSES = frozenset({"full_name", "profile"})
Given = Mapping[str, Sequence[str]]  # purpose to version and digest of the text that was read


@dataclass(frozen=True)
class NewChild:
    """A child as its guardian described and agreed to it; `given_at` is when."""

    called: str
    full_name: str  # of the class list; stored only with a consent and assent of its own
    birth_year: int
    grade: int | None
    guardian_id: int
    relation: str
    consents: Given
    assents: Given
    given_at: datetime

    @property
    def stored_name(self) -> str:
        """The name of the account."""
        age = clock.today().year - self.birth_year
        agreed = "full_name" in self.consents and ("full_name" in self.assents or not needs_assent(age))
        return self.full_name if agreed and self.full_name else self.called


def texts_of(purposes: Sequence[str], assent: bool = False) -> dict[str, list[str]]:
    """Returns purposes with the version and digest of the text that is shown today, to be stored with an answer."""
    return {key: [BY_KEY[key].version, BY_KEY[key].text_hash(assent)] for key in sorted(set(purposes)) if key in BY_KEY}


def check_child(child: NewChild) -> None:
    """Raises InvalidInput for a name that no user may have, and Conflict when what is needed no longer counts."""
    refuse_private_name(child.stored_name, child.called)
    check_new_name(child.called, "em", staff=False)
    for purpose in BY_KEY.values():
        given = child.consents.get(purpose.key)
        # The child was asked for an assent at the age of that day.
        asked = needs_assent(clock.local(child.given_at).year - child.birth_year)
        if purpose.needed and (given is None or (asked and purpose.key not in child.assents)):
            raise Conflict(N_("lời đồng ý giữ hồ sơ đã được rút lại: hãy từ chối rồi in thẻ mới"), code="withdrawn")
        current = given is not None and given[0] == purpose.version and child.given_at >= counts_from(clock.today())
        if purpose.needed and not current:
            raise Conflict(N_("lời đồng ý đã cũ, ba mẹ cần quét thẻ mới và đồng ý lại"), code="old_consent")


@command
def add_children(children: Sequence[NewChild], confirmed_by: User) -> list[int]:
    """Creates the accounts with guardian, consents and assents, all confirmed; the caller has checked each child.

    Returns the ids in the order of `children`.
    """
    if not children:
        return []
    ids, moment = _insert(children), clock.now()
    pairs = list(zip(ids, children, strict=True))
    ties = [
        {
            "child_id": user_id, "guardian_id": one.guardian_id, "relation": one.relation, "confirmed_at": moment,
            "confirmed_by_id": confirmed_by.id,
        }
        for user_id, one in pairs
    ]  # fmt: skip
    db.session.execute(sa.insert(Guardian), ties)
    given = [
        {
            "subject_id": user_id, "given_by_id": one.guardian_id, "kind": kind, "purpose": purpose,
            "text_version": texts[0], "text_hash": texts[1], "given_at": one.given_at,
        }
        for user_id, one in pairs
        for kind, answers in (("consent", one.consents), ("assent", one.assents))
        for purpose, texts in answers.items()
    ]  # fmt: skip
    db.session.execute(sa.insert(Consent), given)
    jobs.enqueue_all([row for user_id, one in pairs for row in year_end_jobs(user_id, one.given_at)])
    return ids


def _insert(children: Sequence[NewChild]) -> list[int]:
    """Inserts the accounts in one statement; user names that were taken meanwhile are generated again."""
    for attempt in range(4):
        try:
            with db.session.begin_nested():
                return _inserted(children, _usernames(children, anew=attempt > 0))
        except IntegrityError:
            continue
    return _inserted(children, _usernames(children, anew=True))


def _inserted(children: Sequence[NewChild], usernames: Sequence[str]) -> list[int]:
    # One statement for all rows skips the validators of the model: the search words are set here.
    rows = [
        {
            "full_name": one.stored_name, "called_name": one.called,
            "name_words": search_text(f"{one.called} {one.stored_name}"),
            "address_form": "em" if (one.grade or 1) > 3 else "con", "username": username, "kind": "child",
            "birth_year": one.birth_year, "grade": one.grade, "state": "active", "password_hash": "",
        }
        for one, username in zip(children, usernames, strict=True)
    ]  # fmt: skip
    found = db.session.execute(sa.insert(User).returning(User.username, User.id), rows)
    by_name = {row.username: row.id for row in found}
    return [by_name[username] for username in usernames]


def _usernames(children: Sequence[NewChild], *, anew: bool) -> list[str]:
    stems = {username_of(one.called) for one in children}
    starts = sa.or_(*(User.username.startswith(stem, autoescape=True) for stem in sorted(stems)))
    taken, made = set(db.session.scalars(sa.select(User.username).where(starts))), list[str]()
    for one in children:
        stem = username_of(one.called)
        if anew:  # several users with one name at one moment would all try the same next number
            stem = f"{stem}{secrets.randbelow(9000) + 1000}"
        names = chain((stem,), (f"{stem}{n}" for n in range(2, 100_000)))
        made.append(next(name for name in names if name not in taken))
        taken.add(made[-1])
    return made


@command
def remove_full_name(child_id: int) -> None:
    """Leaves a child only the display name, also of names before."""
    child = db.session.get(User, child_id)
    if child is not None and child.kind == "child":
        child.full_name = child.called_name
        former = sa.update(FormerName).where(FormerName.user_id == child_id)
        db.session.execute(former.values(full_name=FormerName.called_name))
