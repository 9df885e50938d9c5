"""Tables of places: units, memberships, join codes, nominations, duty."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from tutoring.accounts.models import User
from tutoring.community.site_settings import YOUTH_HELP_ADULTS
from tutoring.community.units.search_names import place_words
from tutoring.kernel import clock
from tutoring.kernel.db import Model, value_check
from tutoring.kernel.text import sort_text

UNIT_KINDS = ("city", "ward", "neighbourhood", "school", "class", "partner")
ROLES = ("learner", "parent", "helper", "teacher", "lead", "officer", "coordinator")


def waiting(name: str, which: str) -> sa.Index:
    """By unit, the few rows that wait for somebody's yes."""
    return sa.Index(name, "unit_id", sqlite_where=sa.text(which), postgresql_where=sa.text(which))


class Unit(Model):
    """A place in the tree, or a partner organisation beside it. Codes are keys; names repeat."""

    __tablename__ = "unit"
    __table_args__ = (
        value_check("kind", *UNIT_KINDS),
        sa.CheckConstraint(
            "(opens IS NULL) = (closes IS NULL) AND "
            "(opens IS NULL OR (opens >= 0 AND opens < closes AND closes <= 1440))",
            name="hours",
        ),
        sa.Index("ix_unit_below", "parent_id", "sort", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    form: Mapped[str] = mapped_column(default="")  # phường, xã, đặc khu · khu phố, ấp, thôn · Đoàn, Hội, sở, công ty
    name: Mapped[str]
    # Where it stands among its neighbours: by grade, then by name.
    sort: Mapped[str] = mapped_column(default="", server_default="")
    # The words of the name without accents, those that tell it from others of its form first: by them it is found.
    name_words: Mapped[str] = mapped_column(default="", server_default="", index=True, deferred=True)
    parent_id: Mapped[int | None] = mapped_column(sa.ForeignKey("unit.id"))
    # The numbers of all units above and its own, "/1/5/77/": what stands below a unit is a stretch of this index
    # (reach.py). The database keeps it by itself, also for rows that are written past the ORM.
    path: Mapped[str] = mapped_column(
        sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), server_default="", index=True
    )
    # The nearest ward and school at or above, kept so that "same ward" is one comparison.
    ward_id: Mapped[int | None] = mapped_column(sa.ForeignKey("unit.id"), index=True)
    school_id: Mapped[int | None] = mapped_column(sa.ForeignKey("unit.id"), index=True)
    grade: Mapped[int | None]
    school_year: Mapped[str] = mapped_column(default="")
    youth_help_adults: Mapped[bool] = mapped_column(default=True)
    link_hosts: Mapped[str] = mapped_column(default="")  # one a line: links to them may be sent here and below
    # When rooms with minors may be open, in minutes since midnight of local time; unset: as the unit above has it.
    opens: Mapped[int | None]
    closes: Mapped[int | None]
    patience: Mapped[int | None]  # minutes of waiting until other ways than help at once are offered
    duty_phone: Mapped[str] = mapped_column(default="")  # who is called in danger: stands on every room below
    # While this is set, no room with minors of this unit or below opens or is written in, and nobody is paired there.
    paused_at: Mapped[datetime | None]
    paused_why: Mapped[str] = mapped_column(default="", server_default="")
    effective_from: Mapped[date | None]
    effective_to: Mapped[date | None]
    merged_into_id: Mapped[int | None] = mapped_column(sa.ForeignKey("unit.id"))

    @property
    def youth_may_help_adults(self) -> bool:
        """As the unit has it, unless the whole site has it off."""
        return self.youth_help_adults and YOUTH_HELP_ADULTS()

    parent: Mapped["Unit | None"] = relationship(remote_side=[id], foreign_keys=[parent_id])

    @validates("name", "grade")
    def _sorted(self, which: str, value: str | int | None) -> str | int | None:
        name, grade = (value, self.grade) if which == "name" else (self.name, value)
        self.sort = f"{int(grade or 0):02d}{sort_text(str(name or ''))}"
        if which == "name":
            self.name_words = place_words(str(name or ""))
        return value


class Membership(Model):
    """A person's role in a unit. One that gives power waits for a second person of the unit."""

    __tablename__ = "membership"
    __table_args__ = (
        sa.UniqueConstraint("user_id", "unit_id", "role"),
        value_check("role", *ROLES),
        value_check("state", "waiting", "active", "ended"),
        waiting("ix_membership_waiting", "state = 'waiting'"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"), index=True)
    unit_id: Mapped[int] = mapped_column(sa.ForeignKey("unit.id"), index=True)
    role: Mapped[str]
    state: Mapped[str] = mapped_column(default="active")
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    brought_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))  # who made the code that was used
    confirmed_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))
    confirmed_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]

    user: Mapped[User] = relationship(foreign_keys=[user_id])
    unit: Mapped[Unit] = relationship()


