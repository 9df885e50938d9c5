"""Commands of a coordinator on a round: begin, adjust, run again, discard, publish.

`rounds.jobs` solves the round.
"""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from tutoring.accounts.models import User
from tutoring.community.duty.coverage import hours_of
from tutoring.community.queries import descendants
from tutoring.kernel import audit, clock, jobs, rate_limits
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, InvalidInput
from tutoring.kernel.events import publish
from tutoring.kernel.text import N_
from tutoring.pairing.events import ProposalMade
from tutoring.pairing.matching import FEATURES, Helper, Request, Weights
from tutoring.pairing.matching.hard_rules import broken_rule
from tutoring.pairing.matching.week_bits import quarters, shared_starts
from tutoring.pairing.rounds import problem
from tutoring.pairing.rounds.jobs import work_later
from tutoring.pairing.rounds.queries import round_for
from tutoring.pairing.scheduling.models import Proposal, RoundLine, WeeklyRound
from tutoring.rooms.sessions.closure import PAUSED

ANSWER_WITHIN = timedelta(days=3)
RULES_SAID = {
    1: N_("Người giúp chưa có kỹ năng này ở mức cần."),
    2: N_("Hai người không nói chung ngôn ngữ nào."),
    3: N_("Tuổi hoặc lớp của hai người chưa được phép học cùng nhau."),
    4: N_("Một trong hai người không muốn gặp người kia."),
    5: N_("Người giúp đã nhận đủ người trong tuần."),
    6: N_("Hai người không có giờ nào cùng rảnh đủ 45 phút."),
}


@command
def begin_round(actor: User, unit_id: int) -> int:
    """Begins a round of this unit, or finds its unpublished one; returns its id."""
    place = round_for(actor, unit_id=unit_id)
    rate_limits.hit("act", actor.id)
    unpublished = sa.select(WeeklyRound.id).where(WeeklyRound.unit_id == place.id, WeeklyRound.state != "published")
    known = db.session.scalar(unpublished)
    if known is not None:
        return known
    before = sa.select(WeeklyRound.weights).where(WeeklyRound.unit_id == place.id).order_by(WeeklyRound.id.desc())
    made = WeeklyRound(
        unit_id=place.id, by_id=actor.id, weights=db.session.scalar(before.limit(1)) or asdict(Weights())
    )  # fmt: skip
    db.session.add(made)
    try:
        db.session.flush()
    except IntegrityError:  # two coordinators at once
        raise Conflict(N_("Một người khác vừa mở đợt ghép này. Hãy tải lại trang.")) from None
    audit.record(actor.id, "begin_round", f"unit:{place.id}", round=made.id)
    work_later(made)
    return made.id


@command
def run_again(actor: User, round_id: int) -> None:
    """Solves the round again, with what has changed since."""
    row = _unpublished(actor, round_id)
    rate_limits.hit("act", actor.id)
    row.version, row.state, row.by_id, row.asked_at = row.version + 1, "reading", actor.id, clock.now()
    work_later(row)


@command
def set_weights(actor: User, round_id: int, told: Mapping[str, str]) -> None:
    """Stores the weight of each feature: whole numbers from 0 that sum to 100.

    Raises InvalidInput for other values.
    """
    row = _unpublished(actor, round_id)
    values = {}
    for name in FEATURES:
        text = told.get(name, "").strip()
        if not (text.isascii() and text.isdigit() and len(text) <= 3):
            raise InvalidInput(N_("Mỗi trọng số là một số nguyên từ 0 đến 100."), field=name)
        values[name] = int(text)
    if sum(values.values()) != 100:
        raise InvalidInput(N_("Các trọng số cộng lại là %(sum)s. Hãy chỉnh để đủ 100."), sum=sum(values.values()))
    if values != row.weights:
        row.weights, row.stale = values, True


