"""What happens to vouchers besides what devices.events tells; no event holds a code."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class VoucherUsed:
    """The family says that it worked."""

    voucher_id: int


@dataclass(frozen=True)
class VouchersExpired:
    """At night: so many of a batch that nobody had, and so many that families had and had not used."""

    batch_id: int
    unit_id: int
    on: date
    free: int
    given: int
