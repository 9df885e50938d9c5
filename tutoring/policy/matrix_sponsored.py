"""Lines of the table of permissions: sponsored internet."""

from tutoring.policy import sponsored
from tutoring.policy.matrix_roles import PEOPLE, Line, anyone, held, nobody, routes

SPONSORED: tuple[Line, ...] = (
    Line("Sponsored internet", "bring in a sponsor's vouchers for the ward or city; close a batch, open it again; "
         "give its sponsor another address",
         lambda role, inside: sponsored.may_bring_in(held(role, inside)),
         routes("devices", "new_batch batch_sample batch close_batch open_batch new_report_address")),
    Line("Sponsored internet", "see how many vouchers there are and what became of them",
         lambda role, inside: sponsored.may_read_batches(held(role, inside)), routes("devices", "internet")),
    Line("Sponsored internet", "see one's vouchers, open a code (the grown-up whom it was given to)",
         lambda role, inside: sponsored.may_open(role in PEOPLE and inside, False, "assigned"),
         routes("devices", "my_vouchers voucher open_voucher")),
    Line("Sponsored internet", "say that a voucher worked, or did not",
         lambda role, inside: sponsored.may_say_how_it_went(role in PEOPLE and inside, False, "opened"),
         routes("devices", "voucher_used voucher_failed")),
    Line("Sponsored internet", "read a code that was given to another family", nobody),
    Line("Sponsored internet", "read what became of a batch, by the address that its sponsor has; numbers without "
         "names, small ones hidden", anyone, routes("devices", "sponsor_report sponsor_file")),
)  # fmt: skip
