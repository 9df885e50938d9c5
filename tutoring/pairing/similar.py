"""Requests on a helper's board that could be helped together."""

from collections.abc import Sequence

import sqlalchemy as sa

from tutoring.kernel.db import db
from tutoring.pairing.models import Avoid, HelpRequest
from tutoring.policy.merging import OTHERS, Asking, together


def asking(asked: HelpRequest) -> Asking:
    """A request as the rules of groups see it."""
    return Asking(
        asked.id, asked.learner_id, asked.topic, asked.level, asked.minor, asked.learner.grade, asked.unit_id,
        asked.unit.school_id, asked.ward_id,
    )  # fmt: skip


def groups_on(waiting: Sequence[HelpRequest]) -> dict[int, list[int]]:
    """For each of these requests, all of which the helper may take now, those to help together with it, itself first.
    Only where enough others wait for the same; who avoids whom is asked once for all."""
    facts = [asking(one) for one in waiting]
    found = {one.request_id: together(one, facts, lambda _one, _other: False) for one in facts}
    if not any(len(group) > OTHERS for group in found.values()):
        return {}
    ids = [one.learner_id for one in facts]
    query = sa.select(Avoid.user_id, Avoid.other_id).where(Avoid.user_id.in_(ids), Avoid.other_id.in_(ids))
    apart = {frozenset(pair) for pair in db.session.execute(query)}
    groups = [together(one, facts, lambda a, b: frozenset({a, b}) in apart) for one in facts]
    return {group[0].request_id: [one.request_id for one in group] for group in groups if len(group) > OTHERS}
