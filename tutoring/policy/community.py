"""Places: who may let people in, vouch for them, and set the rota. `held` are the roles at the unit or above it."""

from collections.abc import Collection
from datetime import datetime

from tutoring.policy.access import ANYONE, SIGNED_IN, STAFF, Access
from tutoring.policy.rooms.participation import WATCH_CHILDREN

_STAFF: Access = STAFF | {"site_admin"}
_IMPORTERS: Access = frozenset({"coordinator", "site_admin"})

ROUTES: dict[str, Access] = {
    "community.join": ANYONE,
    "community.join_code": ANYONE,
    "community.welcome": SIGNED_IN,
    "community.leave": SIGNED_IN,
    "community.add_child": SIGNED_IN,
    "community.units": _STAFF,
    "community.unit": _STAFF,
    "community.new_unit": _STAFF,
    "community.youth_help": _STAFF,
    "community.duty_phone": _STAFF,
    "community.hours": _STAFF,
    "community.patience": _STAFF,
    "community.pause_minors": _STAFF,
    "community.pause_site": frozenset({"site_admin"}),
    "community.new_code": _STAFF,
    "community.code": _STAFF,
    "community.confirm_code": _STAFF,
    "community.revoke_code": _STAFF,
    "community.member": _STAFF,
    "community.confirm_member": _STAFF,
    "community.refuse_member": _STAFF,
    "community.end_member": _STAFF,
    "community.guardian_contact": _STAFF,
    "community.nominate": _STAFF,
    "community.nomination": _STAFF,
    "community.renew": _STAFF,
    "community.duty": _STAFF,
    "community.add_slot": _STAFF,
    "community.remove_slot": _STAFF,
    "community.take_duty": _STAFF,
    "community.end_duty": _STAFF,
    "community.reset_code": _STAFF,
    "community.suspend": _STAFF,
    "community.restore": _STAFF,
    "community.keep_suspended": _STAFF,
    "community.link_hosts": _STAFF,
    "community.factor_reset": _STAFF,
    "community.imports": _IMPORTERS,
    "community.import_sample": _IMPORTERS,
    "community.unit_import": _IMPORTERS,
    "community.write_import": _IMPORTERS,
    "community.discard_import": _IMPORTERS,
    "community.try_import_again": _IMPORTERS,
    "community.faulty_lines": _IMPORTERS,
    "community.cancel_merger": _IMPORTERS,
}

# The acts that SAFETY.md marks; confirming, refusing and ending members asks only where the role gives power.
STEP_UP = frozenset(
    f"community.{act}"
    for act in (
        "confirm_code",
        "nomination",
        "renew",
        "reset_code",
        "suspend",
        "keep_suspended",
        "restore",
        "factor_reset",
    )
)

POWER = frozenset({"helper", "teacher", "lead", "officer", "coordinator"})
_MAY_GIVE: dict[str, frozenset[str]] = {
    "coordinator": frozenset({"learner", "parent", "helper", "teacher", "lead", "officer", "coordinator"}),
    "teacher": frozenset({"learner", "parent"}),
    "lead": frozenset({"learner", "parent"}),
    "officer": frozenset({"learner", "parent"}),
    "site_admin": frozenset({"learner", "parent", "helper", "teacher", "lead", "officer", "coordinator"}),
}


# Which roles there are in a unit of each kind: no ward officer works in a class, no teacher in a neighbourhood.
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
    """Whether a role gives more than learner or parent."""
    return role in POWER


def may_see_unit(held: Collection[str]) -> bool:
    """Members and duty of a unit: its staff."""
    return not (STAFF | {"site_admin"}).isdisjoint(held)


# Which kinds of units may stand under which.
KINDS_BELOW: dict[str, frozenset[str]] = {
    "city": frozenset({"ward", "partner"}),
    "ward": frozenset({"neighbourhood", "school", "partner"}),
    "school": frozenset({"class"}),
    "partner": frozenset({"partner"}),
}
AT_THE_TOP = frozenset({"city", "partner"})

GROUPS = frozenset({"neighbourhood", "ward"})  # whose people have a page of their own
CHILD_UNITS = frozenset({"school", "class"})  # whose members are mostly children: only who may watch these counts


def member_seers(kind: str) -> frozenset[str]:
    """Staff who know the members of such a unit: of a class and a school never ward officers or leads."""
    return WATCH_CHILDREN if kind in CHILD_UNITS else STAFF


def may_see_members(held: Collection[str], kind: str) -> bool:
    """The list of a unit's members; which of them a site admin sees in it, may_see_member says."""
    return not (member_seers(kind) | {"site_admin"}).isdisjoint(held)


def may_see_member(held: Collection[str], kind: str, role: str) -> bool:
    """One member by name. Pupils of a class and a school are known to its teachers and coordinators alone: not to ward
    officers, and to whoever runs the site only those who have power there."""
    if not member_seers(kind).isdisjoint(held):
        return True
    return "site_admin" in held and (kind not in CHILD_UNITS or gives_power(role))


def may_create_unit(held: Collection[str], kind: str) -> bool:
    """Site admins anywhere; coordinators below their own unit, but no cities, wards or partners."""
    return "site_admin" in held or ("coordinator" in held and kind in {"neighbourhood", "school", "class"})


def may_import_units(roles: Collection[str]) -> bool:
    """Send files of units: site admins anywhere, coordinators for what stands below their own unit."""
    return not {"coordinator", "site_admin"}.isdisjoint(roles)


