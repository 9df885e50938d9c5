"""Commands for campaigns: one person writes, a second one publishes, and they end."""

from dataclasses import dataclass
from datetime import date, timedelta

import sqlalchemy as sa

from tutoring.accounts.models import User
from tutoring.campaigns.events import CampaignDrafted, CampaignSettled
from tutoring.campaigns.models import COUNTS, Campaign, CampaignUnit, Material
from tutoring.campaigns.queries import campaign, codes_to_choose, has_other_publisher, places_to_choose
from tutoring.community.queries import active_unit, roles_for
from tutoring.kernel import audit, clock
from tutoring.kernel.commands import command
from tutoring.kernel.db import db
from tutoring.kernel.errors import Conflict, Forbidden, InvalidInput, NotFound
from tutoring.kernel.events import publish
from tutoring.kernel.text import N_, nfc, words
from tutoring.policy import campaigns as policy
from tutoring.safety.free_text import OPEN_TO, for_minor

MAX_GOAL = 1_000_000
MAX_DURATION = timedelta(days=366)


@dataclass(frozen=True)
class Plan:
    """The input of a campaign; no `units` means the unit with all below it."""

    title: str
    summary: str
    counts: str
    goal: int
    starts_on: date
    ends_on: date
    units: tuple[int, ...] = ()
    partners: tuple[int, ...] = ()
    join_code_id: int | None = None


@command
def write_campaign(actor: User, unit_id: int, plan: Plan) -> Campaign:
    """Creates a draft, which the staff of the unit see."""
    if not policy.may_write_campaign(roles_for(actor, unit_id)):
        raise NotFound
    place = active_unit(unit_id)
    made = Campaign(code=_free_code(plan.title), unit_id=place.id, written_by_id=actor.id, **_checked(plan, unit_id))
    db.session.add(made)
    db.session.flush()
    _set_places(made, plan)
    audit.record(actor.id, "write_campaign", f"campaign:{made.id}", unit=unit_id)
    publish(CampaignDrafted(made.id, unit_id, actor.id))
    return made


def _checked(plan: Plan, unit_id: int) -> dict[str, object]:
    """Returns the validated columns of a plan; raises InvalidInput with the field."""
    title, summary = " ".join(nfc(plan.title).split()), nfc(plan.summary)
    if not 5 <= len(title) <= 90:
        raise InvalidInput(N_("Hãy đặt tên từ 5 đến 90 ký tự."), field="title")
    if not 10 <= len(summary) <= 500:
        raise InvalidInput(N_("Hãy tả ngắn gọn, từ 10 đến 500 ký tự."), field="summary")
    for name, text in (("title", title), ("summary", summary)):
        for_minor(text, field=name, open_to=OPEN_TO)
    if plan.counts not in COUNTS:
        raise InvalidInput(N_("Hãy chọn một mục trong danh sách."), field="counts")
    if not 1 <= plan.goal <= MAX_GOAL:
        raise InvalidInput(N_("Hãy ghi đích là một số từ 1 đến 1.000.000."), field="goal")
    if plan.ends_on < plan.starts_on:
        raise InvalidInput(N_("Ngày kết thúc phải sau ngày bắt đầu."), field="ends_on")
    if plan.ends_on < clock.today():
        raise InvalidInput(N_("Ngày kết thúc đã qua. Hãy chọn ngày khác."), field="ends_on")
    if plan.ends_on - plan.starts_on > MAX_DURATION:
        raise InvalidInput(N_("Một chiến dịch dài nhất một năm. Hãy chọn ngày kết thúc sớm hơn."), field="ends_on")
    if plan.join_code_id is not None and plan.join_code_id not in {one.id for one in codes_to_choose(unit_id)}:
        raise InvalidInput(N_("Mã này không còn dùng được. Hãy chọn mã khác."), field="join_code")
    return {
        "title": title, "summary": summary, "counts": plan.counts, "goal": plan.goal, "starts_on": plan.starts_on,
        "ends_on": plan.ends_on, "join_code_id": plan.join_code_id,
    }  # fmt: skip


