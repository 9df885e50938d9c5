"""Groups of similar requests, which one helper takes together.

Each request's own side agrees or declines, and a small room opens. While a request is proposed to a group, its stage
is `grouping` and no other helper can take it. A learner who declines or does not answer returns to the queue at the
old position.
"""

from collections.abc import Sequence

import sqlalchemy as sa

from tutoring.accounts.models import User
from tutoring.accounts.queries import is_guardian
from tutoring.community.queries import memberships
from tutoring.kernel import clock, rate_limits
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, InvalidInput, NotFound
from tutoring.kernel.events import publish
from tutoring.kernel.text import N_
from tutoring.pairing.eligibility import ELSEWHERE, avoided, near, pair_allowed, person_facts
from tutoring.pairing.events import HelpEnded
from tutoring.pairing.group_sessions.commands import locked_session
from tutoring.pairing.group_sessions.events import GroupDeclined, GroupProposed
from tutoring.pairing.group_sessions.jobs import begin_group, plan
from tutoring.pairing.group_sessions.models import GroupSession, SignUp
from tutoring.pairing.group_sessions.queries import groups_on
from tutoring.pairing.lifecycle.avoidance import avoid
from tutoring.pairing.lifecycle.state_machine import lock_request, return_to_queue, transition
from tutoring.pairing.models import HelpRequest, PassedRequest, in_queue
from tutoring.pairing.offers.commands import accepted
from tutoring.pairing.offers.queries import may_take
from tutoring.pairing.requests.queries import busy, request
from tutoring.policy.pairing.group_sessions import MOST_PLACES
from tutoring.policy.pairing.request_groups import ANSWER_WITHIN, FEWEST_YES
from tutoring.policy.pairing.requests import may_ask_for, may_claim, needs_guardian_seat

MINUTES = 60
GONE = N_("Nhóm này vừa thay đổi: có người đã được người khác giúp. Hãy xem lại trang.")


@command
def propose_group(helper: User, request_id: int) -> GroupSession:
    """Takes a request and the similar ones that this helper may take too.

    Of concurrent helpers exactly one gets each request. A helper gets all requests that were shown, or none: then it
    raises Conflict.
    """
    asked = request(request_id)
    rate_limits.hit("claim", helper.id)
    if not may_claim(
        pair_allowed(helper, asked),
        near(memberships(helper.id), asked) < ELSEWHERE,
        avoided(helper.id, asked.learner_id),
        db.session.get(PassedRequest, (asked.id, helper.id)) is not None,
    ):
        raise NotFound
    db.session.execute(sa.select(User.id).where(User.id == helper.id).with_for_update())  # serializes concurrent calls
    if busy(helper.id):
        raise Conflict(N_("Bạn đang giúp một người khác. Hãy xong buổi đó trước."), code="busy")
    waiting = may_take(helper, MOST_PLACES * 10)
    ids = groups_on(waiting).get(request_id)
    if ids is None:
        raise Conflict(GONE)
    rows = [one for one in waiting if one.id in ids]
    group = _group(helper, sorted(rows, key=lambda one: ids.index(one.id)))
    taken = db.session.execute(
        sa.update(HelpRequest)
        .where(HelpRequest.id.in_(ids), in_queue(), HelpRequest.wish == "now", HelpRequest.times_until.is_(None))
        .values(group_id=group.id, helper_id=helper.id, claimed_at=clock.now())
        .execution_options(synchronize_session=False)
    )
    if taken.rowcount != len(ids):  # type: ignore[attr-defined]
        raise Conflict(GONE, code="taken")
    for asked in rows:
        db.session.refresh(asked)
        asked.alarmed_at = asked.alarm_seen_at = asked.alarm_seen_by_id = None
        accepted(helper.id, asked.id)
        transition(asked, "grouping", helper.id, at_once=True)
        db.session.add(
            SignUp(
                session_id=group.id, learner_id=asked.learner_id, by_id=helper.id, request_id=asked.id, state="asked"
            )
        )
    plan(group)
    db.session.flush()
    publish(GroupProposed(group.id, helper.id, tuple((one.id, one.learner_id) for one in rows)))
    return group


def _group(helper: User, rows: Sequence[HelpRequest]) -> GroupSession:
    first = rows[0]
    grades = [one.learner.grade for one in rows if one.learner.grade is not None and first.minor]
    units = {one.unit_id for one in rows}
    place = first.unit_id if len(units) == 1 else first.unit.school_id if first.minor else first.ward_id
    made = GroupSession(
        unit_id=place or first.unit_id, helper_id=helper.id, topic=first.topic, level=first.level, words="",
        at=clock.now() + ANSWER_WITHIN, minutes=MINUTES, places=len(rows), merged=True, pupils=first.minor,
        lowest=min(grades, default=None), highest=max(grades, default=None),
    )  # fmt: skip
    db.session.add(made)
    db.session.flush()
    return made


