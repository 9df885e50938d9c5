"""Entries of the inventory for other programs: tokens of the API and webhooks."""

from tutoring.kernel.text import N_
from tutoring.privacy.inventory_entries import DELETED, NONE, Entry

PROGRAMS = (
    Entry(
        "api_token",
        "account",
        ("user_id",),
        DELETED,
        hidden=("second_factor",),
        days=90,
        since="expires_at",
        say=N_("%(num)s khoá truy cập"),
    ),
    Entry("api_write", "account", ("token_id>user_id",), DELETED, "digests; they go after a day", export=NONE),
    Entry(
        "webhook",
        "account",
        ("made_by_id",),
        DELETED,
        hidden=("failing_since",),
        days=90,
        since="ended_at",
        say=N_("%(num)s địa chỉ nhận tin"),
    ),
    Entry(
        "webhook_delivery",
        "account",
        ("webhook_id>made_by_id",),
        DELETED,
        "events of a unit, without a person",
        export=NONE,
        days=30,
        since="made_at",
    ),
)
