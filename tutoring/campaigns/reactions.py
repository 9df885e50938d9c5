"""Reactions of campaigns: actions that count, erased accounts, merged units."""

import sqlalchemy as sa

from tutoring.accounts.events import AccountErased
from tutoring.campaigns.models import Campaign, CampaignUnit
from tutoring.campaigns.participants import count, forget_person
from tutoring.campaigns.queries import learner_of_session
from tutoring.community.events import Joined, MembershipConfirmed, UnitsMerged
from tutoring.kernel.db import db
from tutoring.kernel.events import on
from tutoring.lessons.events import LessonFinished
from tutoring.notebook.events import FirstDossierReported
from tutoring.pairing.awaiting_device.events import HelpAwaitingDevice
from tutoring.pairing.events import HelpRequested
from tutoring.practice.events import RunFinished
from tutoring.rooms.events import FeedbackGiven, MinutesChanged


@on(Joined)
def count_new_member(event: Joined) -> None:
    if not event.waiting:
        count("joined", event.user_id, event.unit_id)


@on(MembershipConfirmed)
def count_confirmed_member(event: MembershipConfirmed) -> None:
    count("joined", event.user_id, event.unit_id)


@on(HelpRequested)
def count_help_request(event: HelpRequested) -> None:
    count("asked", event.learner_id)


@on(HelpAwaitingDevice)
def count_help_request_without_device(event: HelpAwaitingDevice) -> None:
    count("asked", event.learner_id)


@on(FeedbackGiven)
def count_solved_help_request(event: FeedbackGiven) -> None:
    if event.role == "learner" and event.solved in {"yes", "partly"}:
        count("helped", event.user_id)


@on(MinutesChanged)
def count_confirmed_help(event: MinutesChanged) -> None:
    learner_id = learner_of_session(event.session_id) if event.what == "helped" else None
    if learner_id is not None:
        count("helped", learner_id)


@on(LessonFinished)
def count_finished_lesson(event: LessonFinished) -> None:
    count("lesson", event.user_id)


@on(RunFinished)
def count_practice_run(event: RunFinished) -> None:
    count("practised", event.user_id)


@on(FirstDossierReported)
def count_filed_dossier(event: FirstDossierReported) -> None:
    count("filed", event.owner_id)


@on(AccountErased)
def erase_user_data(event: AccountErased) -> None:
    forget_person(event.user_id)


@on(UnitsMerged)
def move_campaigns_to_merged_unit(event: UnitsMerged) -> None:
    """Moves campaigns and participation to the new unit."""
    here = sa.update(Campaign).where(Campaign.unit_id == event.from_id)
    db.session.execute(here.values(unit_id=event.into_id))
    already = sa.select(CampaignUnit.campaign_id).where(CampaignUnit.unit_id == event.into_id)
    old = CampaignUnit.unit_id == event.from_id
    db.session.execute(sa.delete(CampaignUnit).where(old, CampaignUnit.campaign_id.in_(already)))
    db.session.execute(sa.update(CampaignUnit).where(old).values(unit_id=event.into_id))
