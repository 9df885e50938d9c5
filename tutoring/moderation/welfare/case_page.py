"""The page of a welfare case: what was written, what to do, what was done."""

from flask import render_template

from tutoring.accounts.models import User
from tutoring.kernel import clock
from tutoring.kernel.errors import NotFound
from tutoring.moderation.cases.queries import context, holder_of
from tutoring.moderation.models import Case
from tutoring.moderation.reports.targets import find
from tutoring.moderation.welfare import labels as welfare_labels
from tutoring.moderation.welfare import queries as welfare_queries
from tutoring.moderation.welfare import talks
from tutoring.moderation.welfare.models import Welfare
from tutoring.policy import welfare as policy
from tutoring.policy.moderation.cases import CaseFacts
from tutoring.rooms.comfort.models import ComfortAnswer
from tutoring.rooms.comfort.queries import own_answer, uneasy_times
from tutoring.rooms.queries import seats
from tutoring.rooms.room_page import SEAT_ROLE_LABELS
from tutoring.web.auth import require_user
from tutoring.welfare.queries import decrypt_text, disclosures_of_case


def render_welfare_case(case: Case, known: CaseFacts) -> str:
    """Renders the page for a user who may see the case; the caller logs the reading."""
    cared, acts, holder = case.welfare, welfare_queries.acts_of(case.id), holder_of(case)
    assert cared is not None
    is_open = case.state == "open"
    needs = is_open and welfare_queries.needs_act(case)
    kinds = [kind for kind in policy.acts_for(cared.home) if case.room_id is not None or kind != "asked_helper"]
    answer = own_answer(cared.author_id or 0, case.room_id or 0)
    if cared.is_uneasy:
        return _render_uneasy(case, known, cared, answer)
    return render_template(
        "moderation/welfare/welfare.html",
        answer=answer,
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


def _may_report(other: User) -> bool:
    try:
        find(require_user(), "person", str(other.id))
    except NotFound:
        return False
    return True


def _render_uneasy(case: Case, known: CaseFacts, cared: Welfare, answer: ComfortAnswer | None) -> str:
    """Renders the page of a child who was not at ease: the answer, the talk, what was said in the room."""
    acts, holder, is_open = welfare_queries.acts_of(case.id), holder_of(case), case.state == "open"
    helpers = [one.user for one in seats(case.room_id) if one.role == "helper"] if case.room_id is not None else []
    return render_template(
        "moderation/welfare/uneasy.html",
        case=case,
        cared=cared,
        answer=answer,
        acts=acts,
        words=welfare_labels,
        helpers=helpers,
        reportable=[one for one in helpers if is_open and _may_report(one)],
        times=uneasy_times([one.id for one in helpers]),
        lines=context(case),
        roles=SEAT_ROLE_LABELS,
        holder=case.claimed_by if holder is not None else None,
        mine=holder == require_user().id,
        is_open=is_open,
        ways=talks.ways_to(case, cared, frozenset(known.held)) if is_open else None,
    )