@command
def mark_pair(actor: User, round_id: int, request_id: int, helper_id: int, word: str) -> None:
    """Pins a pair, excludes it, or frees it again.

    A pinned pair must be in the round, an excluded one must not. Raises InvalidInput with the reason for a pin that
    breaks a hard rule.
    """
    row = _unpublished(actor, round_id)
    if word not in {"pin", "exclude", "free"}:
        raise InvalidInput
    pair = [request_id, helper_id]
    places = descendants(row.unit_id)
    asked, helpers = problem.waiting(places, request_id), problem.helpers(places, [helper_id])
    if not asked or (not helpers and word == "pin"):
        raise Conflict(N_("Một trong hai người không còn trong đợt này. Hãy chạy lại để xem."))
    if word == "pin" and (rule := broken_rule(asked[0], helpers[0])) is not None:
        raise InvalidInput(RULES_SAID[rule])
    pins = [one for one in row.pins if one != pair and (word != "pin" or one[0] != request_id)]
    if word == "pin" and sum(one[1] == helper_id for one in pins) >= helpers[0].capacity:
        raise InvalidInput(RULES_SAID[5])
    excluded = [one for one in row.excluded if one != pair]
    row.pins = [*pins, pair] if word == "pin" else pins
    row.excluded = [*excluded, pair] if word == "exclude" else excluded
    row.stale = True


@command
def discard_round(actor: User, round_id: int) -> int:
    """Deletes a round that is not published; returns its unit."""
    row = _unpublished(actor, round_id)
    audit.record(actor.id, "discard_round", f"unit:{row.unit_id}", round=row.id)
    db.session.delete(row)
    return row.unit_id


@command
def publish_round(actor: User, round_id: int) -> WeeklyRound:
    """Publishes a round: both sides of each pair are asked; idempotent.

    Pairs whose helper can no longer help or whose learner no longer waits are left out. `dropped` holds their
    requests.
    """
    row = _held(actor, round_id)
    if row.state == "published":
        return row
    if row.state != "ready" or row.stale:
        raise Conflict(N_("Đợt này vừa được chỉnh. Hãy chạy lại rồi xem trước khi công bố."))
    places = descendants(row.unit_id)
    lines = db.session.scalars(
        sa.select(RoundLine)
        .where(RoundLine.round_id == row.id, RoundLine.helper_id.is_not(None))
        .order_by(RoundLine.suit.desc(), RoundLine.id)
    ).all()
    asked = {one.id: one for one in problem.waiting(places)}
    helpers = {one.id: one for one in problem.helpers(places, {line.helper_id for line in lines if line.helper_id})}
    minors = any(not one.adult for one in asked.values()) or any(not one.adult for one in helpers.values())
    if minors and (why := hours_of(row.unit_id).paused):
        raise Conflict(PAUSED, code="paused", why=why)
    left = {one.id: one.capacity for one in helpers.values()}
    dropped = []
    for line in lines:
        helper_id = line.helper_id or 0
        request, helper = asked.get(line.request_id), helpers.get(helper_id)
        if request is None or helper is None or left[helper_id] < 1 or not _still_fits(request, helper, line):
            dropped.append(line.request_id)
            continue
        left[helper_id] -= 1
        _propose(row, line, request)
    row.state, row.published_at, row.dropped = "published", clock.now(), dropped
    audit.record(actor.id, "publish_round", f"unit:{row.unit_id}", round=row.id, pairs=len(lines) - len(dropped))
    return row


def _still_fits(request: Request, helper: Helper, line: RoundLine) -> bool:
    day, quarter = line.starts[0]
    times = shared_starts(request.free, helper.free, quarters(request.minutes))
    return broken_rule(request, helper) is None and bool(times[day] >> quarter & 1)


def _propose(row: WeeklyRound, line: RoundLine, request: Request) -> None:
    day, quarter = line.starts[0]
    made = Proposal(
        round_id=row.id, request_id=request.id, learner_id=request.learner, helper_id=line.helper_id, day=day,
        quarter=quarter, minutes=request.minutes, expires_at=clock.now() + ANSWER_WITHIN,
    )  # fmt: skip
    db.session.add(made)
    db.session.flush()
    jobs.enqueue("pairing.proposal", f"proposal:{made.id}", made.expires_at, proposal_id=made.id)
    publish(ProposalMade(made.id, made.learner_id, made.helper_id))


def _held(actor: User, round_id: int) -> WeeklyRound:
    """Returns the round, locked by the running command.

    Raises NotFound when the user may not run it.
    """
    query = sa.select(WeeklyRound).where(WeeklyRound.id == round_id).with_for_update()
    row = db.session.scalar(query.execution_options(populate_existing=True))
    round_for(actor, unit_id=row.unit_id if row is not None else 0)
    assert row is not None
    return row


def _unpublished(actor: User, round_id: int) -> WeeklyRound:
    row = _held(actor, round_id)
    if row.state == "published":
        raise Conflict(N_("Đợt này đã công bố rồi. Hãy mở một đợt mới."))
    return row
