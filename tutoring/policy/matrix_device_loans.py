"""Lines of the table of permissions: devices handed over, lent and taken back."""

from tutoring.policy import device_loans as loans
from tutoring.policy.matrix_roles import PEOPLE, Line, held, own, routes


def _staff(role: str, inside: bool) -> loans.Facts:
    return loans.Facts(held=held(role, inside))


def _family(role: str, inside: bool) -> loans.Facts:
    """Grown-ups who receive, or answer for the child who uses it."""
    mine = role in PEOPLE and inside
    return loans.Facts(is_receiver=mine, is_family=mine, held=held(role, inside))


LOANS: tuple[Line, ...] = (
    Line("Loans of devices", "write down public places; see who waits for a day; set a day and a place (never for "
         "one's own family, never for what one gave)",
         lambda role, inside: loans.may_hand_over(_staff(role, inside)),
         routes("devices", "points close_point unit_handovers plan_handover miss_handover")),
    Line("Loans of devices", "hand a device over at the table, with the receiver there (by number or passphrase)",
         lambda role, inside: loans.may_hand_over(_staff(role, inside)), routes("devices", "hand_over")),
    Line("Loans of devices", "see the day of a handover, call it off; open the records of handover and return",
         lambda role, inside: loans.may_see_handover(_family(role, inside)),
         routes("devices", "handover call_off_handover handover_record return_record")),
    Line("Loans of devices", "see what is lent to oneself and one's children", own, routes("devices", "loans")),
    Line("Loans of devices", "see a loan (its family, who uses it, staff of the ward)",
         lambda role, inside: loans.may_see_loan(_family(role, inside)), routes("devices", "loan")),
    Line("Loans of devices", "ask for a longer loan, tell of a loss, give thanks (grown-ups of the family)",
         lambda role, inside: loans.may_speak_for_loan(_family(role, inside)),
         routes("devices", "ask_renewal tell_loss write_thanks")),
    Line("Loans of devices", "see a ward's loans, answer a renewal, take back, find again (never of one's family)",
         lambda role, inside: loans.may_end_loan(_staff(role, inside)),
         routes("devices", "unit_loans answer_renewal take_back found_again")),
    Line("Loans of devices", "write a lent device off as lost",
         lambda role, inside: loans.may_end_loan(_staff(role, inside)), routes("devices", "write_off"), reason=True),
    Line("Loans of devices", "read what one wrote and what came to one; answer as the donor", own,
         routes("devices", "thanks answer_thanks")),
    Line("Loans of devices", "read words of thanks first, pass them on (not their author, donor or family)",
         lambda role, inside: loans.may_pass_thanks(_staff(role, inside), False),
         routes("devices", "unit_thanks pass_thanks")),
    Line("Loans of devices", "send words of thanks back",
         lambda role, inside: loans.may_pass_thanks(_staff(role, inside), False),
         routes("devices", "refuse_thanks"), reason=True),
)  # fmt: skip
