"""Access rules of lessons and skills.

All visitors may read lessons. Staff of a user's unit grant skills.
"""

from collections.abc import Collection

from tutoring.policy.access import STAFF, roles

EDITORS = roles("teacher", "coordinator")  # may edit lessons; a coordinator names the reviewers among them


def may_see_review(held: Collection[str]) -> bool:
    """Only users who could review a lesson see whether it was reviewed by another person."""
    return not EDITORS.isdisjoint(held)


def may_propose(held: Collection[str]) -> bool:
    """Teachers and coordinators may edit lessons.

    No edit is published before a second person approves it.
    """
    return not EDITORS.isdisjoint(held)


def may_review(held: Collection[str], named_editor: bool) -> bool:
    """Named editors may review while they are teacher or coordinator; never their own texts."""
    return named_editor and may_propose(held)


def may_record(held: Collection[str]) -> bool:
    """Teachers and coordinators may record sentences of lessons; they are grown-ups and read in their own voice."""
    return may_propose(held)


def may_hear(held: Collection[str], named_editor: bool, released: bool) -> bool:
    """Who may record hears what is released; what waits or came back is heard by named editors."""
    return may_record(held) and (released or may_review(held, named_editor))


def may_release(is_own: bool) -> bool:
    """A recording is released by a second person, never by the one who made it."""
    return not is_own


def may_change_facts(held: Collection[str]) -> bool:
    """Only site admins change facts: many lessons refer to the same number or name."""
    return "site_admin" in held


def may_show_name(kind: str, is_minor: bool) -> bool:
    """Only an adult may put a name on the public page of an acknowledgement."""
    return kind == "adult" and not is_minor


def may_grant_skill(held: Collection[str], target_held: Collection[str], is_self: bool) -> bool:
    """Teachers and coordinators of the target's units grant skills; other staff only to staff.

    No user grants a skill to themself. `held` and `target_held` are the roles of the granter and of the target at the
    target's units.
    """
    if is_self:
        return False
    if not EDITORS.isdisjoint(held):
        return True
    return not STAFF.isdisjoint(held) and not STAFF.isdisjoint(target_held)
