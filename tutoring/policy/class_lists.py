"""Access rules of class lists and their cards: who imports a list, who may consent with a card, how long both last."""

from collections.abc import Collection
from datetime import timedelta

from tutoring.policy.accounts import OF_AGE, YOUNGEST_OWN_ACCOUNT
from tutoring.policy.community import CHILD_UNITS

DRAFT_LIFE = timedelta(days=1)  # so long a checked file waits for its sender
LINE_LIFE = timedelta(days=30)  # so long a line waits for a guardian
CARD_LIFE = timedelta(days=14)  # so long a printed card can be claimed
UNDO_LIFE = timedelta(days=1)  # so long a confirmation can be undone; then the line is deleted
PARENTS = frozenset({"mẹ", "ba"})


def may_record_basis(held: Collection[str], kind: str) -> bool:
    """Only a site admin records the legal basis and the agreement with a school, and ends it."""
    return kind == "school" and "site_admin" in held


def may_import_class_list(held: Collection[str], kind: str, has_basis: bool) -> bool:
    """Teachers and coordinators import pupils of their class or school while its basis is recorded.

    A site admin has no power over children by name.
    """
    return has_basis and kind in CHILD_UNITS and not {"teacher", "coordinator"}.isdisjoint(held)


def may_import_staff_list(held: Collection[str], kind: str, has_basis: bool) -> bool:
    """Only who may give power to adults of a school stages them: its coordinators."""
    return has_basis and kind == "school" and "coordinator" in held


def may_print_cards(held: Collection[str], kind: str, has_basis: bool) -> bool:
    """Who imports the list of a class also prints its cards and decides on the claims; of a school, that of staff."""
    if kind == "school":
        return may_import_staff_list(held, kind, has_basis)
    return kind == "class" and may_import_class_list(held, kind, has_basis)


def claimant_of(youngest_age: int) -> str:
    """Returns who claims the card of a pupil: the guardian, or from 16 on the pupil (youth, adult)."""
    if youngest_age >= OF_AGE:
        return "adult"
    return "youth" if youngest_age >= YOUNGEST_OWN_ACCOUNT else "guardian"


def may_claim_for_child(kind: str, is_minor: bool, state: str) -> bool:
    """Only an adult claims for a child; one whose own account waits for a confirmation may claim more cards."""
    return kind == "adult" and not is_minor and state in ("active", "waiting")


def needs_check(claimant: str, relation: str) -> bool:
    """Whether the teacher looks at a claim by itself before confirming it.

    A relative may hold the phone, but consents only where the school confirms guardianship. The guardian of a pupil of
    16 or 17 is informed first.
    """
    return claimant == "youth" or (claimant == "guardian" and relation not in PARENTS)


def may_undo(signed_in: bool, age: timedelta) -> bool:
    """A confirmation is undone within a day, while the pupil has no card to sign in with: nothing is lost."""
    return not signed_in and age < UNDO_LIFE