def may_merge_units(held_at_both: Collection[Collection[str]]) -> bool:
    """Let one unit become part of another: whoever runs the site, or coordinates something above both."""
    return all(not {"coordinator", "site_admin"}.isdisjoint(held) for held in held_at_both)


def may_create_code(held: Collection[str], role: str) -> bool:
    """Whether someone with these roles may make a code that gives `role`."""
    return any(role in _MAY_GIVE.get(mine, frozenset()) for mine in held)


def may_confirm_code(held: Collection[str], is_maker: bool) -> bool:
    """A second person with the right to give power."""
    return not is_maker and not {"coordinator", "site_admin"}.isdisjoint(held)


def may_confirm_member(held: Collection[str], role: str, is_self: bool, is_guardian: bool) -> bool:
    """A second person of the unit: never oneself, never the guardian of the child in question."""
    if is_self or is_guardian:
        return False
    allowed = {"coordinator", "site_admin"} if gives_power(role) else STAFF | {"site_admin"}
    return not allowed.isdisjoint(held)


def may_end_member(held: Collection[str], role: str) -> bool:
    """Teachers end learners and parents of their unit, coordinators anybody's membership."""
    return may_create_code(held, role)


def may_nominate(held: Collection[str], is_self: bool, is_partner_member: bool = False) -> bool:
    """Staff of the unit and members of partner organisations vouch for others."""
    return not is_self and (is_partner_member or may_see_unit(held))


def may_confirm_nomination(held: Collection[str], is_self: bool, is_nominator: bool) -> bool:
    """Forward by two people: the second is neither the one who vouched nor the person vouched for."""
    return not is_self and not is_nominator and may_see_unit(held)


def needs_coordinator(minor: bool, barred_at: datetime | None) -> bool:
    """The second word for an adult helper is a coordinator's; so it is for whoever was barred before."""
    return not minor or barred_at is not None


def may_let_help(held: Collection[str], minor: bool, barred_at: datetime | None) -> bool:
    """Whether someone with these roles is of the right kind to say the second word."""
    return not needs_coordinator(minor, barred_at) or not {"coordinator", "site_admin"}.isdisjoint(held)


def may_pause_nomination(held: Collection[str], is_self: bool) -> bool:
    """Back by one."""
    return not is_self and may_see_unit(held)


def may_set_duty(held: Collection[str]) -> bool:
    """The rota is set by the coordinator, or by the lead of a neighbourhood."""
    return not {"coordinator", "lead", "site_admin"}.isdisjoint(held)


def may_have_centre(kind: str) -> bool:
    """Neighbourhoods and wards send people on duty to the ward's service centre; schools do not."""
    return kind in GROUPS


def may_set_hours(held: Collection[str]) -> bool:
    """When rooms with minors are open is the coordinator's to say, and nobody else's."""
    return "coordinator" in held


def may_pause_minors(held: Collection[str]) -> bool:
    """Coordinators of a place, and site admins, stop all rooms and pairing with minors there, and let them go on."""
    return not {"coordinator", "site_admin"}.isdisjoint(held)


def may_pause_site(site_admin: bool) -> bool:
    """The whole site is stopped by site admins alone."""
    return site_admin


def may_set_youth_help(held: Collection[str]) -> bool:
    """Whether pupils of 16–17 help adults is the coordinator's to say."""
    return not {"coordinator", "site_admin"}.isdisjoint(held)


def may_set_link_hosts(held: Collection[str]) -> bool:
    """To which sites people here may send links is the coordinator's to say."""
    return not {"coordinator", "site_admin"}.isdisjoint(held)


def may_set_duty_phone(held: Collection[str]) -> bool:
    """Whom one rings in danger is the coordinator's to say."""
    return not {"coordinator", "site_admin"}.isdisjoint(held)


def may_take_duty(held: Collection[str]) -> bool:
    """Staff may take a turn themselves."""
    return not STAFF.isdisjoint(held)


def may_issue_reset_code(held: Collection[str], is_self: bool) -> bool:
    """A coordinator of one's unit; never for oneself."""
    return not is_self and not {"coordinator", "site_admin"}.isdisjoint(held)


def may_reset_factor(held: Collection[str], is_self: bool) -> bool:
    """Ask that somebody's second factor be taken off, or be the second to say yes: coordinators, never for oneself."""
    return may_issue_reset_code(held, is_self)


def may_do_factor_reset(held: Collection[str], is_self: bool, is_asker: bool) -> bool:
    """It takes two."""
    return not is_asker and may_reset_factor(held, is_self)


def outranks(held_where_power: Collection[Collection[str]]) -> bool:
    """Power over somebody with power: the actor coordinates every unit in which the other one has a say, so that
    nobody comes into a stronger account through a unit in which that person is only a parent."""
    return all(not {"coordinator", "site_admin"}.isdisjoint(held) for held in held_where_power)


def may_keep_suspended(did_it: bool) -> bool:
    """Longer than a week takes a second person of those who may suspend."""
    return not did_it


def may_suspend(held: Collection[str], is_self: bool, target_is_admin: bool) -> bool:
    """A coordinator of one of the person's units, or a site admin; nobody suspends a site admin but another one."""
    if is_self or (target_is_admin and "site_admin" not in held):
        return False
    return not {"coordinator", "site_admin"}.isdisjoint(held)
