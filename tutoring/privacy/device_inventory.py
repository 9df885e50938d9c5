"""Entries of the inventory for offers, loans and needs of devices, and for sponsored internet."""

from tutoring.kernel.text import N_
from tutoring.privacy.inventory_entries import BOTH, DELETED, EMPTIED, KEPT, NONE, Entry

DEVICES = (
    Entry(
        "device_offer",
        "devices",
        ("donor_id", "by_id", "decided_by_id"),
        EMPTIED,
        "the books of devices have no gaps",
        hidden=("donor_name",),
        say=N_("%(num)s đề nghị tặng hoặc cho mượn máy"),
    ),
    Entry("offer_picture", "devices", ("by_id",), DELETED),
    Entry("device_move", "devices", ("by_id", "second_id"), EMPTIED, "the books of devices have no gaps"),
    Entry("device_wipe", "devices", ("by_id",), EMPTIED, "the books of devices have no gaps"),
    # ---- needs
    Entry(
        "device_need",
        "devices",
        ("person_id", "receiver_id", "asked_by_id", "confirmed_by_id", "proposed_by_id", "approved_by_id"),
        EMPTIED,
        "the books of devices have no gaps",
        hidden=("although",),
        say=N_("%(num)s lần cần máy hoặc mạng"),
    ),
    # ---- loans
    Entry("device_handover", "devices", ("receiver_id", "planner_id", "by_id"), EMPTIED, BOTH),
    Entry(
        "device_loan",
        "devices",
        ("receiver_id", "person_id", "ended_by_id"),
        EMPTIED,
        BOTH,
        say=N_("%(num)s lần mượn máy"),
    ),
    Entry("device_thanks", "devices", ("by_id", "decided_by_id"), DELETED, say=N_("%(num)s lời cảm ơn đã viết")),
    # ---- sponsored internet
    Entry("internet_batch", "devices", ("by_id",), KEPT, "a unit's work; who did it stays a number", export=NONE),
    Entry("internet_voucher", "devices", ("receiver_id",), EMPTIED, BOTH, say=N_("%(num)s gói mạng được tặng")),
    # ---- circles
)
