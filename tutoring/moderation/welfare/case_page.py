"""The page of a welfare case: what was written, what to do, what was done."""

from flask import render_template

from tutoring.kernel import clock
from tutoring.moderation.cases.queries import holder_of
from tutoring.moderation.models import Case
from tutoring.moderation.welfare import labels as welfare_labels
from tutoring.moderation.welfare import queries as welfare_queries
from tutoring.moderation.welfare import talks
from tutoring.policy import welfare as policy
from tutoring.policy.moderation.cases import CaseFacts
from tutoring.web.auth import require_user
from tutoring.welfare.queries import decrypt_text, disclosures_of_case


def render_welfare_case(case: Case, known: CaseFacts) -> str:
    """Renders the page for a user who may see the case; the caller logs the reading."""
    cared, acts, holder = case.welfare, welfare_queries.acts_of(case.id), holder_of(case)
    assert cared is not None
    is_open = case.state == "open"
    needs = is_open and welfare_queries.needs_act(case)
    kinds = [kind for kind in policy.acts_for(cared.home) if case.room_id is not None or kind != "asked_helper"]
    return render_template(
        "moderation/welfare/welfare.html",
        case=case,
        cared=cared,
        acts=acts,
        said=[(one, decrypt_text(one)) for one in disclosures_of_case(case.id)],
        words=welfare_labels,
        kinds=kinds,
        homes=policy.HOMES,
        protects=policy.PROTECTS,
        holder=case.claimed_by if holder is not None else None,
        mine=holder == require_user().id,
        is_open=is_open,
        needs=needs,
        may_close=is_open and bool(acts) and not needs,
        may_tell=policy.may_tell_guardian(cared.home),
        now=clock.now(),
        ways=talks.ways_to(case, cared, frozenset(known.held)) if is_open else None,
    )
