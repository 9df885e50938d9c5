"""The page of a need for the staff who confirm it or decide about it."""

from typing import Any

from flask import render_template

from tutoring.devices.labels import (
    AT_HOME_WORDS,
    BASIS_IN_A_LIST,
    BASIS_WORDS,
    DEVICE_TERMS_WORDS,
    DUPLICATE_WORDS,
    NEED_KIND_WORDS,
    NEED_STATE_KINDS,
    NEED_STATE_WORDS,
    WANTS_WORDS,
    WHY_PLACE,
)
from tutoring.devices.needs import queries
from tutoring.devices.needs.duplicate_checks import duplicates
from tutoring.devices.needs.models import DeviceNeed
from tutoring.kernel import clock
from tutoring.policy.devices import needs as policy


def need_labels() -> dict[str, Any]:
    """Returns the template variables that every staff page of needs shares."""
    return {
        "kind_words": NEED_KIND_WORDS, "wants_words": WANTS_WORDS, "home_words": AT_HOME_WORDS,
        "state_words": NEED_STATE_WORDS, "state_kinds": NEED_STATE_KINDS, "basis_words": BASIS_WORDS,
        "short_basis": BASIS_IN_A_LIST,
        "why_words": WHY_PLACE, "duplicate_words": DUPLICATE_WORDS, "terms_words": DEVICE_TERMS_WORDS,
        "may": policy, "today": clock.today(),
    }  # fmt: skip


def render_need(row: DeviceNeed, known: policy.NeedFacts) -> str:
    """Renders a need for the staff who confirm it or decide about it."""
    decides = policy.decides(known)
    return render_template(
        "devices/allocation/need_work.html", row=row, known=known, decides=decides, place=queries.place_of(row),
        found=duplicates(row) if decides else [], device_left=decides and queries.reserved_for(row.id) is not None,
        alone=decides and queries.deciders(row.ward_id) < 2, **need_labels(),
    )  # fmt: skip