class JoinCode(Model):
    """A code that lets people into a unit with a role; above learner or parent single-use and at most 7 days."""

    __tablename__ = "join_code"
    __table_args__ = (
        value_check("role", *ROLES),
        sa.CheckConstraint("uses <= max_uses", name="uses"),
        sa.CheckConstraint("role IN ('learner', 'parent') OR max_uses = 1", name="power_is_single_use"),
        waiting("ix_join_code_waiting", "confirmed_at IS NULL AND revoked_at IS NULL"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    unit_id: Mapped[int] = mapped_column(sa.ForeignKey("unit.id"), index=True)
    role: Mapped[str]
    max_uses: Mapped[int]
    uses: Mapped[int] = mapped_column(default=0)
    created_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    confirmed_by_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("user.id")
    )  # a second person, where it gives power
    confirmed_at: Mapped[datetime | None]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]

    unit: Mapped[Unit] = relationship()


class Nomination(Model):
    """Who vouches that a person may help: nominated by one, made active by a second, taken back by either.

    Holds for a year from `confirmed_at`; a renewal sets it anew. Whoever was barred and comes back begins again:
    what was promised, learned and done before `barred_at` no longer counts.
    """

    __tablename__ = "nomination"
    __table_args__ = (
        value_check("state", "nominated", "active", "paused", "barred"),
        waiting("ix_nomination_waiting", "state = 'nominated'"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"), unique=True)
    unit_id: Mapped[int] = mapped_column(sa.ForeignKey("unit.id"), index=True)
    state: Mapped[str] = mapped_column(default="nominated")
    nominated_by_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id"))
    nominated_at: Mapped[datetime] = mapped_column(default=clock.now)
    confirmed_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))
    confirmed_at: Mapped[datetime | None]
    changed_at: Mapped[datetime | None]
    barred_at: Mapped[datetime | None]

    user: Mapped[User] = relationship(foreign_keys=[user_id])
    unit: Mapped[Unit] = relationship()
    nominated_by: Mapped[User] = relationship(foreign_keys=[nominated_by_id])


DUTY_PLACES = ("online", "centre")  # watching over rooms; receiving people at the ward's service centre


class DutySlot(Model):
    """A weekly turn of duty in local time: weekday 0 is Monday, minutes since midnight, end exclusive.

    Only a turn online is one of watching: whoever receives people at the ward's service centre looks at no rooms, so
    such a turn opens none and keeps none open.
    """

    __tablename__ = "duty_slot"
    __table_args__ = (
        value_check("place", *DUTY_PLACES),
        sa.CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday"),
        sa.CheckConstraint("starts >= 0 AND starts < ends AND ends <= 1440", name="minutes"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(sa.ForeignKey("unit.id"), index=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"), index=True)
    weekday: Mapped[int]
    starts: Mapped[int]
    ends: Mapped[int]
    place: Mapped[str] = mapped_column(default="online", server_default="online")

    user: Mapped[User] = relationship()
    unit: Mapped[Unit] = relationship()


class DutyShift(Model):
    """One turn of duty online with its moments: "I am on duty from now until nine"."""

    __tablename__ = "duty_shift"
    __table_args__ = (sa.CheckConstraint("starts_at < ends_at", name="order"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(sa.ForeignKey("unit.id"), index=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"), index=True)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime] = mapped_column(index=True)

    user: Mapped[User] = relationship()
    unit: Mapped[Unit] = relationship()


class FactorReset(Model):
    """Somebody lost phone and recovery codes: one of the staff asks for the second factor to be taken off, another
    one does it. At most one is open for each person."""

    __tablename__ = "factor_reset"
    __table_args__ = (
        sa.CheckConstraint("done = FALSE OR closed_by_id <> asked_by_id", name="two"),
        sa.Index("uq_factor_reset_open", "user_id", unique=True, sqlite_where=sa.text("closed_at IS NULL"),
                 postgresql_where=sa.text("closed_at IS NULL")),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id", ondelete="CASCADE"), index=True)
    reason: Mapped[str] = mapped_column(info={"personal": "text"})
    asked_by_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id"))
    asked_at: Mapped[datetime] = mapped_column(default=clock.now)
    closed_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("user.id"))
    closed_at: Mapped[datetime | None]
    done: Mapped[bool] = mapped_column(default=False)

    user: Mapped[User] = relationship(foreign_keys=[user_id])
    asked_by: Mapped[User] = relationship(foreign_keys=[asked_by_id])
