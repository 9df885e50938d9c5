"""Rows of the permission matrix: device store, needs, handovers, loans, sponsored internet."""

from tutoring.policy.access import ANYONE, SIGNED_IN, STAFF
from tutoring.policy.devices import inventory, loans, needs, vouchers
from tutoring.policy.matrix.rows import PEOPLE, MatrixRow, allow_anyone, allow_nobody, allow_own, roles_held, routes


def _staff(role: str, inside: bool) -> loans.LoanFacts:
    return loans.LoanFacts(held=roles_held(role, inside))


def _family(role: str, inside: bool) -> loans.LoanFacts:
    """Returns the facts about adults of a family: the receiver, or the guardian of a child."""
    mine = role in PEOPLE and inside
    return loans.LoanFacts(is_receiver=mine, is_family=mine, held=roles_held(role, inside))


LOANS: tuple[MatrixRow, ...] = (
    MatrixRow(
        "Loans of devices",
        "write down public places; see who waits for a day; set a day and a place (never for "
        "one's own family, never for what one gave)",
        lambda role, inside: loans.may_hand_over(_staff(role, inside)),
        inventory.STOCK,
        routes("devices", "points close_point unit_handovers plan_handover miss_handover"),
    ),
    MatrixRow(
        "Loans of devices",
        "hand a device over at the table, with the receiver there (by number or passphrase)",
        lambda role, inside: loans.may_hand_over(_staff(role, inside)),
        inventory.STOCK,
        step_up=("devices.hand_over",),
    ),
    MatrixRow(
        "Loans of devices",
        "see the day of a handover, call it off; open the records of handover and return",
        lambda role, inside: loans.may_see_handover(_family(role, inside)),
        SIGNED_IN,
        routes("devices", "handover call_off_handover handover_record return_record"),
    ),
    MatrixRow(
        "Loans of devices",
        "see what is lent to oneself and one's children",
        allow_own,
        SIGNED_IN,
        routes("devices", "loans"),
    ),
    MatrixRow(
        "Loans of devices",
        "see a loan (its family, who uses it, staff of the ward)",
        lambda role, inside: loans.may_see_loan(_family(role, inside)),
        SIGNED_IN,
        routes("devices", "loan"),
    ),
    MatrixRow(
        "Loans of devices",
        "ask for a longer loan, tell of a loss, give thanks (grown-ups of the family)",
        lambda role, inside: loans.may_speak_for_loan(_family(role, inside)),
        SIGNED_IN,
        routes("devices", "ask_renewal tell_loss write_thanks"),
    ),
    MatrixRow(
        "Loans of devices",
        "see a ward's loans, answer a renewal, take back, find again (never of one's family)",
        lambda role, inside: loans.may_end_loan(_staff(role, inside)),
        inventory.STOCK,
        routes("devices", "unit_loans answer_renewal take_back found_again"),
    ),
    MatrixRow(
        "Loans of devices",
        "write a lent device off as lost",
        lambda role, inside: loans.may_end_loan(_staff(role, inside)),
        inventory.STOCK,
        routes("devices", "write_off"),
        reason=True,
    ),
    MatrixRow(
        "Loans of devices",
        "read what one wrote and what came to one; answer as the donor",
        allow_own,
        SIGNED_IN,
        routes("devices", "thanks answer_thanks"),
    ),
    MatrixRow(
        "Loans of devices",
        "read words of thanks first, pass them on (not their author, donor or family)",
        lambda role, inside: loans.may_pass_thanks(_staff(role, inside), False),
        inventory.STOCK,
        routes("devices", "unit_thanks pass_thanks"),
    ),
    MatrixRow(
        "Loans of devices",
        "send words of thanks back",
        lambda role, inside: loans.may_pass_thanks(_staff(role, inside), False),
        inventory.STOCK,
        routes("devices", "refuse_thanks"),
        reason=True,
    ),
)


def _staff_of_needs(role: str, inside: bool, state: str, school: bool = True) -> needs.NeedFacts:
    """Returns the facts about staff and a pupil's need in their class and ward.

    Other staff confirmed and proposed the need.
    """
    roles = roles_held(role, inside)
    ward = roles - {"teacher"} if school else roles
    return needs.NeedFacts(held=ward, held_near=roles, in_school=school, state=state)


def _asks_for_another(role: str, inside: bool) -> bool:
    who = needs.NeedApplicantFacts(
        is_guardian=role == "parent" and inside, minor=True, held=roles_held(role, inside), in_school=True
    )
    return role in PEOPLE and needs.may_ask_need(who)


