"""The table of a unit's members on its page, and as a file."""

from dataclasses import dataclass
from typing import Final

from flask_babel import gettext

from tutoring.accounts.models import User
from tutoring.community.labels import role_word
from tutoring.community.memberships import member_table
from tutoring.community.memberships.member_table import Member
from tutoring.community.models import ROLES
from tutoring.community.units.staff_queries import UnitPage
from tutoring.kernel.paging import Numbered
from tutoring.kernel.text import N_
from tutoring.web.tables import table as tables

STATE_WORDS: Final = {
    "": N_("Đang ở đây"),
    "waiting": N_("Chờ xác nhận"),
    "suspended": N_("Tạm khoá"),
}
KIND_WORDS: Final = {"child": N_("hồ sơ do ba mẹ lập"), "youth": N_("16–17 tuổi"), "adult": N_("từ 18 tuổi")}


@dataclass(frozen=True)
class MembersPage:
    """The table, how many members the viewer may not see by name, and whether several may be confirmed
    or ended at once.
    """

    table: tables.Table
    unnamed: int
    may_confirm: bool
    may_end: bool


def members_page(person: User, page: UnitPage) -> MembersPage:
    """Returns the members of a unit that its viewer may see by name, as the address asks for them."""
    place, held = page.unit, page.held
    counts = member_table.count_members(place, held)
    roles = [role for role in reversed(member_table.visible_roles(held, place.kind)) if counts.by_role.get(role)]
    wanted = tables.wanted(member_table.ORDERS, "name", state=member_table.STATES, role=ROLES)
    found = member_table.members(person, place, held, wanted) if page.sees_members else Numbered[Member]([], False, 0)
    filters = [
        tables.Filter(
            "state", gettext("Tình trạng"), {one: gettext(said) for one, said in STATE_WORDS.items()}, counts.by_state
        ),
        tables.Filter(
            "role", gettext("Vai trò"),
            {"": gettext("Mọi vai trò"), **{role: gettext(role_word(role, place.kind)) for role in roles}},
        ),
    ]  # fmt: skip
    table = tables.Table(_columns(place.kind), member_table.ORDERS, wanted, found, filters)
    return MembersPage(table, 0 if table.narrowed else counts.unnamed, any(one.may_confirm for one in found.items),
                       any(one.may_end for one in found.items))  # fmt: skip


def _columns(kind: str) -> tuple[tables.Column, ...]:
    return (
        tables.Column("name", N_("Họ và tên"), lambda one: one.full_name),
        tables.Column("role", N_("Vai trò"), lambda one: gettext(role_word(one.role, kind))),
        tables.Column("grade", N_("Lớp"), lambda one: one.grade or "", number=True),
        tables.Column("state", N_("Tình trạng"), _state),
        tables.Column("username", N_("Tên đăng nhập"), lambda one: one.username),
        tables.Column("since", N_("Từ ngày"), lambda one: tables.moment(one.since)),
    )


def _state(one: Member) -> str:
    state = "suspended" if one.suspended else "waiting" if one.state == "waiting" else ""
    return str(gettext(STATE_WORDS[state]))