def _free_code(title: str) -> str:
    """Returns a free code for the address: the words of the title, with a number if taken."""
    stem = "-".join(words(title))[:60].strip("-") or "chien-dich"
    taken = set(db.session.scalars(sa.select(Campaign.code).where(Campaign.code.startswith(stem, autoescape=True))))
    if stem.isdigit() or stem in taken:
        number = next(n for n in range(2, len(taken) + 3) if f"{stem}-{n}" not in taken)
        return f"{stem}-{number}"
    return stem


def _set_places(of: Campaign, plan: Plan, *, units: bool = True) -> None:
    """Stores the participants: the chosen direct subunits, or the unit itself with all below it."""
    choice = places_to_choose(of.unit_id)
    below, beside = {one.id for one in choice.units}, {one.id for one in choice.partners}
    if not set(plan.units) <= below:
        raise InvalidInput(N_("Hãy chọn đơn vị trong danh sách."), field="units")
    if not set(plan.partners) <= beside:
        raise InvalidInput(N_("Hãy chọn đơn vị trong danh sách."), field="partners")
    old = sa.delete(CampaignUnit).where(CampaignUnit.campaign_id == of.id)
    db.session.execute(old if units else old.where(CampaignUnit.partner))
    taking = (plan.units or (of.unit_id,)) if units else ()
    rows = [(unit_id, False) for unit_id in taking] + [(unit_id, True) for unit_id in plan.partners]
    db.session.add_all(
        [CampaignUnit(campaign_id=of.id, unit_id=unit_id, partner=partner) for unit_id, partner in dict(rows).items()]
    )
    db.session.flush()


@command
def change_campaign(actor: User, campaign_id: int, plan: Plan) -> Campaign:
    """Changes a campaign; a draft can be changed entirely.

    Once people count, the participants, the first day and what counts stay as they are.
    """
    found, roles = campaign(actor, campaign_id)
    if not policy.may_change_campaign(roles, found.state):
        raise _over() if found.state == "closed" else Forbidden
    draft = found.state == "draft"
    fixed = {} if draft else {"counts": found.counts, "starts_on": found.starts_on}
    for name, value in (_checked(plan, found.unit_id) | fixed).items():
        setattr(found, name, value)
    if found.ends_on < found.starts_on:
        raise InvalidInput(N_("Ngày kết thúc phải sau ngày bắt đầu."), field="ends_on")
    _set_places(found, plan, units=draft)
    audit.record(actor.id, "change_campaign", f"campaign:{found.id}", state=found.state)
    return found


def _over() -> Conflict:
    return Conflict(N_("Chiến dịch này đã kết thúc."), code="closed")


@command
def publish_campaign(actor: User, campaign_id: int) -> Campaign:
    """Publishes a campaign: everyone can read it, and people count from now on.

    The publisher must not be the author, unless no other person may publish. A ward with a single officer publishes
    its own campaigns.
    """
    found, roles = campaign(actor, campaign_id)
    if found.state != "draft":
        raise Conflict
    own = found.written_by_id == actor.id
    if not policy.may_publish_campaign(roles, own, own and has_other_publisher(found.unit_id, actor.id)):
        raise Forbidden(N_("Việc công bố cần một người khác: công chức hoặc điều phối viên của đơn vị."))
    if found.ends_on < clock.today():
        raise Conflict(N_("Ngày kết thúc đã qua. Hãy sửa ngày rồi công bố."))
    found.state, found.published_by_id, found.published_at = "open", actor.id, clock.now()
    audit.record(actor.id, "publish_campaign", f"campaign:{found.id}", own=own)
    publish(CampaignSettled(found.id))
    return found


@command
def close_campaign(actor: User, campaign_id: int) -> Campaign | None:
    """Ends a campaign before its last day; an unpublished draft is deleted (returns None)."""
    found, roles = campaign(actor, campaign_id)
    if not policy.may_end_campaign(roles, found.state):
        raise _over() if found.state == "closed" else Forbidden
    if found.state == "draft":
        audit.record(actor.id, "discard_campaign", f"campaign:{found.id}")
        publish(CampaignSettled(found.id))
        db.session.execute(sa.delete(Material).where(Material.campaign_id == found.id))
        db.session.delete(found)
        return None
    found.state, found.closed_at = "closed", clock.now()
    audit.record(actor.id, "close_campaign", f"campaign:{found.id}")
    return found
