"""Access rules of units: joining, members, nominations, duty, pauses and accounts.

`held` are the roles at the unit or above it.
"""

from collections.abc import Collection
from datetime import datetime

from tutoring.policy.access import STAFF
from tutoring.policy.rooms.participation import CHILD_OBSERVER_ROLES

POWER = frozenset({"helper", "teacher", "lead", "officer", "coordinator"})
_MAY_GIVE: dict[str, frozenset[str]] = {
    "coordinator": frozenset({"learner", "parent", "helper", "teacher", "lead", "officer", "coordinator"}),
    "teacher": frozenset({"learner", "parent"}),
    "lead": frozenset({"learner", "parent"}),
    "officer": frozenset({"learner", "parent"}),
    "site_admin": frozenset({"learner", "parent", "helper", "teacher", "lead", "officer", "coordinator"}),
}

# Roles by kind of unit: no ward officer works in a class, no teacher in a neighbourhood.
_EVERYWHERE = frozenset({"learner", "parent", "helper"})
ROLES_IN: dict[str, frozenset[str]] = {
    "city": _EVERYWHERE | {"officer", "coordinator"},
    "ward": _EVERYWHERE | {"officer", "coordinator"},
    "neighbourhood": _EVERYWHERE | {"lead", "coordinator"},
    "school": _EVERYWHERE | {"teacher", "coordinator"},
    "class": _EVERYWHERE | {"teacher"},
    "partner": _EVERYWHERE | {"teacher", "coordinator"},
}


def gives_power(role: str) -> bool:
    """Whether a role gives more power than learner or parent."""
    return role in POWER


def may_see_unit(held: Collection[str]) -> bool:
    """The staff of a unit see its members and duty."""
    return not (STAFF | {"site_admin"}).isdisjoint(held)


# Kinds of units that may be children of each kind.
KINDS_BELOW: dict[str, frozenset[str]] = {
    "city": frozenset({"ward", "partner"}),
    "ward": frozenset({"neighbourhood", "school", "partner"}),
    "school": frozenset({"class"}),
    "partner": frozenset({"partner"}),
}
AT_THE_TOP = frozenset({"city", "partner"})

GROUPS = frozenset({"neighbourhood", "ward"})  # units with a group page
CHILD_UNITS = frozenset({"school", "class"})  # most members are children: only roles that observe children count


def member_seers(kind: str) -> frozenset[str]:
    """Returns the staff roles that see the members.

    For a class or school they include no ward officer and no lead.
    """
    return CHILD_OBSERVER_ROLES if kind in CHILD_UNITS else STAFF


def may_see_members(held: Collection[str], kind: str) -> bool:
    """Whether the user may see the list of members.

    `may_see_member` filters it for a site admin.
    """
    return not (member_seers(kind) | {"site_admin"}).isdisjoint(held)


def may_see_member(held: Collection[str], kind: str, role: str) -> bool:
    """Whether the user may see one member by name.

    Only its teachers and coordinators see the pupils of a class or school; ward officers do not. Site admins see only
    the members with power there.
    """
    if not member_seers(kind).isdisjoint(held):
        return True
    return "site_admin" in held and (kind not in CHILD_UNITS or gives_power(role))


def may_create_unit(held: Collection[str], kind: str) -> bool:
    """Site admins create units anywhere.

    Coordinators create neighbourhoods, schools and classes below their unit.
    """
    return "site_admin" in held or ("coordinator" in held and kind in {"neighbourhood", "school", "class"})


def may_manage_unit(held_above: Collection[str], kind: str) -> bool:
    """Whoever may create a unit may rename it, archive it and take it up again.

    `held_above` are the roles at the unit above it: a coordinator of one class does not archive that class.
    """
    return may_create_unit(held_above, kind)


def may_import_units(roles: Collection[str]) -> bool:
    """Site admins import units anywhere; coordinators import them below their own unit."""
    return not {"coordinator", "site_admin"}.isdisjoint(roles)


def may_merge_units(held_at_both: Collection[Collection[str]]) -> bool:
    """Site admins may merge two units; a coordinator needs the role at or above both."""
    return all(not {"coordinator", "site_admin"}.isdisjoint(held) for held in held_at_both)


def may_create_code(held: Collection[str], role: str) -> bool:
    """Whether a user with these roles may create a join code that gives `role`."""
    return any(role in _MAY_GIVE.get(mine, frozenset()) for mine in held)


def may_confirm_code(held: Collection[str], is_maker: bool) -> bool:
    """The second approver of a join code is another user with the right to give power."""
    return not is_maker and not {"coordinator", "site_admin"}.isdisjoint(held)


def may_confirm_member(held: Collection[str], role: str, is_self: bool, is_guardian: bool) -> bool:
    """Another person of the unit confirms a member.

    The member and the guardian of that child may not.
    """
    if is_self or is_guardian:
        return False
    allowed = {"coordinator", "site_admin"} if gives_power(role) else STAFF | {"site_admin"}
    return not allowed.isdisjoint(held)


