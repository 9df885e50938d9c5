"""Tables of campaigns: the goal, the participating units, materials, and counted people."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tutoring.community.models import JoinCode, Unit
from tutoring.kernel import clock
from tutoring.kernel.db import Model, value_check

COUNTS = ("joined", "asked", "helped", "lesson", "practised", "filed")
STATES = ("draft", "open", "closed")
KINDS = ("poster", "speech", "card", "leaflet")


class Campaign(Model):
    """What a unit wants to reach with its people between two dates.

    One person writes it and a second one publishes it. `counted` is stored as a number, so that it stays when the
    people behind it are deleted.
    """

    __tablename__ = "campaign"
    __table_args__ = (
        value_check("counts", *COUNTS),
        value_check("state", *STATES),
        sa.CheckConstraint("goal > 0", name="goal"),
        sa.CheckConstraint("starts_on <= ends_on", name="days"),
        sa.CheckConstraint("(state = 'closed') = (closed_at IS NOT NULL)", name="closed"),
        sa.CheckConstraint("counted >= 0", name="counted"),
        sa.Index("ix_campaign_open", "ends_on", sqlite_where=sa.text("state = 'open'"),
                 postgresql_where=sa.text("state = 'open'")),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)  # part of its address: giup-nhau-hoc-truc-tuyen
    title: Mapped[str]
    summary: Mapped[str]
    unit_id: Mapped[int] = mapped_column(sa.ForeignKey("unit.id"), index=True)
    counts: Mapped[str]
    goal: Mapped[int]
    starts_on: Mapped[date]
    ends_on: Mapped[date]  # the last day
    state: Mapped[str] = mapped_column(default="draft")
    # the code with which newcomers join
    join_code_id: Mapped[int | None] = mapped_column(sa.ForeignKey("join_code.id"))
    written_by_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id"))
    written_at: Mapped[datetime] = mapped_column(default=clock.now)
    published_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))
    published_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None] = mapped_column(index=True)
    counted: Mapped[int] = mapped_column(default=0)

    unit: Mapped[Unit] = relationship()
    join_code: Mapped[JoinCode | None] = relationship()


class CampaignUnit(Model):
    """A unit whose people count, with all below it, or a supporting organisation (`partner`)."""

    __tablename__ = "campaign_unit"

    campaign_id: Mapped[int] = mapped_column(sa.ForeignKey("campaign.id", ondelete="CASCADE"), primary_key=True)
    unit_id: Mapped[int] = mapped_column(sa.ForeignKey("unit.id"), primary_key=True, index=True)
    partner: Mapped[bool] = mapped_column(default=False)

    unit: Mapped[Unit] = relationship()


class Material(Model):
    """A poster, loudspeaker text, share card or leaflet, with its own address."""

    __tablename__ = "material"
    __table_args__ = (
        value_check("kind", *KINDS),
        sa.CheckConstraint("came >= 0 AND counted >= 0", name="numbers"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(sa.ForeignKey("campaign.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str]
    lesson_slug: Mapped[str]
    title: Mapped[str]  # the one message
    text: Mapped[str]  # one step per line; for the loudspeaker, the spoken text
    beware: Mapped[str] = mapped_column(default="")  # warnings, one per line
    code: Mapped[str] = mapped_column(unique=True)  # six letters: /c/K7MQXA
    made_at: Mapped[datetime] = mapped_column(default=clock.now)
    came: Mapped[int] = mapped_column(default=0)  # people who arrived by it
    counted: Mapped[int] = mapped_column(default=0)  # those of them who were counted

    campaign: Mapped[Campaign] = relationship()


class MaterialDay(Model):
    """How often a material's address was opened on a day. Nothing about the visitors is stored."""

    __tablename__ = "material_day"

    material_id: Mapped[int] = mapped_column(sa.ForeignKey("material.id", ondelete="CASCADE"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    scans: Mapped[int] = mapped_column(default=0)


class CampaignPerson(Model):
    """A person who arrived by a material, was counted, or both; it prevents double counting.

    It is deleted thirty days after the campaign closes; the numbers stay.
    """

    __tablename__ = "campaign_person"

    campaign_id: Mapped[int] = mapped_column(sa.ForeignKey("campaign.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[int] = mapped_column(
        sa.ForeignKey("user.id", ondelete="CASCADE"), primary_key=True, index=True, info={"personal": "took part"}
    )
    material_id: Mapped[int | None] = mapped_column(sa.ForeignKey("material.id", ondelete="SET NULL"))
    came_at: Mapped[datetime] = mapped_column(default=clock.now)
    counted_at: Mapped[datetime | None]
