"""Tables of visits, meetings in person.

A user asks, two vetted people go, and the address is soon erased.
"""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tutoring.accounts.models import User
from tutoring.community.models import Unit
from tutoring.kernel import clock
from tutoring.kernel.db import Model, value_check
from tutoring.kernel.encryption import EncryptedText
from tutoring.policy.visits import KINDS

STATES = ("asked", "planned", "done", "missed", "cancelled", "refused")
OUTCOMES = ("solved", "partly", "again")
WHYS = ("", "nobody_home", "no_guardian", "visitors", "unsaid", "asker", "unplanned", "left", "staff")
OFFER_STATES = ("open", "accepted", "declined")


class Visit(Model):
    """One request of an adult for a meeting: at the help desk of the centre, or at home.

    || `address` and `number` are encrypted, and decrypted only where they are shown. The asker recognizes the two
    visitors at the door by `number`. `address` is erased seven days after the visit, `number` as soon as no visit is
    planned any more.
    """

    __tablename__ = "visit"
    __table_args__ = (
        value_check("kind", *KINDS),
        value_check("state", *STATES),
        value_check("why", *WHYS),
        sa.CheckConstraint("outcome IS NULL OR outcome IN ('solved', 'partly', 'again')", name="outcome"),
        sa.CheckConstraint("NOT children OR (kind = 'home' AND guardian_there)", name="guardian"),
        sa.CheckConstraint("kind = 'home' OR address_sealed IS NULL", name="address"),
        sa.CheckConstraint("visitor_one_id <> visitor_two_id", name="two"),
        sa.CheckConstraint("visitor_one_id <> asker_id AND visitor_two_id <> asker_id", name="others"),
        sa.CheckConstraint(
            "state <> 'planned' OR (at IS NOT NULL AND planner_id IS NOT NULL AND visitor_one_id IS NOT NULL AND "
            "(kind = 'desk' OR (visitor_two_id IS NOT NULL AND number_sealed IS NOT NULL)))", name="plan",
        ),
        sa.CheckConstraint("(state IN ('asked', 'planned')) = (ended_at IS NULL)", name="ended"),
        sa.Index("uq_visit_open", "asker_id", "kind", unique=True,
                 sqlite_where=sa.text("state IN ('asked', 'planned')"),
                 postgresql_where=sa.text("state IN ('asked', 'planned')")),
        sa.Index("ix_visit_of_unit", "unit_id", "state", "id"),
        sa.Index("ix_visit_open_at", "state", "at", sqlite_where=sa.text("ended_at IS NULL"),
                 postgresql_where=sa.text("ended_at IS NULL")),
        sa.Index("ix_visit_address", "ended_at", sqlite_where=sa.text("address_sealed IS NOT NULL"),
                 postgresql_where=sa.text("address_sealed IS NOT NULL")),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    asker_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"), index=True)
    unit_id: Mapped[int] = mapped_column(sa.ForeignKey("unit.id"))  # a neighbourhood, or the ward itself
    ward_id: Mapped[int] = mapped_column(sa.ForeignKey("unit.id"))
    topic: Mapped[str]
    lesson_slug: Mapped[str | None]
    words: Mapped[str] = mapped_column(default="", info={"personal": "text"})
    # Suitable times, ISO 8601 UTC, in order.
    times: Mapped[list[Any]] = mapped_column(default=list, info={"personal": "times"})
    children: Mapped[bool] = mapped_column(default=False, info={"personal": "household"})  # under 16, living there
    guardian_there: Mapped[bool] = mapped_column(default=False)  # the asker's promise
    address: Mapped[str | None] = mapped_column(
        "address_sealed", EncryptedText("visit.address"), deferred=True, info={"personal": "address"}
    )
    state: Mapped[str] = mapped_column(default="asked")
    why: Mapped[str] = mapped_column(default="")  # the reason why it was missed or ended
    said: Mapped[str] = mapped_column(default="", info={"personal": "text"})  # by staff to the asker, with a refusal
    asked_at: Mapped[datetime] = mapped_column(default=clock.now)
    state_since: Mapped[datetime] = mapped_column(default=clock.now)
    at: Mapped[datetime | None]
    planner_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))
    visitor_one_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"), index=True)
    visitor_two_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"), index=True)
    number: Mapped[str | None] = mapped_column(
        "number_sealed", EncryptedText("visit.number"), deferred=True, info={"personal": "secret"}
    )
    ended_at: Mapped[datetime | None] = mapped_column(index=True)
    outcome: Mapped[str | None]
    done_words: Mapped[str] = mapped_column(default="", info={"personal": "text"})  # by one of the visitors
    outcome_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))
    helped: Mapped[bool | None]  # the asker's answer
    from_room_id: Mapped[int | None]  # the room in which it was proposed
    back_request_id: Mapped[int | None]  # the request that continued it online

    asker: Mapped[User] = relationship(foreign_keys=[asker_id])
    unit: Mapped[Unit] = relationship(foreign_keys=[unit_id])
    ward: Mapped[Unit] = relationship(foreign_keys=[ward_id])
    planner: Mapped[User | None] = relationship(foreign_keys=[planner_id])
    visitor_one: Mapped[User | None] = relationship(foreign_keys=[visitor_one_id])
    visitor_two: Mapped[User | None] = relationship(foreign_keys=[visitor_two_id])

    @property
    def wished(self) -> list[datetime]:
        """The suitable times, in order."""
        return [datetime.fromisoformat(one) for one in self.times]

    @property
    def visitor_ids(self) -> list[int]:
        """The ids of the visitors, or of the staff at the help desk."""
        return [one for one in (self.visitor_one_id, self.visitor_two_id) if one is not None]

    @property
    def visitors(self) -> list[User]:
        """The same as users."""
        return [one for one in (self.visitor_one, self.visitor_two) if one is not None]


class VisitOffer(Model):
    """A proposal by a helper or observer to a learner of a room to meet.

    Only the learner decides where.
    """

    __tablename__ = "visit_offer"
    __table_args__ = (
        value_check("state", *OFFER_STATES),
        sa.Index("uq_visit_offer_open", "room_id", "learner_id", unique=True, sqlite_where=sa.text("state = 'open'"),
                 postgresql_where=sa.text("state = 'open'")),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    room_id: Mapped[int] = mapped_column(sa.ForeignKey("room.id", ondelete="CASCADE"))
    learner_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"), index=True)
    by_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id"))
    topic: Mapped[str]
    lesson_slug: Mapped[str | None]
    state: Mapped[str] = mapped_column(default="open")
    made_at: Mapped[datetime] = mapped_column(default=clock.now)

    by: Mapped[User] = relationship(foreign_keys=[by_id])