NEEDS: tuple[MatrixRow, ...] = (
    MatrixRow(
        "Needs",
        "read the order in which needs are met, and who decides",
        allow_anyone,
        ANYONE,
        routes("devices", "need_order"),
    ),
    MatrixRow(
        "Needs", "see how it stands with what one's family needs", allow_own, SIGNED_IN, routes("devices", "needs need")
    ),
    MatrixRow(
        "Needs",
        "ask for a device or internet for a child (guardian; staff for a family without any device)",
        _asks_for_another,
        SIGNED_IN,
        routes("devices", "new_need"),
    ),
    MatrixRow(
        "Needs", "take back what one's family asked for", allow_own, SIGNED_IN, routes("devices", "withdraw_need")
    ),
    MatrixRow(
        "Needs",
        "confirm the basis of a pupil's family, of one's class, neighbourhood or ward; never of one's own",
        lambda role, inside: needs.may_confirm(_staff_of_needs(role, inside, "asked")),
        STAFF,
        routes("devices", "unit_needs confirm_need"),
    ),
    MatrixRow(
        "Needs",
        "propose a device or vouchers for a family (the first of two)",
        lambda role, inside: needs.may_propose(_staff_of_needs(role, inside, "confirmed")),
        inventory.STOCK,
        routes("devices", "propose_device propose_vouchers"),
    ),
    MatrixRow(
        "Needs",
        "approve what another proposed and another confirmed; never for one's family, never what one gave",
        lambda role, inside: needs.may_approve(_staff_of_needs(role, inside, "proposed")),
        inventory.STOCK,
        step_up=("devices.approve_need",),
        second=True,
    ),
    MatrixRow(
        "Needs",
        "take back what is proposed or reserved",
        lambda role, inside: needs.may_put_back(_staff_of_needs(role, inside, "approved")),
        inventory.STOCK,
        routes("devices", "put_back_need"),
    ),
    MatrixRow(
        "Needs",
        "give another voucher in place of one that did not work",
        lambda role, inside: needs.may_give_again(_staff_of_needs(role, inside, "approved")),
        inventory.STOCK,
        step_up=("devices.give_again",),
    ),
    MatrixRow(
        "Needs",
        "refuse a need; the family reads why",
        lambda role, inside: needs.may_refuse(_staff_of_needs(role, inside, "asked")),
        inventory.STOCK,
        routes("devices", "refuse_need"),
        reason=True,
    ),
)


def _moves(before: str, after: str, role: str, inside: bool) -> bool:
    return inventory.may_move(before, after, inventory.MoveParties(held=roles_held(role, inside)))


STORE: tuple[MatrixRow, ...] = (
    MatrixRow(
        "Devices",
        "open a device's starter page by its label; read by a code what became of what one gave",
        allow_anyone,
        ANYONE,
        routes("devices", "start story"),
    ),
    MatrixRow(
        "Devices",
        "offer a machine to one's ward, as a gift or a loan (grown-ups), with pictures without faces",
        lambda role, inside: role in PEOPLE and inventory.may_offer(False, inside),
        SIGNED_IN,
        routes("devices", "index new_offer add_picture"),
    ),
    MatrixRow(
        "Devices",
        "see an offer, its pictures and what became of each machine; its receipt; take a picture away "
        "(the donor, who runs the store)",
        lambda role, inside: inventory.may_see_offer(role in PEOPLE and inside, roles_held(role, inside)),
        SIGNED_IN,
        routes("devices", "offer picture remove_picture receipt"),
    ),
    MatrixRow(
        "Devices",
        "take an offer back before the machine is brought",
        lambda role, inside: inventory.may_move(
            "offered", "withdrawn", inventory.MoveParties(is_donor=role in PEOPLE and inside)
        ),
        SIGNED_IN,
        routes("devices", "withdraw_offer"),
    ),
    MatrixRow(
        "Devices",
        "see the store of a ward with each machine and its history; write down what somebody brings",
        lambda role, inside: inventory.may_run_store(roles_held(role, inside)),
        inventory.STOCK,
        routes("devices", "store device offer_for label labels certificate certificate_file"),
    ),
    MatrixRow(
        "Devices",
        "take an offer or not",
        lambda role, inside: _moves("offered", "expected", role, inside),
        inventory.STOCK,
        routes("devices", "accept_offer decline_offer"),
    ),
    MatrixRow(
        "Devices",
        "take a machine in, send it to repair and take it back, scrap it, send it back to who lent it",
        lambda role, inside: _moves("expected", "stored", role, inside),
        inventory.STOCK,
        routes("devices", "receive act"),
    ),
    MatrixRow(
        "Devices",
        "record that a machine was wiped (never its donor)",
        lambda role, inside: _moves("stored", "ready", role, inside),
        inventory.STOCK,
        routes("devices", "wipe"),
    ),
)


SPONSORED: tuple[MatrixRow, ...] = (
    MatrixRow("Sponsored internet", "bring in a sponsor's vouchers for the ward or city; close a batch, open it again; "
         "give its sponsor another address",
         lambda role, inside: vouchers.may_bring_in(roles_held(role, inside)),
         vouchers.BRINGERS,
         routes("devices", "new_batch batch_sample batch close_batch open_batch new_report_address")),
    MatrixRow("Sponsored internet", "see how many vouchers there are and what became of them",
         lambda role, inside: vouchers.may_read_batches(roles_held(role, inside)),
         inventory.STOCK, routes("devices", "internet")),
    MatrixRow("Sponsored internet", "see one's vouchers, open a code (the grown-up whom it was given to)",
         lambda role, inside: vouchers.may_open(role in PEOPLE and inside, False, "assigned"),
         SIGNED_IN, routes("devices", "my_vouchers voucher open_voucher")),
    MatrixRow("Sponsored internet", "say that a voucher worked, or did not",
         lambda role, inside: vouchers.may_say_how_it_went(role in PEOPLE and inside, False, "opened"),
         SIGNED_IN, routes("devices", "voucher_used voucher_failed")),
    MatrixRow("Sponsored internet", "read a code that was given to another family", allow_nobody),
    MatrixRow("Sponsored internet", "read what became of a batch, by the address that its sponsor has; numbers without "
         "names, small ones hidden", allow_anyone, ANYONE, routes("devices", "sponsor_report sponsor_file")),
)  # fmt: skip