def may_end_member(held: Collection[str], role: str) -> bool:
    """Teachers end learners and parents of their unit; coordinators end every membership."""
    return may_create_code(held, role)


def may_nominate(held: Collection[str], is_self: bool, is_partner_member: bool = False) -> bool:
    """Staff of the unit and members of partner organisations nominate others."""
    return not is_self and (is_partner_member or may_see_unit(held))


def may_confirm_nomination(held: Collection[str], is_self: bool, is_nominator: bool) -> bool:
    """A second person confirms a nomination; neither the nominator nor the nominee may."""
    return not is_self and not is_nominator and may_see_unit(held)


def needs_coordinator(minor: bool, barred_at: datetime | None) -> bool:
    """Whether a coordinator must approve: for adult helpers and helpers who were barred before."""
    return not minor or barred_at is not None


def may_let_help(held: Collection[str], minor: bool, barred_at: datetime | None) -> bool:
    """Whether a user with these roles may be the second approver of a helper."""
    return not needs_coordinator(minor, barred_at) or not {"coordinator", "site_admin"}.isdisjoint(held)


def may_pause_nomination(held: Collection[str], is_self: bool) -> bool:
    """A single staff member may pause a nomination; no second approver is needed."""
    return not is_self and may_see_unit(held)


def may_set_duty(held: Collection[str]) -> bool:
    """Coordinators, leads of a neighbourhood and site admins set the rota."""
    return not {"coordinator", "lead", "site_admin"}.isdisjoint(held)


def may_have_centre(kind: str) -> bool:
    """Neighbourhoods and wards send people on duty to the ward's service centre; schools do not."""
    return kind in GROUPS


def may_set_hours(held: Collection[str]) -> bool:
    """Coordinators set the opening hours of rooms with minors; so do site admins, as a step of the set-up."""
    return not {"coordinator", "site_admin"}.isdisjoint(held)


def may_pause_minors(held: Collection[str]) -> bool:
    """Coordinators and site admins pause and resume rooms and pairing with minors in a unit."""
    return not {"coordinator", "site_admin"}.isdisjoint(held)


def may_pause_site(site_admin: bool) -> bool:
    """Only site admins pause the whole site."""
    return site_admin


def may_set_youth_help(held: Collection[str]) -> bool:
    """Coordinators and site admins decide whether pupils of 16–17 help adults."""
    return not {"coordinator", "site_admin"}.isdisjoint(held)


def may_set_link_hosts(held: Collection[str]) -> bool:
    """Coordinators and site admins set the sites to which members may send links."""
    return not {"coordinator", "site_admin"}.isdisjoint(held)


def may_set_duty_phone(held: Collection[str]) -> bool:
    """Coordinators and site admins set the phone number that is called in danger."""
    return not {"coordinator", "site_admin"}.isdisjoint(held)


def may_set_letterhead(held: Collection[str]) -> bool:
    """Those who sign and file the papers of a unit set what stands on them; teachers sign none."""
    return not {"lead", "officer", "coordinator", "site_admin"}.isdisjoint(held)


def may_take_duty(held: Collection[str]) -> bool:
    """Staff may take a turn of duty themselves."""
    return not STAFF.isdisjoint(held)


def may_issue_reset_code(held: Collection[str], is_self: bool) -> bool:
    """A coordinator of the user's unit or a site admin issues a reset code; never for themself."""
    return not is_self and not {"coordinator", "site_admin"}.isdisjoint(held)


def may_reset_factor(held: Collection[str], is_self: bool) -> bool:
    """Coordinators and site admins request or approve the reset of a second factor.

    No user does so for their own.
    """
    return may_issue_reset_code(held, is_self)


def may_do_factor_reset(held: Collection[str], is_self: bool, is_asker: bool) -> bool:
    """A reset of a second factor needs two people: the second is not the asker."""
    return not is_asker and may_reset_factor(held, is_self)


def outranks(held_where_power: Collection[Collection[str]]) -> bool:
    """Whether the actor coordinates every unit in which the target has power.

    This prevents takeover of a stronger account through a unit in which its owner is only a parent.
    """
    return all(not {"coordinator", "site_admin"}.isdisjoint(held) for held in held_where_power)


def may_keep_suspended(did_it: bool) -> bool:
    """A suspension of more than a week needs a second person with the right to suspend."""
    return not did_it


def may_suspend(held: Collection[str], is_self: bool, target_is_admin: bool) -> bool:
    """A coordinator of the user's units or a site admin suspends.

    Only a site admin suspends a site admin.
    """
    if is_self or (target_is_admin and "site_admin" not in held):
        return False
    return not {"coordinator", "site_admin"}.isdisjoint(held)
