"""Lines of the table of permissions: devices offered, checked, wiped and kept."""

from tutoring.policy import devices
from tutoring.policy.matrix_roles import PEOPLE, Line, anyone, held, routes


def _moves(before: str, after: str, role: str, inside: bool) -> bool:
    return devices.may_move(before, after, devices.Parties(held=held(role, inside)))


STORE: tuple[Line, ...] = (
    Line("Devices", "open a device's starter page by its label; read by a code what became of what one gave", anyone,
         routes("devices", "start story")),
    Line("Devices", "offer a machine to one's ward, as a gift or a loan (grown-ups), with pictures without faces",
         lambda role, inside: role in PEOPLE and devices.may_offer(False, inside),
         routes("devices", "index new_offer add_picture")),
    Line("Devices", "see an offer, its pictures and what became of each machine; its receipt; take a picture away "
         "(the donor, who runs the store)",
         lambda role, inside: devices.may_see_offer(role in PEOPLE and inside, held(role, inside)),
         routes("devices", "offer picture remove_picture receipt")),
    Line("Devices", "take an offer back before the machine is brought",
         lambda role, inside: devices.may_move("offered", "withdrawn",
                                               devices.Parties(is_donor=role in PEOPLE and inside)),
         routes("devices", "withdraw_offer")),
    Line("Devices", "see the store of a ward with each machine and its history; write down what somebody brings",
         lambda role, inside: devices.may_run_store(held(role, inside)),
         routes("devices", "store device offer_for label certificate")),
    Line("Devices", "take an offer or not", lambda role, inside: _moves("offered", "expected", role, inside),
         routes("devices", "accept_offer decline_offer")),
    Line("Devices", "take a machine in, send it to repair and take it back, scrap it, send it back to who lent it",
         lambda role, inside: _moves("expected", "stored", role, inside), routes("devices", "receive act")),
    Line("Devices", "record that a machine was wiped (never its donor)",
         lambda role, inside: _moves("stored", "ready", role, inside), routes("devices", "wipe")),
)  # fmt: skip
