"""Lessons are for everybody; skills are given by people who know the person."""

from collections.abc import Collection

from tutoring.policy.access import ANYONE, SIGNED_IN, STAFF, Access, roles

EDITORS = roles("teacher", "coordinator")  # who writes on lessons; a coordinator names who of them reviews

ROUTES: dict[str, Access] = {
    "lessons.index": ANYONE,
    "lessons.path": ANYONE,
    "lessons.search": ANYONE,
    "lessons.suggest": ANYONE,
    "lessons.lesson": ANYONE,
    "lessons.step": ANYONE,
    "lessons.media": ANYONE,
    "lessons.done": ANYONE,
    "lessons.handout": ANYONE,
    "lessons.offline": ANYONE,
    "lessons.keep": ANYONE,
    "lessons.worker": ANYONE,
    "lessons.useful": ANYONE,
    "lessons.thanks": ANYONE,
    "lessons.taught": SIGNED_IN,
    "lessons.merge": SIGNED_IN,
    "lessons.start": SIGNED_IN,
    "lessons.here": SIGNED_IN,
    "lessons.answer": SIGNED_IN,
    "lessons.onward": SIGNED_IN,
    "lessons.quiz": SIGNED_IN,
    "lessons.quiz_try": SIGNED_IN,
    "lessons.acknowledgement": SIGNED_IN,
    "lessons.acknowledged": ANYONE,
    "lessons.grant": STAFF,
    "lessons.revoke": STAFF,
    "lessons.writing": EDITORS,
    "lessons.propose": EDITORS,
    "lessons.new": EDITORS,
    "lessons.write": EDITORS,
    "lessons.keep_draft": EDITORS,
    "lessons.review": EDITORS,
    "lessons.editors": roles("coordinator"),
}


def may_see_review(held: Collection[str]) -> bool:
    """Whether somebody else has read a lesson is shown to those who could do it."""
    return not EDITORS.isdisjoint(held)


def may_propose(held: Collection[str]) -> bool:
    """Teachers and coordinators may write on lessons; nothing of it stands on the site before a second person's yes."""
    return not EDITORS.isdisjoint(held)


def may_review(held: Collection[str], named_editor: bool) -> bool:
    """Named editors, for as long as they teach or coordinate; never their own texts."""
    return named_editor and may_propose(held)


def may_change_facts(held: Collection[str]) -> bool:
    """Numbers and names that lessons point to stand in many of them at once: whoever runs the site."""
    return "site_admin" in held


def may_show_name(kind: str, is_minor: bool) -> bool:
    """Whether the holder of an acknowledgement may put a name on its public page: grown-ups alone."""
    return kind == "adult" and not is_minor


def may_grant_skill(held: Collection[str], target_held: Collection[str], is_self: bool) -> bool:
    """Teachers and coordinators of a unit of that person; other staff only for staff; nobody for oneself.

    `held` and `target_held` are the roles of the two at the units of that person.
    """
    if is_self:
        return False
    if not EDITORS.isdisjoint(held):
        return True
    return not STAFF.isdisjoint(held) and not STAFF.isdisjoint(target_held)