@command
def answer_group(actor: User, request_id: int, word: str) -> GroupSession:
    """Stores the own side's answer to learning in a group with this helper.

    For a child that may be 10 or under, only a guardian agrees, and joins the room. From 16 on only the learner
    answers. Raises NotFound for other users, Conflict when the proposal is gone.
    """
    found = db.session.get(HelpRequest, request_id)
    guardian = found is not None and may_ask_for(
        is_guardian(actor.id, found.learner_id), found.learner.kind == "child"
    )  # fmt: skip
    if found is None or not (actor.id == found.learner_id or guardian):
        raise NotFound
    if found.group_id is None:
        raise Conflict(N_("Lời mời này không còn nữa. Bạn vẫn giữ chỗ trong hàng chờ."))
    group = locked_session(found.group_id)
    asked = lock_request(request_id)
    mine = db.session.scalar(sa.select(SignUp).where(SignUp.request_id == request_id, SignUp.session_id == group.id))
    if asked.group_id != group.id or group.state != "open" or mine is None or mine.state != "asked":
        raise Conflict(N_("Lời mời này không còn nữa. Bạn vẫn giữ chỗ trong hàng chờ."))
    if word == "accept":
        if needs_guardian_seat(person_facts(asked.learner)) and not guardian:
            raise Conflict(N_("Em nhờ ba mẹ bấm đồng ý: ba mẹ cùng vào phòng với em."))
        mine.state, mine.by_id, mine.at = "in", actor.id, clock.now()
        group.taken += 1
    elif word in {"decline", "never"}:
        if word == "never":
            avoid(asked.learner, group.helper_id)
        return_to_queue(asked, actor.id, "declined")
    else:
        raise InvalidInput
    db.session.flush()
    _begin_if_agreed(group)
    return group


def _states(group: GroupSession) -> list[str]:
    return list(db.session.scalars(sa.select(SignUp.state).where(SignUp.session_id == group.id)))


def _begin_if_agreed(group: GroupSession) -> None:
    """Opens the room once two agreed, or all who agreed when no answer is missing."""
    if group.state != "open":
        return
    states = _states(group)
    agreed, left = states.count("in"), states.count("asked")
    if agreed >= FEWEST_YES or (agreed and not left):
        begin_group(group)
    elif not left:
        group.state = "cancelled"
        publish(GroupDeclined(group.id, group.helper_id))


@command
def leave_group(request_id: int) -> None:
    """Removes a request from its group: it was requeued or cancelled, or may no longer be asked."""
    query = sa.select(SignUp).where(SignUp.request_id == request_id, SignUp.state.in_(("asked", "in")))
    for mine in db.session.scalars(query).all():
        group = locked_session(mine.session_id)
        if group.state == "open":
            group.taken -= mine.state == "in"
            mine.state = "gone"
            db.session.flush()
            _begin_if_agreed(group)


@command
def release_group(session_id: int, but: Sequence[int] = (), in_front: bool = False) -> None:
    """Returns learners to the queue whose group began without them or did not come about.

    `in_front` puts them before all others, because the helper did not come.
    """
    query = sa.select(HelpRequest.id).where(HelpRequest.group_id == session_id, HelpRequest.state == "waiting")
    for request_id in db.session.scalars(
        query.where(HelpRequest.learner_id.not_in(but)).order_by(HelpRequest.id)
    ).all():
        asked = lock_request(request_id)
        asked.in_front = asked.in_front or in_front
        return_to_queue(asked, None, "helper_silent" if in_front else "expired")


@command
def end_group_requests(session_id: int, outcome: str, learner_ids: Sequence[int] | None = None) -> None:
    """Ends the requests of a group with its room, or with feedback of the own side.

    Later feedback changes the outcome.
    """
    query = sa.select(HelpRequest.id).where(HelpRequest.group_id == session_id)
    if learner_ids is not None:
        query = query.where(HelpRequest.learner_id.in_(learner_ids))
    for request_id in db.session.scalars(query.order_by(HelpRequest.id)).all():
        asked = lock_request(request_id)
        if asked.stage == "grouping":
            asked.outcome, asked.ended_at = outcome, clock.now()
            transition(asked, "ended", None, outcome)
            publish(HelpEnded(asked.id, asked.learner_id, asked.helper_id, outcome))
        elif asked.state == "ended" and outcome not in {"closed", "interrupted"}:
            asked.outcome = outcome
