"""Lines of the table of permissions: needs of devices and of internet."""

from tutoring.policy import device_needs as needs
from tutoring.policy.matrix_roles import PEOPLE, Line, anyone, held, own, routes


def _staff(role: str, inside: bool, state: str, school: bool = True) -> needs.Facts:
    """Staff before the need of a pupil of their class and ward, confirmed and proposed by others."""
    roles = held(role, inside)
    ward = roles - {"teacher"} if school else roles
    return needs.Facts(held=ward, held_near=roles, in_school=school, state=state)


def _asks_for_another(role: str, inside: bool) -> bool:
    who = needs.Asking(is_guardian=role == "parent" and inside, minor=True, held=held(role, inside), in_school=True)
    return role in PEOPLE and needs.may_ask_need(who)


NEEDS: tuple[Line, ...] = (
    Line("Needs", "read the order in which needs are met, and who decides", anyone, routes("devices", "need_order")),
    Line("Needs", "see how it stands with what one's family needs", own, routes("devices", "needs need")),
    Line("Needs", "ask for a device or internet for a child (guardian; staff for a family without any device)",
         _asks_for_another, routes("devices", "new_need")),
    Line("Needs", "take back what one's family asked for", own, routes("devices", "withdraw_need")),
    Line("Needs", "confirm the basis of a pupil's family, of one's class, neighbourhood or ward; never of one's own",
         lambda role, inside: needs.may_confirm(_staff(role, inside, "asked")),
         routes("devices", "unit_needs confirm_need")),
    Line("Needs", "propose a device or vouchers for a family (the first of two)",
         lambda role, inside: needs.may_propose(_staff(role, inside, "confirmed")),
         routes("devices", "propose_device propose_vouchers")),
    Line("Needs", "approve what another proposed and another confirmed; never for one's family, never what one gave",
         lambda role, inside: needs.may_approve(_staff(role, inside, "proposed")),
         routes("devices", "approve_need"), second=True),
    Line("Needs", "take back what is proposed or reserved",
         lambda role, inside: needs.may_put_back(_staff(role, inside, "approved")),
         routes("devices", "put_back_need")),
    Line("Needs", "give another voucher in place of one that did not work",
         lambda role, inside: needs.may_give_again(_staff(role, inside, "approved")),
         routes("devices", "give_again")),
    Line("Needs", "refuse a need; the family reads why",
         lambda role, inside: needs.may_refuse(_staff(role, inside, "asked")),
         routes("devices", "refuse_need"), reason=True),
)  # fmt: skip
